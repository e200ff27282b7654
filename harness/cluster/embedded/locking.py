"""Locks between processes: a file that exists only as long as somebody needs it."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

__all__ = ["locked", "remove_empty"]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file; it and its folder are gone afterwards, unless somebody else holds or waits for them."""
    with _lock_file(path) as handle:
        try:
            yield
        finally:
            path.unlink()
            handle.close()
            remove_empty(path.parent)


def remove_empty(folder: Path) -> None:
    """Remove a folder if there is one and nothing is in it."""
    try:
        folder.rmdir()
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.ENOENT):
            raise


def _lock_file(path: Path) -> TextIO:
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = path.open("w", encoding="utf-8")
        except (FileExistsError, FileNotFoundError):
            continue  # the former holder removed the folder just now, or while `mkdir` was looking at it
        fcntl.flock(handle, fcntl.LOCK_EX)
        if _is_still_at(handle, path):
            return handle
        handle.close()  # the former holder removed the file while we were waiting for it; take part in the next one


def _is_still_at(handle: TextIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle.fileno()), path.stat())
    except FileNotFoundError:
        return False
