"""
Opens every folder that is made in another one to all users, once.

Problem: the provisioner of the controller manager makes the folder of a volume for root alone (0750), and `fsGroup`
does not count for folders of a node: a server that is not root could not write into its claim, though it can on kind,
whose provisioner makes folders for everybody (0777), and on every real disk. Solution: this small process of the
cluster, which the kernel tells of each new folder; long before any container has it, for its volume is yet to be
written down, bound and mounted. What a server then does to the folder is left alone.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

__all__ = ["main"]

_IN_CREATE, _IN_ONLYDIR = 0x00000100, 0x01000000
"""The kernel's numbers of inotify(7), from linux/inotify.h."""
_EVENTS = 1 << 16
"""Bytes for the events of one look; one has 16 and its name, at most 272."""


def main(folder: Path) -> None:
    """Open what is in the folder and all that will be; never returns."""
    notices = _notices(folder)
    opened: set[str] = set()
    while True:
        there = {path.name for path in folder.iterdir()}
        for name in there - opened:
            _open(folder / name)
        opened = there
        os.read(notices, _EVENTS)


def _open(path: Path) -> None:
    try:
        path.chmod(0o777)
    except FileNotFoundError:
        return  # its claim was given up again at once


def _notices(folder: Path) -> int:
    """Return a descriptor that can be read when something has been made in the folder."""
    libc = ctypes.CDLL(None, use_errno=True)
    notices = int(libc.inotify_init1(os.O_CLOEXEC))
    if notices < 0 or libc.inotify_add_watch(notices, os.fsencode(folder), _IN_CREATE | _IN_ONLYDIR) < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"inotify: {os.strerror(error)}", str(folder))
    return notices


if __name__ == "__main__":
    main(Path(sys.argv[1]))
