"""StatefulSets scaled, patched and deleted behind the back of their manifests."""

from __future__ import annotations

from typing import Literal

from harness.actions.target import Target, record_action
from harness.history.observation import Observation
from harness.model import KINDS, Object

__all__ = ["GROUP", "delete_group", "delete_set", "patch_set", "scale_set", "set_status_condition"]

_SET = KINDS["StatefulSet"]

GROUP = "statefulspec.dev/group"
"""The label by which several sets are addressed in one request."""


def scale_set(target: Target, name: str, replicas: int) -> Observation:
    """Return once the server has accepted a number of replicas through the set's scale subresource."""
    target.api.patch(_SET, name, target.namespace, {"spec": {"replicas": replicas}}, subresource="scale")
    scaled = target.api.read(_SET, name, target.namespace)  # the answer, a Scale, tells no generation
    return record_action(target, "scale", "StatefulSet", scaled, generation=scaled["metadata"]["generation"])


def patch_set(target: Target, name: str, change: Object) -> Observation:
    """Return once the server has accepted a JSON merge patch to the set."""
    patched = target.api.patch(_SET, name, target.namespace, change)
    return record_action(target, "patch", "StatefulSet", patched, generation=patched["metadata"]["generation"])


def delete_set(
    target: Target, name: str, *, propagation: Literal["Orphan", "Background", "Foreground"] = "Background"
) -> Observation:
    """
    Return once the server has accepted the deletion of the set; with `Orphan` its pods stay.

    Raises NotFound where there is no such set.
    """
    found = target.api.read(_SET, name, target.namespace)
    target.api.delete(_SET, name, target.namespace, uid=found["metadata"]["uid"], propagation=propagation)
    return record_action(target, "delete", "StatefulSet", found)


def delete_group(target: Target, group: str) -> list[Observation]:
    """Return once the server has accepted, in one request, the deletion of all sets whose GROUP is this one."""
    selector = f"{GROUP}={group}"
    found = target.api.list(_SET, target.namespace, selector=selector).items
    target.api.delete_all(_SET, target.namespace, selector)
    return [record_action(target, "delete", "StatefulSet", one) for one in found]


def set_status_condition(target: Target, name: str, kind: str) -> Observation:
    """Return once the server has accepted a condition of this type, true, among the conditions of the set's status."""
    condition = {"type": kind, "status": "True", "reason": "Told", "message": "told by a client"}
    told = target.api.patch(_SET, name, target.namespace, {"status": {"conditions": [condition]}}, subresource="status")
    return record_action(target, "tell", "StatefulSet", told)
