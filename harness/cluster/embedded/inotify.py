"""
The kernel's inotify instances and watches, of which a user has a limited number: most programs of a cluster want some.

Problem: where they run out, a kubelet or a proxy goes on without, or ends, and the cluster merely comes up too late.
Solution: what a cluster takes is known beforehand, and a start that failed is looked through for the kernel's refusal.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = [
    "in_use",
    "limit",
    "needed",
    "needed_watches",
    "refusal",
    "remedy",
    "watch_limit",
    "watch_remedy",
    "watches_in_use",
]

_LIMIT = Path("/proc/sys/fs/inotify/max_user_instances")
_WATCH_LIMIT = Path("/proc/sys/fs/inotify/max_user_watches")
_OF_CONTROL_PLANE = 5
"""Measured: three of the API server, one of the controller manager; one opens the folders of volumes."""
_OF_NODE = 10
"""Measured: six or seven of a kubelet, two of containerd, one of kube-proxy."""
_PLENTY = 1024
"""Instances for several clusters of five nodes (55 each) beside a desktop, which takes a hundred or two."""
_WATCHES_OF_NODE = 1200
"""Measured: a kubelet watches every cgroup below its own, in each hierarchy that is mounted."""
_PLENTY_OF_WATCHES = 1 << 19
"""Watches for several clusters; what kind's known issues recommend is the same number, 524288."""
_REFUSED = re.compile(r".*(?:inotify|fsnotify).*(?:too many open files|no space left on device).*", re.IGNORECASE)
_TAIL = 1 << 18
"""Bytes of each log that are looked through: a program that misses its instances says so again and again."""


def needed(nodes: int) -> int:
    """Return how many instances a cluster of real nodes takes; its pods take none with cgroups of version 1."""
    return _OF_CONTROL_PLANE + nodes * _OF_NODE


def limit() -> int:
    """Return how many instances each user may have."""
    return int(_LIMIT.read_text(encoding="utf-8"))


def in_use(processes: Path = Path("/proc")) -> int:
    """Return how many instances the processes of this user have, as far as this user may see."""
    return sum(1 for _ in _instances(processes))


def needed_watches(nodes: int) -> int:
    """Return how many watches a cluster of real nodes takes."""
    return nodes * _WATCHES_OF_NODE


def watch_limit() -> int:
    """Return how many watches each user may have."""
    return int(_WATCH_LIMIT.read_text(encoding="utf-8"))


def watches_in_use(processes: Path = Path("/proc")) -> int:
    """Return how many watches the processes of this user have, as far as this user may see."""
    watches = 0
    for descriptor in _instances(processes):
        with suppress(OSError):
            told = descriptor.parents[1] / "fdinfo" / descriptor.name
            watches += told.read_text().count("inotify wd:")
    return watches


def watch_remedy() -> str:
    """Return the line that raises the limit so far that several clusters have enough."""
    return f"sysctl -w fs.inotify.max_user_watches={max(_PLENTY_OF_WATCHES, 2 * watch_limit())}"


def remedy(refused: str = "") -> str:
    """Return the line that raises the limit so far that several clusters have enough, or the one that was met."""
    if "no space left" in refused.lower():
        return watch_remedy()
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


def _instances(processes: Path) -> Iterator[Path]:
    """Yield each open file of this user's processes that is an instance; a process may end meanwhile."""
    for process in processes.glob("[0-9]*"):
        with suppress(OSError):
            if process.stat().st_uid == os.geteuid():
                for descriptor in (process / "fd").iterdir():
                    with suppress(OSError):
                        if str(descriptor.readlink()) == "anon_inode:inotify":
                            yield descriptor
