"""Volumes deleted, and classes of storage taken from those who name none; the latter is everybody's: `@exclusive`."""

from __future__ import annotations

from harness.errors import BadInput
from harness.faults.target import Target, record_action
from harness.history.observation import Observation
from harness.kube.api import Api
from harness.model import KINDS, Object

__all__ = [
    "WITHDRAWN",
    "delete_volume",
    "is_default",
    "make_default_again",
    "restore_default_class",
    "withdraw_default_class",
]

DEFAULT = "storageclass.kubernetes.io/is-default-class"
WITHDRAWN = "statefulspec.dev/withdrawn"
"""The annotation of a class that a scenario has withdrawn: whoever finds one of a killed run may restore it."""
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
    found = [one for one in target.api.list(_CLASS).items if is_default(one)]
    if not found:
        raise BadInput("this cluster has no default storage class that could be withdrawn")
    target.healing.add("make the default storage class the default again", lambda: restore_default_class(target))
    return [_withdraw(target, one["metadata"]["name"]) for one in found]


def restore_default_class(target: Target) -> list[Observation]:
    """Return once every class that was withdrawn is the default again."""
    found = [one for one in target.api.list(_CLASS).items if _annotations(one).get(WITHDRAWN) == "true"]
    restored = [make_default_again(target.api, one["metadata"]["name"]) for one in found]
    return [record_action(target, "restore", "StorageClass", one) for one in restored]


def is_default(found: Object) -> bool:
    """Whether a storage class is that of claims which name none."""
    return bool(_annotations(found).get(DEFAULT) == "true")


def make_default_again(api: Api, name: str) -> Object:
    """Return the class, which is as it was before a scenario has withdrawn it."""
    return api.patch(_CLASS, name, None, {"metadata": {"annotations": {DEFAULT: "true", WITHDRAWN: None}}})


def _withdraw(target: Target, name: str) -> Observation:
    annotations = {DEFAULT: "false", WITHDRAWN: "true"}
    changed = target.api.patch(_CLASS, name, None, {"metadata": {"annotations": annotations}})
    return record_action(target, "withdraw", "StorageClass", changed, until="restore")


def _annotations(found: Object) -> Object:
    annotations: Object = found["metadata"].get("annotations") or {}
    return annotations
