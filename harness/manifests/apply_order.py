"""The order in which objects are applied; reversed, it is the order of their removal."""

from __future__ import annotations

from collections.abc import Iterable

from harness.manifests.manifest import Manifest

__all__ = ["in_order"]

_KINDS = (
    ("Namespace",),
    ("CustomResourceDefinition",),
    ("PriorityClass", "RuntimeClass", "StorageClass", "VolumeAttributesClass", "IngressClass"),
    ("PersistentVolume",),
    ("ResourceQuota", "LimitRange", "NetworkPolicy"),
    ("ServiceAccount",),
    ("ClusterRole", "Role"),
    ("ClusterRoleBinding", "RoleBinding"),
    ("ConfigMap", "Secret"),
    ("Service",),
    ("PodDisruptionBudget",),
    ("PersistentVolumeClaim",),
)
_RANKS = {kind: rank for rank, kinds in enumerate(_KINDS) for kind in kinds}
_LAST = ("Pod", "Job", "CronJob")


def in_order(manifests: Iterable[Manifest]) -> list[Manifest]:
    """Return the manifests so that what others refer to comes first; equals stay as they were."""
    return sorted(manifests, key=lambda manifest: _RANKS.get(manifest.kind, len(_KINDS) + (manifest.kind in _LAST)))
