"""
Folders below the system's temporary folder that are gone when the processes that use them are.

Problem: a process that is killed removes nothing, and age does not tell whether a folder is still in use. Solution: who
uses a folder holds a lock in it, which the kernel takes away with the process; whoever makes the next folder removes
those that nobody holds.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

__all__ = ["credentials_folder", "hold", "make_workplace", "remove_workplace", "workplace"]

_PREFIX = "statefulspec-"
_LOCK = ".in-use"
_ROOM_FOR_NAMES = 44
"""Characters of `/statefulspec-PURPOSE-…/` and the name of a socket in it."""
_LONGEST_SOCKET = 103
"""What macOS allows; Linux 107."""
_held: dict[Path, int] = {}
"""The folders that this process uses, with the open file whose lock says so."""


def make_workplace(purpose: str) -> Path:
    """
    Return a new folder, `statefulspec-PURPOSE-…`, for this user alone, held by this process until it is removed.

    Folders of this user that no process holds any more are removed first.
    """
    _sweep()
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{purpose}-", dir=_temporary()))
        if hold(folder):
            return folder


def hold(folder: Path) -> bool:
    """Keep a folder from being removed while this process lives, beside others that do; False where it is gone."""
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_SH)
        there = os.path.samestat(os.fstat(lock), (folder / _LOCK).stat())
    except FileNotFoundError:
        return False  # somebody swept it before it was held
    if not there:
        os.close(lock)
        return False
    _held[folder] = lock
    return True


def remove_workplace(folder: Path) -> None:
    """Remove a folder with all that is in it; whoever holds it beside us finds it gone."""
    shutil.rmtree(folder, ignore_errors=True)
    lock = _held.pop(folder, None)
    if lock is not None:
        os.close(lock)


@contextmanager
def workplace(purpose: str) -> Iterator[Path]:
    """Give a folder that is removed on leaving."""
    folder = make_workplace(purpose)
    try:
        yield folder
    finally:
        remove_workplace(folder)


@cache
def credentials_folder() -> Path:
    """Return this process's folder for certificates and keys that a library wants as files; removed at its end."""
    folder = make_workplace("credentials")
    atexit.register(remove_workplace, folder)
    return folder


def _temporary() -> Path:
    """Return the system's temporary folder; /tmp where its path is too long for a socket to lie below it."""
    chosen = Path(tempfile.gettempdir())
    return chosen if len(os.fsencode(chosen)) + _ROOM_FOR_NAMES <= _LONGEST_SOCKET else Path("/tmp")  # noqa: S108


def _sweep() -> None:
    for lock_file in _temporary().glob(f"{_PREFIX}*/{_LOCK}"):
        with suppress(OSError):  # it is another user's, or somebody else has removed it
            lock = os.open(lock_file, os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if lock_file.stat().st_uid == os.geteuid():
                    shutil.rmtree(lock_file.parent, ignore_errors=True)
            finally:
                os.close(lock)
