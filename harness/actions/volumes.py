"""Volumes deleted, and classes of storage taken from those who name none; the latter is everybody's: `@exclusive`."""

from __future__ import annotations

from harness.actions.commons import Taking, is_ours, our_mark
from harness.actions.target import Target, record_action
from harness.errors import BadInput
from harness.history.observation import Observation
from harness.model import KINDS, Object

__all__ = [
    "WITHDRAWN",
    "delete_volume",
    "is_default",
    "restore_default_class",
    "withdraw_default_class",
]

DEFAULT = "storageclass.kubernetes.io/is-default-class"
_VOLUME = KINDS["PersistentVolume"]
_CLASS = KINDS["StorageClass"]
WITHDRAWN = Taking(_CLASS, "statefulspec.dev/withdrawn", lambda _: {"metadata": {"annotations": {DEFAULT: "true"}}})
"""A class of storage that was the default and a scenario has made none."""


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
    """Return once every class that this run has withdrawn is the default again."""
    names = [one["metadata"]["name"] for one in target.api.list(_CLASS).items if is_ours(WITHDRAWN.of(one))]
    restored = [WITHDRAWN.give_back(target.api, name, our_mark()) for name in names]
    return [record_action(target, "restore", "StorageClass", one) for one in restored if one]


def is_default(found: Object) -> bool:
    """Whether a storage class is that of claims which name none."""
    return bool((found["metadata"].get("annotations") or {}).get(DEFAULT) == "true")


def _withdraw(target: Target, name: str) -> Observation:
    changed = WITHDRAWN.take(target.api, name, lambda _: {"metadata": {"annotations": {DEFAULT: "false"}}})
    return record_action(target, "withdraw", "StorageClass", changed, until="restore")
