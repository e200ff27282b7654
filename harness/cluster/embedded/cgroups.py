"""The cgroups that hold the pods of a node: one top-level group of each node in every hierarchy that is mounted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

__all__ = ["create", "is_mounted", "is_unified", "names", "remove"]

_MOUNT = Path("/sys/fs/cgroup")
_EMPTY_TIMEOUT_S = 5.0
"""Seconds in which the kernel lets go of a group whose last process was reaped; it takes milliseconds."""
_CONTROLLERS = ("cpu", "cpuset", "memory", "pids")


def is_unified() -> bool:
    """Return whether this machine has cgroup version 2 only."""
    return (_MOUNT / "cgroup.controllers").exists()


def is_mounted() -> bool:
    """Return whether there is any hierarchy of cgroups to put pods into."""
    return any(_hierarchies())


def create(name: str) -> None:
    """Make the group of that name at the top of every hierarchy, ready to hold pods."""
    if is_unified():
        enabled = (_MOUNT / "cgroup.subtree_control").read_text().split()
        for controller in _CONTROLLERS:
            if controller not in enabled:
                (_MOUNT / "cgroup.subtree_control").write_text(f"+{controller}")
    for top in _hierarchies():
        (top / name).mkdir(exist_ok=True)
        for setting in ("cpuset.cpus", "cpuset.mems"):
            # Version 1 starts a cpuset empty, and no process may enter an empty one.
            if not is_unified() and (top / setting).exists():
                (top / name / setting).write_text((top / setting).read_text())


def names(pattern: str) -> set[str]:
    """Return the names of the groups at the top of any hierarchy that match a pattern with `*`."""
    return {folder.name for top in _hierarchies() for folder in top.glob(pattern)}


def remove(name: str) -> None:
    """Remove the group and all below it from every hierarchy; waits for processes that are still ending."""
    for top in _hierarchies():
        for folder, _, _ in os.walk(top / name, topdown=False):
            for attempt in Retrying(
                retry=retry_if_exception_type(OSError),
                stop=stop_after_delay(_EMPTY_TIMEOUT_S),
                wait=wait_fixed(0.01),
                reraise=True,
            ):
                with attempt:
                    _remove_folder(Path(folder))


def _remove_folder(folder: Path) -> None:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return


def _hierarchies() -> Iterator[Path]:
    if is_unified():
        yield _MOUNT
    else:
        seen: set[Path] = set()
        for path in sorted(_MOUNT.glob("*")):
            top = path.resolve()
            if (top / "cgroup.procs").exists() and top not in seen:
                seen.add(top)
                yield top
