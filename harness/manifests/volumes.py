"""Changes that a scenario makes to volumes before they are applied: what becomes of them, and where they lie."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.manifests.editing import Edit
from harness.manifests.manifest import Manifest

__all__ = ["lying_on", "with_reclaim_policy"]

HOSTNAME = "kubernetes.io/hostname"


def with_reclaim_policy(volume: str, policy: str) -> Edit:
    """Return the edit by which a volume is kept (`Retain`), deleted (`Delete`) or emptied (`Recycle`) without claim."""
    return _edit({volume: {"persistentVolumeReclaimPolicy": policy}})


def lying_on(nodes: Mapping[str, str]) -> Edit:
    """Return the edit by which each volume can be reached from one node alone; `nodes` is volume → host name."""
    return _edit({volume: {"nodeAffinity": {"required": _only(node)}} for volume, node in nodes.items()})


def _only(node: str) -> dict[str, Any]:
    expression = {"key": HOSTNAME, "operator": "In", "values": [node]}
    return {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}


def _edit(fields: Mapping[str, Mapping[str, Any]]) -> Edit:
    def edit(manifests: Sequence[Manifest]) -> list[Manifest]:
        return [_changed(manifest, fields) for manifest in manifests]

    return edit


def _changed(manifest: Manifest, fields: Mapping[str, Mapping[str, Any]]) -> Manifest:
    if manifest.kind != "PersistentVolume" or manifest.name not in fields:
        return manifest
    body = copy.deepcopy(manifest.body)
    body["spec"].update(copy.deepcopy(dict(fields[manifest.name])))
    return replace(manifest, body=body)
