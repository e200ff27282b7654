"""
What the kernel lets whoever starts a cluster have: threads, open files, namespaces; `inotify.py` has what it counts.

Problem: where one of these is too small a program ends, or goes on without what it was refused, and says so in a log at
best. Solution: they are known beforehand, with the line or the sentence that raises them.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

__all__ = ["MINIMUM_FILES", "free_threads", "namespaces", "needed_namespaces", "needed_threads", "open_files"]

MINIMUM_FILES = 1024
"""Measured: an API server and its store have about a hundred files open each, and one more for every watch."""

_OF_CONTROL_PLANE, _OF_NODE = 100, 300
"""Threads. Measured: 60 and 50 at rest; every pod adds a dozen of its shim's to the node that runs it."""

_NAMESPACES_OF_NODE = 64
"""One for the node and for each of its pods."""

_KINDS = ("mnt", "pid", "net", "uts", "ipc")
_UNLIMITED = 1 << 62
"""Stands for no limit: more than any kernel counts."""


def needed_threads(nodes: int) -> int:
    """Return how many threads a cluster of real nodes takes, with a dozen pods on each."""
    return _OF_CONTROL_PLANE + nodes * _OF_NODE


def needed_namespaces(nodes: int) -> int:
    """Return how many namespaces of each kind a cluster of real nodes takes."""
    return nodes * _NAMESPACES_OF_NODE


def free_threads(processes: Path = Path("/proc"), groups: Path = Path("/sys/fs/cgroup")) -> tuple[int, str]:
    """Return how many more threads this process's cgroups and the kernel allow, and what sets the limit."""
    load = (processes / "loadavg").read_text().split()[3]
    used = int(load.partition("/")[2])
    free, setter = int((processes / "sys/kernel/threads-max").read_text()) - used, "kernel.threads-max"
    for folder in _own_groups(processes, groups):
        limit = (folder / "pids.max").read_text().strip()
        left = _UNLIMITED if limit == "max" else int(limit) - int((folder / "pids.current").read_text())
        if left < free:
            free, setter = left, f"{folder}/pids.max"
    return max(free, 0), setter


def open_files() -> int:
    """Return how many files a process may have open at most; a program raises its own limit as far as that."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _UNLIMITED if hard == resource.RLIM_INFINITY else hard


def namespaces(kernel: Path = Path("/proc/sys")) -> dict[str, int]:
    """Return the kernel's setting → how many namespaces of that kind a user may have."""
    found = {f"user.max_{kind}_namespaces": kernel / "user" / f"max_{kind}_namespaces" for kind in _KINDS}
    return {name: int(path.read_text()) for name, path in found.items() if path.exists()}


def _own_groups(processes: Path, groups: Path) -> Iterator[Path]:
    """Yield the folder of each cgroup that this process is in, and those above it, where threads are limited."""
    for line in (processes / "self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers in ("", "pids"):
            top = groups / controllers
            folder = top / path.lstrip("/")
            for each in (folder, *folder.parents):
                if each.is_relative_to(top) and (each / "pids.max").exists():
                    yield each
