"""
A folder of results that are expensive to make, each found by the hash of what it was made from.

Problem: two test runs may build the same thing at once, and either may be killed half-way.
Solution: a result is made in a folder of its own under a lock for each result, and renamed into place when complete.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Cache", "key_of"]


def key_of(*parts: bytes | str) -> str:
    """Return 16 hexadecimal digits that differ as soon as any part, or the split into parts, differs."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:16]


class Cache:
    """The cache's folder; entries are folders under `<room>/<name>-<key>` and never change once they exist."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def of_user(cls, environment: Mapping[str, str] | None = None) -> Cache:
        """Return the user's cache: $HARNESS_CACHE, else statefulspec under $XDG_CACHE_HOME, else under ~/.cache."""
        env = os.environ if environment is None else environment
        if chosen := env.get("HARNESS_CACHE"):
            return cls(Path(chosen).expanduser().absolute())
        base = env.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        return cls(Path(base).absolute() / "statefulspec")

    def entry(self, room: str, name: str, key: str) -> Path:
        """Return where the entry lies or will lie."""
        return self.root / room / f"{name}-{key}"

    def ensure(self, room: str, name: str, key: str, make: Callable[[Path], None]) -> Path:
        """
        Return the folder of the entry, made by `make(empty folder)` if it did not exist.

        Of several callers at once one makes it and the others wait; whatever `make` raises passes through and
        leaves no entry behind.
        """
        entry = self.entry(room, name, key)
        if entry.is_dir():
            return entry
        entry.parent.mkdir(parents=True, exist_ok=True)
        with _locked(entry.with_name(entry.name + ".lock")):
            if not entry.is_dir():
                self._make(entry, make)
        return entry

    def _make(self, entry: Path, make: Callable[[Path], None]) -> None:
        for leftover in entry.parent.glob(f".{entry.name}.*"):
            shutil.rmtree(leftover)
        workplace = Path(tempfile.mkdtemp(prefix=f".{entry.name}.", dir=entry.parent))
        try:
            make(workplace)
            workplace.chmod(0o755)
            workplace.rename(entry)
        except BaseException:
            shutil.rmtree(workplace, ignore_errors=True)
            raise


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
