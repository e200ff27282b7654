"""
Finds each program: given by path, in the cache, or made by a source.

A cluster whose components are of unknown versions proves nothing: what the machine has under these names is never
looked for, since it may be older, or a wrapper; a path that the user gives counts whatever it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from harness.cluster.embedded import host
from harness.cluster.embedded.families import DEFAULT, Family, families, family_of, program_names
from harness.errors import BadInput, EnvironmentUnfit

__all__ = ["ProgramSource", "Programs"]

_VERSION_S = 5.0
"""How long a program may take to print its version."""


class ProgramSource(Protocol):
    """Whatever can bring a whole family of programs."""

    def ensure(self, family: Family) -> Path:
        """Return the folder that holds every program and file of the family; EnvironmentUnfit if it cannot."""
        ...


class Programs:
    """
    The programs of one cluster.

    `given` maps names to paths that the user chose; `kubernetes` is the minor release that all others are of.
    """

    def __init__(
        self, source: ProgramSource, given: Mapping[str, Path] | None = None, kubernetes: str = DEFAULT
    ) -> None:
        self._source = source
        self._given = {name: _checked(name, path) for name, path in (given or {}).items()}
        self._kubernetes = kubernetes

    @property
    def given(self) -> dict[str, str]:
        """What each program that the user chose says of its version, by name; its path where it says none."""
        return {name: _version(path) for name, path in self._given.items()}

    def find(self, names: Iterable[str]) -> dict[str, Path]:
        """Return the path of every named program; those that are nowhere are made, family by family."""
        return {name: self._find(name) for name in names}

    def files(self, family: str) -> dict[str, Path]:
        """Return the paths of the files that come with the family of this name."""
        found = next(each for each in families(self._kubernetes) if each.name == family)
        return {name: self._source.ensure(found) / name for name in found.files}

    def _find(self, name: str) -> Path:
        return self._given.get(name) or self._source.ensure(family_of(name, self._kubernetes)) / name


def _checked(name: str, path: Path) -> Path:
    if name not in program_names():
        raise BadInput(f"no program of the cluster is called {name}", remedy=f"it has: {', '.join(program_names())}")
    path = path.expanduser().absolute()
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise BadInput(f"{path}, given for {name}, is not a program", remedy="give the path of an executable file")
    return path


def _version(path: Path) -> str:
    """Return the version that a program prints, its path where it prints none; all but CoreDNS know --version."""
    try:
        told = host.ask([str(path), "--version"], limit_s=_VERSION_S).stdout
    except EnvironmentUnfit:  # what it is worth shows when the cluster starts it
        told = ""
    found = re.search(r"\bv?\d+\.\d+\.\d+\S*", told)
    return found[0] if found else str(path)
