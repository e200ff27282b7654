"""Why a container may not write into the claim that it mounts, as far as the record of pod, claim and volume tells."""

from __future__ import annotations

from harness.app_container import app_container
from harness.history.history import History
from harness.model import Object

__all__ = ["why_denied"]

_FOLDERS = {"hostPath": "a folder of a node (hostPath)", "nfs": "a folder of an NFS server"}
"""Volumes whose plugins leave owner and mode as they are, whatever `fsGroup` says (`GetAttributes` of upstream's)."""


def why_denied(history: History, pod: str, claim: str) -> str:
    """Return who the application is, what its volume is and what of these decides; empty where the record has none."""
    found = history.current("Pod", pod)
    bound = history.current("PersistentVolumeClaim", claim)
    volume = str((bound or {}).get("spec", {}).get("volumeName", ""))
    source = history.current("PersistentVolume", volume)
    if found is None or source is None:
        return ""
    group = (found["spec"].get("securityContext") or {}).get("fsGroup")
    return f"{_who(found)}; volume {volume} of the claim is {_what(source['spec'], group)}"


def _who(pod: Object) -> str:
    container = app_container(pod)
    context = {**(pod["spec"].get("securityContext") or {}), **(container.get("securityContext") or {})}
    user = context.get("runAsUser")
    who = "the user of its image" if user is None else f"user {user}"
    group = context.get("fsGroup")
    return f'container "{container.get("name", "")}" runs as {who}' + (f" with fsGroup {group}" if group else "")


def _what(volume: Object, group: object) -> str:
    for source, words in _FOLDERS.items():
        if source in volume:
            where = volume[source].get("path", "")
            made = ": the kubelet makes one that is not there for root alone to write" if source == "hostPath" else ""
            return f"{words}, {where}, to which no fsGroup is applied, so that its own owner and mode decide{made}"
    driver = f" of driver {volume['csi'].get('driver', '')}" if "csi" in volume else ""
    if not group:
        return (
            f"a volume{driver} that belongs to root: with `securityContext: {{fsGroup: GROUP}}` the pod's group gets it"
        )
    return f"a volume{driver} to which the fsGroup should be applied: see `fsGroupPolicy` of its CSIDriver"
