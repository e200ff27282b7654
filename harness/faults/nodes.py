"""Nodes closed to new pods; scenarios that do this are `@exclusive`, since nodes are everybody's."""

from __future__ import annotations

from harness.faults.target import Target, record_action
from harness.history.observation import Observation
from harness.model import KINDS

__all__ = ["cordon", "uncordon"]

_NODE = KINDS["Node"]


def cordon(target: Target, node: str) -> Observation:
    """Return once no new pod can be scheduled to the node; it is opened again at the end of the scenario."""
    target.healing.add(f"open node {node} again", lambda: _close(target, node, closed=False))
    return _close(target, node, closed=True)


def uncordon(target: Target, node: str) -> Observation:
    """Return once pods can be scheduled to the node again."""
    return _close(target, node, closed=False)


def _close(target: Target, node: str, *, closed: bool) -> Observation:
    changed = target.api.patch(_NODE, node, None, {"spec": {"unschedulable": closed}})
    if closed:
        return record_action(target, "cordon", "Node", changed, until="uncordon")
    return record_action(target, "uncordon", "Node", changed)
