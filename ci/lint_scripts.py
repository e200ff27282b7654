"""
Reads the workflows with actionlint, and every shell script with shellcheck: ci/lint_scripts.py, from the checkout.

actionlint is built from its pinned module, once, into the cache. It runs the shellcheck that is installed beside this
Python over what the workflows run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.families import Family, Program, pinned
from harness.cluster.embedded.go_modules import GoModules

_HOME = Path(__file__).parent / "programs"
_MODULE = "github.com/rhysd/actionlint"
_ACTIONLINT = Family(
    "actionlint",
    _MODULE,
    pinned(_HOME / "actionlint", _MODULE),
    (Program("actionlint", f"{_MODULE}/cmd/actionlint"),),
    home=_HOME,
)
_ALLOWED = "SC2015,SC2016"
"""`A && B || C` where B does not fail, and dollars and back-ticks that are not the shell's, are both meant."""


def main() -> int:
    """Return 0 where neither has anything to say, else what the first one that has ended with."""
    beside = Path(sys.executable).parent
    search = os.pathsep.join([str(beside), os.environ["PATH"]])
    programs = GoModules(Cache.of_user(), lambda text: print(text, file=sys.stderr)).ensure(_ACTIONLINT)
    workflows = sorted(map(str, Path(".github/workflows").glob("*.yaml")))
    scripts = [path for path in _tracked() if _is_shell(path)]
    for command in (
        [str(programs / "actionlint"), "-color=false", *workflows],
        [str(beside / "shellcheck"), f"--exclude={_ALLOWED}", *scripts],
    ):
        code = subprocess.run(command, env={**os.environ, "PATH": search}, check=False).returncode
        if code:
            return code
    print(f"{len(workflows)} workflows and {len(scripts)} scripts read")
    return 0


def _tracked() -> list[str]:
    return subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.splitlines()


def _is_shell(path: str) -> bool:
    with Path(path).open("rb") as opened:
        first = opened.readline()
    return first.startswith(b"#!") and first.strip().endswith((b"/sh", b" bash", b"/bash"))


if __name__ == "__main__":
    sys.exit(main())
