"""Volumes deleted, and classes of storage taken from those who name none; the latter is everybody's: `@exclusive`."""

from __future__ import annotations

from harness.errors import BadInput
from harness.faults.target import Target, record_action
from harness.history.observation import Observation
from harness.model import KINDS, Object

__all__ = ["delete_volume", "restore_default_class", "withdraw_default_class"]

DEFAULT = "storageclass.kubernetes.io/is-default-class"
WITHDRAWN = "statefulspec.dev/withdrawn"
_VOLUME = KINDS["PersistentVolume"]
_CLASS = KINDS["StorageClass"]


def delete_volume(target: Target, name: str) -> Observation:
    """Return once the server has accepted the deletion of a volume; one that a claim has goes when that claim goes."""
    found = target.api.read(_VOLUME, name)
    target.api.delete(_VOLUME, name, uid=found["metadata"]["uid"])
    return record_action(target, "delete", "PersistentVolume", found)


def withdraw_default_class(target: Target) -> list[Observation]:
    """
    Return once no storage class is the default any more; at the end of the scenario those that were are it again.

    Raises BadInput where there was none.
    """
    found = [one for one in target.api.list(_CLASS).items if _annotations(one).get(DEFAULT) == "true"]
    if not found:
        raise BadInput("this cluster has no default storage class that could be withdrawn")
    target.healing.add("make the default storage class the default again", lambda: restore_default_class(target))
    return [_mark(target, one, {DEFAULT: "false", WITHDRAWN: "true"}, "withdraw", until="restore") for one in found]


def restore_default_class(target: Target) -> list[Observation]:
    """Return once every class that was withdrawn is the default again."""
    found = [one for one in target.api.list(_CLASS).items if _annotations(one).get(WITHDRAWN) == "true"]
    return [_mark(target, one, {DEFAULT: "true", WITHDRAWN: None}, "restore") for one in found]


def _mark(target: Target, found: Object, annotations: Object, verb: str, until: str | None = None) -> Observation:
    name = found["metadata"]["name"]
    changed = target.api.patch(_CLASS, name, None, {"metadata": {"annotations": annotations}})
    return record_action(target, verb, "StorageClass", changed, until=until)


def _annotations(found: Object) -> Object:
    annotations: Object = found["metadata"].get("annotations") or {}
    return annotations
