"""
The order in which the containers of a pod start: its init containers one after another, then all others.

Judged over the first start of each pod. A pod whose node loses its sandbox is prepared a second time, and its status
mixes the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from harness.history.history import History, Incarnation
from harness.history.observation import Observation
from harness.model import Object
from harness.promises.changes import incarnations_of
from harness.promises.pods import instant
from harness.promises.verdict import Breach, NotApplicable, Subject, Window, promise

__all__ = ["held_in", "prepared_in_order"]

Container = Mapping[str, Any]


@promise(
    "prepared in order",
    "Before a pod starts, its init containers run to a good end, one after another",
    clauses={
        "in turn": "An init container starts only when the one before it has ended well",
        "before": "No other container starts before every init container has ended well",
    },
    kinds=("Pod",),
    source="https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#detailed-behavior",
)
def prepared_in_order(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """Judge each state of a pod until its containers run, by what it says of each container and when it started."""
    lives = [life for life in incarnations_of(history, subject) if life.first.seq < window.end]
    started = [life for life in lives if any(_runs(seen.data) and _preparations(seen.data) for seen in life.seen)]
    if not started:
        raise NotApplicable("no pod with init containers has started in this window")
    return [breach for life in started for seen in _until_started(life) for breach in _breaches(life, seen)]


def held_in(pod: Object, preparation: str) -> str:
    """Return why the pod is not held in this init container, all before it ended well and none after begun; or ''."""
    statuses = _preparations(pod)
    names = [str(one["name"]) for one in statuses]
    if preparation not in names:
        return f"it has no preparation {preparation}"
    place = names.index(preparation)
    for one in statuses[:place]:
        if not _ended_well(one):
            return f"{one['name']} has not ended well"
    if _ended_well(statuses[place]):
        return f"{preparation} has ended well"
    if not _begun(statuses[place]):
        return f"{preparation} has not begun"
    later = [str(one["name"]) for one in statuses[place + 1 :] if _begun(one)]
    return f"{later[0]} has begun" if later else "the pod itself has started" if _runs(pod) else ""


def _until_started(life: Incarnation) -> Iterator[Observation]:
    for seen in life.seen:
        yield seen
        if _runs(seen.data):
            return


def _breaches(life: Incarnation, seen: Observation) -> Iterator[Breach]:
    preparations = _preparations(seen.data)
    for former, later in pairwise(preparations):
        if _begun(later) and _too_early(later, former):
            text = f"{later['name']} of {life.name} started before {former['name']} had ended well"
            yield Breach("in turn", text, (seen,))
    for container in _containers(seen.data):
        for former in preparations:
            if "running" in container.get("state", {}) and _too_early(container, former):
                text = f"{container['name']} of {life.name} started before {former['name']} had ended well"
                yield Breach("before", text, (seen,))


def _too_early(later: Container, former: Container) -> bool:
    state = later["state"]
    began = (state.get("running") or state.get("terminated"))["startedAt"]
    return not _ended_well(former) or instant(began) < instant(former["state"]["terminated"]["finishedAt"])


def _preparations(pod: Object) -> list[Container]:
    """Return the states of the init containers in their order, without those that go on beside the others."""
    beside = {one["name"] for one in pod["spec"].get("initContainers") or [] if one.get("restartPolicy") == "Always"}
    order = [one["name"] for one in pod["spec"].get("initContainers") or [] if one["name"] not in beside]
    states = {one["name"]: one for one in pod.get("status", {}).get("initContainerStatuses") or []}
    return [states[name] for name in order if name in states]


def _containers(pod: Object) -> list[Container]:
    return list(pod.get("status", {}).get("containerStatuses") or [])


def _runs(pod: Object) -> bool:
    return any("running" in container.get("state", {}) for container in _containers(pod))


def _begun(container: Container) -> bool:
    state = container.get("state", {})
    retried = bool(container.get("lastState", {}).get("terminated"))
    return "running" in state or "terminated" in state or retried


def _ended_well(container: Container) -> bool:
    return "terminated" in container.get("state", {}) and container["state"]["terminated"]["exitCode"] == 0
