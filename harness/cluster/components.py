"""A process of this machine, told from a later one that has got its pid."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Component", "component_of", "is_alive", "status_of"]


@dataclass(frozen=True, slots=True)
class Component:
    """One process; `started` is its start time in clock ticks, 0 where it had ended before anybody looked."""

    name: str
    pid: int
    started: int


def component_of(name: str, pid: int) -> Component:
    """Return the running process as a component."""
    return Component(name, pid, _started(pid))


def is_alive(component: Component) -> bool:
    """Return whether the process still runs; one that has ended and waits to be reaped does not."""
    return component.started != 0 and _started(component.pid) == component.started


def status_of(pid: int) -> list[str]:
    """Return the fields of the kernel's line about a process from its state on; none when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _started(pid: int) -> int:
    fields = status_of(pid)
    return 0 if not fields or fields[0] in "ZX" else int(fields[19])
