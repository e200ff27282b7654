"""
Finds each program: given by path, on PATH in the pinned version, in the cache, or made by a source.

A cluster whose pieces are of unknown versions proves nothing, so a program on PATH counts only when it says that it is
of the pinned version; a path that the user gives counts whatever it says.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from harness.cluster.embedded.families import PROGRAMS, Family, Program, family_of
from harness.errors import BadInput

__all__ = ["ProgramSource", "Programs"]


class ProgramSource(Protocol):
    """Whatever can bring a whole family of programs."""

    def ensure(self, family: Family) -> Path:
        """Return the folder that holds every program and file of the family; EnvironmentUnfit if it cannot."""
        ...


class Programs:
    """The programs of one cluster; `given` maps names to paths that the user chose."""

    def __init__(self, source: ProgramSource, given: Mapping[str, Path] | None = None) -> None:
        self._source = source
        self._given = {name: _checked(name, path) for name, path in (given or {}).items()}

    def find(self, names: Iterable[str]) -> dict[str, Path]:
        """Return the path of every named program; those that are nowhere are made, family by family."""
        return {name: self._find(name) for name in names}

    def file(self, family: Family, name: str) -> Path:
        """Return the path of a file that comes with a family."""
        return self._source.ensure(family) / name

    def _find(self, name: str) -> Path:
        family = family_of(name)
        return self._given.get(name) or _on_path(PROGRAMS[name], family.version) or self._source.ensure(family) / name


def _checked(name: str, path: Path) -> Path:
    if name not in PROGRAMS:
        raise BadInput(f"no program of the cluster is called {name}", remedy=f"it has: {', '.join(sorted(PROGRAMS))}")
    path = path.expanduser().absolute()
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise BadInput(f"{path}, given for {name}, is not a program", remedy="give the path of an executable file")
    return path


def _on_path(program: Program, version: str) -> Path | None:
    found = shutil.which(program.name) if program.version_arguments else None
    if found is None:
        return None
    try:
        told = subprocess.run(
            [found, *program.version_arguments], capture_output=True, text=True, check=False, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None  # it does not say which version it is, so it is not the pinned one
    pinned = rf"(?<![\d.]){re.escape(version.removeprefix('v'))}(?![\d.])"
    return Path(found).absolute() if re.search(pinned, told.stdout + told.stderr) else None
