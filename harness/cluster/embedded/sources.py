"""
Finds each program: given by path, in the cache, or made by a source.

A cluster whose pieces are of unknown versions proves nothing: what the machine has under these names is never looked
for, since it may be older, or a wrapper; a path that the user gives counts whatever it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from harness.cluster.embedded.families import PROGRAMS, Family, family_of
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
        return self._given.get(name) or self._source.ensure(family_of(name)) / name


def _checked(name: str, path: Path) -> Path:
    if name not in PROGRAMS:
        raise BadInput(f"no program of the cluster is called {name}", remedy=f"it has: {', '.join(sorted(PROGRAMS))}")
    path = path.expanduser().absolute()
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise BadInput(f"{path}, given for {name}, is not a program", remedy="give the path of an executable file")
    return path
