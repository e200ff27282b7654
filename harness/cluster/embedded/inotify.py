"""
The kernel's inotify instances, of which a user has a limited number: most programs of a cluster want some.

Problem: where they run out, a kubelet or a proxy goes on without, or ends, and the cluster merely comes up too late.
Solution: what a cluster takes is known beforehand, and a start that failed is looked through for the kernel's refusal.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["in_use", "limit", "needed", "refusal", "remedy"]

_LIMIT = Path("/proc/sys/fs/inotify/max_user_instances")
_OF_CONTROL_PLANE = 4
"""Measured: three of the API server, one of the controller manager."""
_OF_NODE = 10
"""Measured: six or seven of a kubelet, two of containerd, one of kube-proxy."""
_PLENTY = 1024
_REFUSED = re.compile(r".*(?:inotify|fsnotify).*too many open files.*", re.IGNORECASE)
_TAIL = 1 << 18
"""Bytes of each log that are looked through: a program that misses its instances says so again and again."""


def needed(nodes: int) -> int:
    """Return how many instances a cluster of real nodes takes; its pods take none with cgroups of version 1."""
    return _OF_CONTROL_PLANE + nodes * _OF_NODE


def limit() -> int:
    """Return how many instances each user may have."""
    return int(_LIMIT.read_text())


def in_use(processes: Path = Path("/proc")) -> int:
    """Return how many instances the processes of this user have, as far as this user may see."""
    return sum(1 for link in _links(processes) if link == "anon_inode:inotify")


def remedy() -> str:
    """Return the line that raises the limit so far that several clusters have enough."""
    return f"sysctl -w fs.inotify.max_user_instances={max(_PLENTY, 2 * limit())}"


def refusal(logs: Path) -> str:
    """Return the first line of these logs in which a program was refused an instance, empty where there is none."""
    for log in sorted(logs.rglob("*.log")):
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL))
            found = _REFUSED.search(file.read().decode("utf-8", "replace"))
        if found:
            return f"{log.stem}: {found[0].strip()}"
    return ""


def _links(processes: Path) -> Iterator[str]:
    """Yield what each open file of this user's processes leads to; a process may end meanwhile."""
    for process in processes.glob("[0-9]*"):
        with suppress(OSError):
            if process.stat().st_uid == os.geteuid():
                for link in (process / "fd").iterdir():
                    with suppress(OSError):
                        yield str(link.readlink())
