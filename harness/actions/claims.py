"""Claims deleted, and claims that ask for more or for something else."""

from __future__ import annotations

from harness.actions.target import Target, record_action
from harness.history.observation import Observation
from harness.model import KINDS, Object

__all__ = ["ask_for_attributes", "ask_for_size", "delete_claim"]

_CLAIM = KINDS["PersistentVolumeClaim"]


def delete_claim(target: Target, name: str) -> Observation:
    """Return once the server has accepted the deletion of a claim; one that a pod uses goes when that pod goes."""
    found = target.api.read(_CLAIM, name, target.namespace)
    target.api.delete(_CLAIM, name, target.namespace, uid=found["metadata"]["uid"])
    return record_action(target, "delete", "PersistentVolumeClaim", found)


def ask_for_size(target: Target, name: str, size: str) -> Observation:
    """Return once the server has accepted that a claim asks for so much, as `2Gi`; Denied where its class says no."""
    return _ask(target, "grow", name, size, {"resources": {"requests": {"storage": size}}})


def ask_for_attributes(target: Target, name: str, attributes: str) -> Observation:
    """Return once the server has accepted that a claim asks for another class of volume attributes."""
    return _ask(target, "modify", name, attributes, {"volumeAttributesClassName": attributes})


def _ask(target: Target, verb: str, name: str, asked: str, spec: Object) -> Observation:
    changed = target.api.patch(_CLAIM, name, target.namespace, {"spec": spec})
    return record_action(target, verb, _CLAIM.name, changed, asked=asked)
