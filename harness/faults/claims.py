"""Claims deleted."""

from __future__ import annotations

from harness.faults.target import Target, record_action
from harness.history.observation import Observation
from harness.model import KINDS

__all__ = ["delete_claim"]

_CLAIM = KINDS["PersistentVolumeClaim"]


def delete_claim(target: Target, name: str) -> Observation:
    """Return once the server has accepted the deletion of a claim; one that a pod uses goes when that pod goes."""
    found = target.api.read(_CLAIM, name, target.namespace)
    target.api.delete(_CLAIM, name, target.namespace, uid=found["metadata"]["uid"])
    return record_action(target, "delete", "PersistentVolumeClaim", found)
