"""
Objects as a server gives them (`kubectl get -o yaml`), made into what somebody would have written.

Problem: such an object bears what the server and controllers keep in it. kubectl creates none that names a version; a
claim that names its volume never gets another one; what has an owner is removed, since the owner is not there.
Solution: what only a server writes is left out of every manifest, what it has assigned to this one object out of those
that were read from one, and what cannot be had again is refused with its line.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from harness.manifests.manifest import Manifest

__all__ = ["as_written"]

_SERVERS = (
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
    "selfLink",
)
"""Fields of metadata that the server fills in; what a client says there it ignores, or refuses to create."""
_BOUND = "pv.kubernetes.io/bound-by-controller"
_PROVISIONED = "pv.kubernetes.io/provisioned-by"
_BOOKS = (
    _BOUND,
    "pv.kubernetes.io/bind-completed",
    "volume.kubernetes.io/selected-node",
    "volume.kubernetes.io/storage-provisioner",
    "volume.beta.kubernetes.io/storage-provisioner",
    "kubectl.kubernetes.io/last-applied-configuration",
    "deployment.kubernetes.io/revision",
)
"""Annotations in which controllers and kubectl keep books about one object."""
_EVERYWHERE = {("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")}
_JOBS = ("controller-uid", "batch.kubernetes.io/controller-uid", "job-name", "batch.kubernetes.io/job-name")


def as_written(manifests: Iterable[Manifest]) -> list[Manifest]:
    """
    Return the manifests without what only a server writes, and without the objects that are in every namespace.

    Where all that were read from a server are of one namespace, they lose that as well: the scenario has its own.
    Raises BadInput for an object that belongs to another one, and for a volume that was made for a claim elsewhere.
    """
    found = list(manifests)
    spaces = {str(manifest.body["metadata"].get("namespace", "")) for manifest in found if _is_read(manifest)} - {""}
    volumes = {manifest.name for manifest in found if manifest.kind == "PersistentVolume"}
    own = (manifest for manifest in found if not _is_of_every_namespace(manifest))
    return [_written(manifest, volumes, moved=len(spaces) == 1) for manifest in own]


def _is_of_every_namespace(manifest: Manifest) -> bool:
    """Return whether it was read from a server that makes one of its own in each namespace."""
    return _is_read(manifest) and (manifest.kind, manifest.name) in _EVERYWHERE


def _is_read(manifest: Manifest) -> bool:
    """Return whether it was read from a server: that alone gives an identity."""
    return bool(manifest.body["metadata"].get("uid"))


def _written(manifest: Manifest, volumes: set[str], *, moved: bool) -> Manifest:
    _refuse_owned(manifest)
    body: dict[str, Any] = copy.deepcopy(manifest.body)
    metadata = body["metadata"]
    if _is_read(manifest):
        _refuse_provisioned(manifest)
        body.pop("status", None)
        metadata.pop("finalizers", None)
        if moved:
            metadata.pop("namespace", None)
        if manifest.kind in _FORGET:
            _FORGET[manifest.kind](body)
        if manifest.kind == "PersistentVolumeClaim":
            _forget_binding(body, volumes)
        for book in _BOOKS:
            _mapping(metadata.get("annotations")).pop(book, None)
    for field in _SERVERS:
        metadata.pop(field, None)
    return replace(manifest, body=body)


def _refuse_owned(manifest: Manifest) -> None:
    owners = manifest.body["metadata"].get("ownerReferences")
    for owner in map(_mapping, owners if isinstance(owners, list) else ()):
        problem = f"belongs to {owner.get('kind')} {owner.get('name')}, of a certain uid, which no scenario has"
        remedy = "leave this object out if its owner makes it, or take metadata.ownerReferences out"
        raise manifest.unfit(problem, "metadata.ownerReferences", remedy)


def _refuse_provisioned(manifest: Manifest) -> None:
    maker = _mapping(manifest.body["metadata"].get("annotations")).get(_PROVISIONED)
    if manifest.kind == "PersistentVolume" and maker:
        problem = f"was made by {maker} for a claim elsewhere, whose data it holds"
        raise manifest.unfit(problem, f"metadata.annotations[{_PROVISIONED}]", "leave it out: the claim gets a new one")


def _forget_service(body: dict[str, Any]) -> None:
    spec = _mapping(body.get("spec"))
    if spec.get("clusterIP") != "None":
        spec.pop("clusterIP", None)
        spec.pop("clusterIPs", None)
    spec.pop("healthCheckNodePort", None)
    for port in map(_mapping, spec.get("ports") or ()):
        port.pop("nodePort", None)


def _forget_volume(body: dict[str, Any]) -> None:
    spec = _mapping(body.get("spec"))
    if _BOUND in _mapping(body["metadata"].get("annotations")):
        spec.pop("claimRef", None)
    for field in ("uid", "resourceVersion"):
        _mapping(spec.get("claimRef")).pop(field, None)


def _forget_pod(body: dict[str, Any]) -> None:
    _mapping(body.get("spec")).pop("nodeName", None)


def _forget_job(body: dict[str, Any]) -> None:
    spec = _mapping(body.get("spec"))
    if not spec.get("manualSelector"):
        spec.pop("selector", None)
        template = _mapping(_mapping(spec.get("template")).get("metadata"))
        for labels in (_mapping(template.get("labels")), _mapping(body["metadata"].get("labels"))):
            for label in _JOBS:
                labels.pop(label, None)


_FORGET: dict[str, Callable[[dict[str, Any]], None]] = {
    "Service": _forget_service,
    "PersistentVolume": _forget_volume,
    "Pod": _forget_pod,
    "Job": _forget_job,
}
"""Kind → what takes out of an object what a server or a controller has chosen for this one alone."""


def _forget_binding(body: dict[str, Any], volumes: set[str]) -> None:
    """Let a claim find a volume anew, unless its own is among the manifests, or somebody has chosen it."""
    spec = _mapping(body.get("spec"))
    if _BOUND in _mapping(body["metadata"].get("annotations")) and spec.get("volumeName") not in volumes:
        spec.pop("volumeName", None)


def _mapping(value: Any) -> dict[str, Any]:
    """Return a mapping as it is, anything else as an empty one: what is wrong with it, the server will say."""
    return value if isinstance(value, dict) else {}
