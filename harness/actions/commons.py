"""
What is everybody's and a scenario takes from use: nodes, classes of storage. Each bears a mark that says who did it.

Problem: a run that is killed gives nothing back, and from outside its deeds look like those of a run that goes on.
Solution: the mark names the process. Who finds one of a process that has ended, on this machine, may give it back;
what another machine's processes do cannot be known here.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from harness.cluster.components import Component, component_of, is_alive
from harness.errors import Conflict
from harness.kube.api import Api
from harness.model import Kind, Object

__all__ = ["Taking", "is_left_behind", "is_ours", "our_mark"]

T = TypeVar("T")
_ATTEMPTS = 5
"""Controllers and kubelets write to these objects too."""


@dataclass(frozen=True, slots=True)
class Taking:
    """One way to take an object from use: `mark` is the annotation that says so, `undone` the change that undoes it."""

    kind: Kind
    mark: str
    undone: Callable[[Object], Object]

    def of(self, found: Object) -> str:
        """Return the mark that an object bears, empty where it bears none."""
        return str((found["metadata"].get("annotations") or {}).get(self.mark, ""))

    def take(self, api: Api, name: str, change: Callable[[Object], Object]) -> Object:
        """Return the object, changed and marked as taken by this process."""
        return _retrying(lambda: self._patch(api, api.read(self.kind, name), our_mark(), change))

    def give_back(self, api: Api, name: str, marked: str) -> Object | None:
        """Return the object as it was before it was taken; None where it does not bear this very mark any more."""

        def undo() -> Object | None:
            found = api.read(self.kind, name)
            return self._patch(api, found, None, self.undone) if self.of(found) == marked else None

        return _retrying(undo)

    def _patch(self, api: Api, found: Object, mark: str | None, change: Callable[[Object], Object]) -> Object:
        """Return the object, changed if it is still the one that was found; raises Conflict where it is not."""
        changed = change(found)
        metadata = changed.get("metadata", {})
        annotations = {**metadata.get("annotations", {}), self.mark: mark}
        version = found["metadata"]["resourceVersion"]
        body = {**changed, "metadata": {**metadata, "annotations": annotations, "resourceVersion": version}}
        return api.patch(self.kind, found["metadata"]["name"], None, body)


def _retrying(change: Callable[[], T]) -> T:
    retrying = Retrying(retry=retry_if_exception_type(Conflict), stop=stop_after_attempt(_ATTEMPTS), reraise=True)
    return retrying(change)


def our_mark() -> str:
    """Return what names this process: MACHINE.PID.STARTED; MACHINE is empty where processes cannot be told apart."""
    me = component_of("maker", os.getpid())
    return f"{_machine()}.{me.pid}.{me.started}"


def is_ours(mark: str) -> bool:
    """Return whether this process has set the mark."""
    return mark == our_mark()


def is_left_behind(mark: str) -> bool:
    """Return whether it is certain that whoever has set the mark has ended: a process of this machine that is gone."""
    machine, _, process = mark.partition(".")
    pid, _, started = process.partition(".")
    known = machine == _machine() != "" and pid.isdecimal() and started.isdecimal()
    return known and not is_alive(Component("maker", int(pid), int(started)))


def _machine() -> str:
    """Return what tells this boot of this machine, and its space of process ids, from all others."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return ""
    return hashlib.sha256(f"{boot} {space}".encode()).hexdigest()[:12]
