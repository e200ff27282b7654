"""
Plays README's quick start with the statefulspec that this Python has, in an empty folder: it passes, and fails as told.

Arguments go to pytest; the cluster that they name must be there or be made by them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
BROKEN = "created in this order, each after the former was ready: web-0, web-1, web-2"
EARLY = "web-1 before web-0 was ready|web-2 before web-1 was ready"
"""
A Parallel set creates its first pod, then the other two at once: on nodes that run nothing, where a pod is ready in the
twentieth part of a second, the first may be ready by then.
"""


def blocks(language: str) -> list[str]:
    """Return the code of this language in README, in its order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)


def play(folder: Path, arguments: list[str]) -> tuple[int, str]:
    """Run pytest as a user would, who has none of our folders on the path; return its exit code and what it said."""
    told = {name: value for name, value in os.environ.items() if not name.startswith(("HARNESS_", "PYTHONPATH"))}
    kept = {name: value for name, value in os.environ.items() if name == "HARNESS_CACHE"}
    run = subprocess.run(
        [Path(sys.executable).parent / "pytest", "--color=no", *arguments],
        cwd=folder,
        env=told | kept,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def expect(folder: Path, arguments: list[str], code: int, *said: str) -> None:
    """End with what pytest has said where it did not end so, or did not say that, each a pattern."""
    ended, output = play(folder, arguments)
    if ended != code or not all(re.search(text, output) for text in said):
        sys.exit(f"{output}\nquick start: exit code {code} and {said} were expected, and {ended} came")


def main() -> None:
    """Write the two files of the quick start, then break the manifest as README says."""
    manifest = next(block for block in blocks("yaml") if "kind: StatefulSet" in block)
    feature = next(block for block in blocks("gherkin") if block.startswith("Feature:"))
    with tempfile.TemporaryDirectory(prefix="quick-start-") as folder:
        (Path(folder) / "web.feature").write_text(feature)
        (Path(folder) / "web.yaml").write_text(manifest)
        expect(Path(folder), sys.argv[1:], 0, "1 scenario: 1 passed")
        broken = manifest.replace("  serviceName: web\n", "  serviceName: web\n  podManagementPolicy: Parallel\n")
        (Path(folder) / "web.yaml").write_text(broken)
        expect(Path(folder), sys.argv[1:], 1, BROKEN, EARLY)
    print(f"the quick start passes on {' '.join(sys.argv[1:])}, and its broken manifest is caught")


if __name__ == "__main__":
    main()
