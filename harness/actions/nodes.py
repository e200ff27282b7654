"""Nodes closed to new pods; scenarios that do this are `@exclusive`, since nodes are everybody's."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from harness import timeouts
from harness.actions.commons import Taking, is_ours
from harness.actions.target import Target, record_action
from harness.errors import TooManyRequests
from harness.history.observation import Observation
from harness.model import KINDS, Object

__all__ = ["CLOSED", "cordon", "cordon_all", "drain", "uncordon", "uncordon_all"]

_NODE, _POD = KINDS["Node"], KINDS["Pod"]
CLOSED = Taking(_NODE, "statefulspec.dev/closed", lambda _: {"spec": {"unschedulable": None}})
"""A node that a scenario has closed to new pods."""


def cordon(target: Target, node: str) -> Observation:
    """
    Return once no new pod can be scheduled to the node; it is opened again at the end of the scenario.

    One that somebody else has closed before stays as it is, now and at the end.
    """
    found = target.api.read(_NODE, node)
    if found["spec"].get("unschedulable"):
        return record_action(target, "cordon", "Node", found)
    target.healing.add(f"open node {node} again", lambda: uncordon(target, node))
    closed = CLOSED.take(target.api, node, lambda _: {"spec": {"unschedulable": True}})
    return record_action(target, "cordon", "Node", closed, until="uncordon")


def uncordon(target: Target, node: str) -> Observation:
    """Return once pods can be scheduled again to a node that this run has closed."""
    found = target.api.read(_NODE, node)
    if is_ours(CLOSED.of(found)):
        found = CLOSED.give_back(target.api, node, CLOSED.of(found)) or found
    return record_action(target, "uncordon", "Node", found)


def cordon_all(target: Target) -> list[Observation]:
    """Return once no new pod can be scheduled to any node; they are opened again at the end of the scenario."""
    return [cordon(target, node) for node in target.recorder.history.alive("Node")]


def uncordon_all(target: Target) -> list[Observation]:
    """Return once pods can be scheduled to every node again."""
    return [uncordon(target, node) for node in target.recorder.history.alive("Node")]


def drain(target: Target, pods: Sequence[str]) -> list[Observation]:
    """
    Return once the nodes of these pods are closed and all pods of this namespace on them are evicted, at the same time.

    An eviction that a disruption budget refuses is asked for again with each thing that happens; raises
    TooManyRequests where it is still refused after 60 s. The nodes are opened again at the end of the scenario.
    """
    found = target.api.list(_POD, target.namespace).items
    nodes = {one["spec"].get("nodeName") for one in found if one["metadata"]["name"] in pods} - {None}
    done = [cordon(target, str(node)) for node in sorted(map(str, nodes))]
    leaving = [one for one in found if one["spec"].get("nodeName") in nodes]
    ends = target.recorder.now + timeouts.DRAIN.s
    with ThreadPoolExecutor(max_workers=max(1, len(leaving))) as pool:
        asked = [pool.submit(_evict, target, pod, ends) for pod in leaving]
    return [*done, *(answer.result() for answer in asked)]


def _evict(target: Target, pod: Object, ends: float) -> Observation:
    while True:
        seen = target.recorder.history.end
        try:
            target.api.evict(pod["metadata"]["name"], target.namespace)
        except TooManyRequests:
            left_s = ends - target.recorder.now
            if left_s <= 0:
                raise
            target.recorder.wait(seen, left_s)
        else:
            return record_action(target, "evict", "Pod", pod)
