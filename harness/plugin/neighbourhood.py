"""The scenarios of a run beside each other: many at a time, or one alone that hurts whoever is there."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["neighbourhood"]


@contextmanager
def neighbourhood(folder: Path, *, exclusive: bool, mend: Callable[[], object]) -> Iterator[None]:
    """
    Hold the lock of the run that has this folder, shared with other scenarios or alone.

    `mend` is called before, where the last one that was alone was killed: the kernel has freed the lock with it.
    """
    with (folder / "neighbourhood.lock").open("a+", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        lock.seek(0)
        if lock.read():
            mend()
            lock.truncate(0)
        if not exclusive:
            yield
            return
        lock.write("somebody is alone here")
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)
