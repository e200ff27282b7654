"""The register of a cluster whose nodes are containers: a file that is there only while something is out."""

from __future__ import annotations

import json
import os
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path

from harness.cluster.embedded.locking import locked
from harness.cluster.outages import Outage

__all__ = ["FileRegister"]


class FileRegister:
    """The outages that are written into a file, for all processes that know of it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def locked(self) -> AbstractContextManager[None]:
        """Keep every other process from changing it."""
        return locked(self._path.with_suffix(".lock"))

    def read(self) -> tuple[Outage, ...]:
        """Return what is out, the newest last."""
        try:
            return tuple(map(Outage.of, json.loads(self._path.read_text())))
        except FileNotFoundError:
            return ()

    def write(self, outages: tuple[Outage, ...]) -> None:
        """Replace what was written at once, so that a reader sees the former or this; an empty register is removed."""
        if not outages:
            self._path.unlink(missing_ok=True)
            return
        draft = self._path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps([asdict(outage) for outage in outages], indent=1))
        draft.replace(self._path)
