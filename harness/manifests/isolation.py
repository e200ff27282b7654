"""
What of a manifest would reach beyond its scenario: to neighbours, to the cluster itself, to whoever is there already.

It is refused with its line. A kind of one's own that belongs to the whole cluster cannot be judged: see
`ScenarioNamespace.apply`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harness.manifests.manifest import Manifest

__all__ = ["RENAMED", "is_of_cluster", "is_renamed", "refuse_reach"]

RENAMED = {
    "PersistentVolume": "",
    "StorageClass": "storage.k8s.io",
    "VolumeAttributesClass": "storage.k8s.io",
    "VolumeSnapshotClass": "snapshot.storage.k8s.io",
    "PriorityClass": "scheduling.k8s.io",
    "ClusterRole": "rbac.authorization.k8s.io",
    "ClusterRoleBinding": "rbac.authorization.k8s.io",
}
"""Cluster-scoped kind → its API group: others refer to it by name alone, so that a scenario can have one of its own."""

_NAMES_ONLY = ("VolumeSnapshotContent", "GatewayClass", "CustomResourceDefinition")
"""Kinds of Kubernetes' groups of which an object does nothing to those who do not name it."""
_CLUSTERS = (
    *("Namespace", "Node", "IngressClass", "RuntimeClass", "CSIDriver", "APIService", "PodSecurityPolicy"),
    *("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
    *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "PriorityLevelConfiguration", "FlowSchema"),
    *("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "DeviceClass", "ClusterTrustBundle"),
)
"""Further kinds of Kubernetes' own that belong to the whole cluster, as far as applications bring them."""
_DEFAULT_CLASS = re.compile(r"(^|/)is-default-class$")
_AGGREGATED = re.compile(r"(^|/)aggregate-to-")


def is_renamed(manifest: Manifest) -> bool:
    """Whether the object gets a name of the scenario's own."""
    return RENAMED.get(manifest.kind) == _group(manifest)


def is_of_cluster(manifest: Manifest) -> bool:
    """Whether the object is known, without asking a server, to belong to the whole cluster."""
    known = manifest.kind in _CLUSTERS or manifest.kind in _NAMES_ONLY
    return is_renamed(manifest) or (known and _is_kubernetes_own(manifest))


def refuse_reach(manifest: Manifest, *, namespaced: bool) -> None:
    """Raise BadInput, with the line and what to write instead, where an object would not be its scenario's alone."""
    if namespaced:
        _refuse_external_addresses(manifest)
        return
    if _is_kubernetes_own(manifest) and not is_renamed(manifest) and manifest.kind not in _NAMES_ONLY:
        remedy = "leave it out here and set it up once for the cluster, before the run"
        raise manifest.unfit("belongs to the whole cluster, not to one scenario", "kind", remedy)
    _refuse_defaults(manifest)
    if manifest.kind == "ClusterRole":
        _refuse_aggregation(manifest)
    if manifest.kind == "ClusterRoleBinding":
        _refuse_subjects(manifest)


def _refuse_external_addresses(manifest: Manifest) -> None:
    spec = manifest.body.get("spec")
    if manifest.kind == "Service" and isinstance(spec, dict) and spec.get("externalIPs"):
        problem = "takes the traffic of the whole cluster to these addresses"
        raise manifest.unfit(problem, "spec.externalIPs", "leave externalIPs out")


def _refuse_defaults(manifest: Manifest) -> None:
    for key, value in _metadata(manifest, "annotations").items():
        if _DEFAULT_CLASS.search(key) and value == "true":
            remedy = "leave the annotation out, and name the class where it is meant"
            problem = "would be the default of the whole cluster"
            raise manifest.unfit(problem, f"metadata.annotations[{key}]", remedy)
    if manifest.kind == "PriorityClass" and manifest.body.get("preemptionPolicy") == "PreemptLowerPriority":
        problem, remedy = "would drive other people's pods off their nodes", "write preemptionPolicy: Never"
        raise manifest.unfit(problem, "preemptionPolicy", remedy)
    if manifest.kind == "PriorityClass" and manifest.body.get("globalDefault") is True:
        remedy = "leave globalDefault out, and name the class in the pods that are meant"
        raise manifest.unfit("would be the default of the whole cluster", "globalDefault", remedy)


def _refuse_aggregation(manifest: Manifest) -> None:
    for key, value in _metadata(manifest, "labels").items():
        if _AGGREGATED.search(key) and value == "true":
            problem = "would add its rules to a role that everybody has"
            raise manifest.unfit(problem, f"metadata.labels[{key}]", "leave the label out, and bind the role itself")


def _refuse_subjects(manifest: Manifest) -> None:
    subjects = manifest.body.get("subjects")
    for number, subject in enumerate(subjects if isinstance(subjects, list) else ()):
        if isinstance(subject, dict) and subject.get("kind") in ("User", "Group"):
            problem = f"gives rights to the {subject['kind'].lower()} {subject.get('name')}, who is everywhere"
            raise manifest.unfit(problem, f"subjects[{number}].kind", "bind the service account of the pods instead")


def _is_kubernetes_own(manifest: Manifest) -> bool:
    group = _group(manifest)
    return "." not in group or group.endswith(".k8s.io")


def _group(manifest: Manifest) -> str:
    return str(manifest.body["apiVersion"]).rpartition("/")[0]


def _metadata(manifest: Manifest, part: str) -> Mapping[str, Any]:
    found = (manifest.body.get("metadata") or {}).get(part)
    return found if isinstance(found, dict) else {}
