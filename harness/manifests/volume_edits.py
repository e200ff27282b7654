"""Changes that a scenario makes to volumes before they are applied: what becomes of them, and where they lie."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from harness.errors import BadInput, EnvironmentUnfit
from harness.manifests.editing import Edit
from harness.manifests.manifest import Manifest

__all__ = ["asking_for", "claims_asking_for", "dealt_to", "placed_on", "with_reclaim_policy"]

HOSTNAME = "kubernetes.io/hostname"
VOLUME = "PersistentVolume"


def with_reclaim_policy(volume: str, policy: str) -> Edit:
    """Return the edit by which a volume is kept (`Retain`), deleted (`Delete`) or emptied (`Recycle`) without claim."""
    return _edit(VOLUME, volume, lambda body: body["spec"].update(persistentVolumeReclaimPolicy=policy))


def asking_for(claim: str, size: str) -> Edit:
    """Return the edit by which a claim asks for so much, as `2Gi`."""
    return _edit("PersistentVolumeClaim", claim, lambda body: _ask(body, size))


def claims_asking_for(set_name: str, size: str) -> Edit:
    """Return the edit by which the claims that a StatefulSet makes ask for so much each."""

    def change(body: dict[str, Any]) -> None:
        for template in body["spec"].get("volumeClaimTemplates") or ():
            _ask(template, size)

    return _edit("StatefulSet", set_name, change)


def placed_on(kind: str, name: str, host: str) -> Edit:
    """Return the edit by which a pod, or a volume, is on the node of this host name or nowhere; BadInput for others."""
    places = {"Pod": {"nodeSelector": {HOSTNAME: host}}, VOLUME: {"nodeAffinity": _only(host)}}
    if kind not in places:
        raise BadInput(f"a {kind} is on no node", remedy="say on which node a pod or a volume is created")
    return _edit(kind, name, lambda body: body["spec"].update(places[kind]))


def dealt_to(hosts: Sequence[str]) -> Edit:
    """
    Return the edit by which the volumes lie on these nodes in turn, in the order of the manifests.

    Raises EnvironmentUnfit where there is no node to deal to.
    """
    if not hosts:
        raise EnvironmentUnfit("no node takes pods", look_at=("kubectl get nodes",))

    def edit(manifests: Sequence[Manifest]) -> list[Manifest]:
        volumes = [manifest.name for manifest in manifests if manifest.kind == VOLUME]
        dealt = list(manifests)
        for number, volume in enumerate(volumes):
            dealt = placed_on(VOLUME, volume, hosts[number % len(hosts)])(dealt)
        return dealt

    return edit


def _ask(claim: dict[str, Any], size: str) -> None:
    claim["spec"]["resources"]["requests"]["storage"] = size


def _only(host: str) -> dict[str, Any]:
    expression = {"key": HOSTNAME, "operator": "In", "values": [host]}
    return {"required": {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}}


def _edit(kind: str, name: str, change: Callable[[dict[str, Any]], None]) -> Edit:
    def edit(manifests: Sequence[Manifest]) -> list[Manifest]:
        return [_changed(one, change) if (one.kind, one.name) == (kind, name) else one for one in manifests]

    return edit


def _changed(manifest: Manifest, change: Callable[[dict[str, Any]], None]) -> Manifest:
    body = copy.deepcopy(manifest.body)
    change(body)
    return replace(manifest, body=body)
