"""Stateful sets scaled, patched and deleted behind the back of their manifests."""

from __future__ import annotations

from typing import Literal

from harness.faults.target import Target, record_action
from harness.history.observation import Observation
from harness.model import KINDS, Object

__all__ = ["delete_set", "patch_set", "scale_set"]

_SET = KINDS["StatefulSet"]


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
