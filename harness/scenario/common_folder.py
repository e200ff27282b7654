"""
Whether the nodes of a cluster have one folder in common, found out by a pod on each of them.

Problem: a volume that is a folder, and names no node, follows its pod to any node. Where each node has a folder of its
own there the data stay behind, and the application would be accused of having lost them. Nothing that a cluster says
of itself tells the one from the other.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness import timeouts
from harness.cluster.local import SHARED
from harness.errors import EnvironmentUnfit, KubeError
from harness.history.history import History
from harness.history.observation import Observation
from harness.kube.api import Api
from harness.manifests.placing import MANAGED_BY
from harness.model import KINDS, Object
from harness.scenario.namespace import PREFIX, RUN_LABEL, ScenarioNamespace
from harness.scenario.removal import await_removal

__all__ = ["accuse_nobody", "why_not_common"]

_IMAGE = "docker.io/library/busybox:1.35"
_CONTAINER = "folder"
_HOME, _NAME = PurePosixPath(SHARED).parent, PurePosixPath(SHARED).name
_KEEP = """
cd /node; [ -d "$0" ] || made=yes; mkdir -p "$0/$1"
trap 'rm -rf "$0/$1"; [ -z "$made" ] || rmdir "$0"; exit 0' TERM
while :; do sleep 1 & wait $!; done
"""
"""Whoever ends the pod, also the end of a killed run's namespace, has its folder removed."""


def accuse_nobody(scenario: ScenarioNamespace, read: Observation) -> Observation:
    """
    Return the record of a file that was read, or could not be read.

    Raises EnvironmentUnfit where it cannot be told who has lost it: the volume is a folder and names no node, pods that
    use it have run on several, and these have no folder in common. Where that is known it is not tried out: a node that
    is out of service takes no pod that could.
    """
    if read.data.get("code") == 0 or scenario.common_folder:
        return read
    history, pod = scenario.recorder.history, str(read.data["pod"])
    for claim in _claims(history, pod):
        volume, nodes = _roaming_folder(history, claim), _nodes_of(history, claim)
        reason = _apart(scenario.api, nodes) if volume and len(nodes) > 1 else ""
        if reason:
            raise EnvironmentUnfit(
                f"{pod} may have its data on another node: the application is not blamed for their loss",
                expected=f"volume {volume} is the same folder on {', '.join(nodes)}, or names its node in nodeAffinity",
                observed=reason,
                look_at=("tag the scenario @needs_common_folder, and it is skipped where nodes have none",),
            )
    return read


@lru_cache
def _apart(api: Api, nodes: tuple[str, ...]) -> str:
    return why_not_common(api, nodes)


def _claims(history: History, pod: str) -> list[str]:
    found = history.current("Pod", pod) or {}
    volumes = (found.get("spec") or {}).get("volumes") or ()
    return [one["persistentVolumeClaim"]["claimName"] for one in volumes if one.get("persistentVolumeClaim")]


def _roaming_folder(history: History, claim: str) -> str:
    """Return the name of the volume of a claim where it is a folder on whichever node its pod is; else nothing."""
    found = history.current("PersistentVolumeClaim", claim) or {}
    name = str((found.get("spec") or {}).get("volumeName", ""))
    spec = (history.current("PersistentVolume", name) or {}).get("spec") or {}
    return name if spec.get("hostPath") and not spec.get("nodeAffinity") else ""


def _nodes_of(history: History, claim: str) -> tuple[str, ...]:
    """Return the nodes on which pods that use a claim have been, sorted."""
    pods = [life.last.data for life in history.incarnations("Pod")]
    used = [
        pod["spec"]
        for pod in pods
        if any(
            (one.get("persistentVolumeClaim") or {}).get("claimName") == claim
            for one in pod["spec"].get("volumes") or ()
        )
    ]
    return tuple(sorted({str(spec["nodeName"]) for spec in used if spec.get("nodeName")}))


def why_not_common(api: Api, nodes: Sequence[str]) -> str:
    """
    Return why these nodes have no folder SHARED in common, as half a sentence; empty where they have.

    Nothing of the pods, and nothing that they have made, is left then.
    """
    if len(nodes) < 2:
        return ""
    namespace = f"{PREFIX}{secrets.token_hex(3)}"
    labels = {**MANAGED_BY, RUN_LABEL: "probe", "pod-security.kubernetes.io/enforce": "privileged"}
    metadata = {"name": namespace, "labels": labels}
    api.create(KINDS["Namespace"], {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
    try:
        return _found_out(api, namespace, nodes)
    except KubeError as error:
        return f"whether its nodes have {SHARED} in common cannot be found out: {error}"
    finally:
        api.delete(KINDS["Namespace"], namespace)
        await_removal(api, [namespace])


def _found_out(api: Api, namespace: str, nodes: Sequence[str]) -> str:
    pods = {f"folder-{number}": node for number, node in enumerate(nodes)}
    for name, node in pods.items():
        api.create(KINDS["Pod"], _pod(name, node, namespace), namespace)
    missing = _await_running(api, namespace)
    if missing:
        return f"whether its nodes have {SHARED} in common cannot be found out: {'; '.join(missing)}"
    file = f"/node/{_NAME}/{namespace}/written"
    first, *others = pods
    wrote = api.exec(first, namespace, ["sh", "-c", f"echo {namespace} >{file}"], container=_CONTAINER)
    if wrote.code != 0:
        return f"{pods[first]} cannot write into {SHARED}: {wrote.stderr.strip() or wrote.error}"
    read = {pods[other]: api.exec(other, namespace, ["cat", file], container=_CONTAINER) for other in others}
    apart = [node for node, answer in read.items() if namespace not in answer.stdout]
    if apart:
        return (
            f"its nodes have no folder in common: what {pods[first]} writes into {SHARED} is not there on "
            f"{', '.join(apart)}; give all nodes the same one (kind: extraMounts, k3d: --volume)"
        )
    return ""


def _await_running(api: Api, namespace: str) -> list[str]:
    """Return what is known of each pod that does not run after timeouts.HELPERS.s."""

    def waiting() -> list[str]:
        pods = api.list(KINDS["Pod"], namespace).items
        return [f"{pod['spec'].get('nodeName')}: {_state(pod)}" for pod in pods if _state(pod) != "Running"]

    found: list[str] = Retrying(
        retry=retry_if_result(bool),
        stop=stop_after_delay(timeouts.HELPERS.s),
        wait=wait_fixed(0.25),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else [],
    )(waiting)
    return found


def _state(pod: Object) -> str:
    status = pod.get("status") or {}
    waiting = [one["state"]["waiting"] for one in status.get("containerStatuses") or () if "waiting" in one["state"]]
    words = [f"{one.get('reason', '')} {one.get('message', '')}".strip() for one in waiting]
    return words[0] if words else str(status.get("phase", "Pending"))


def _pod(name: str, node: str, namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "nodeName": node,
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 5,
            "containers": [
                {
                    "name": _CONTAINER,
                    "image": _IMAGE,
                    "imagePullPolicy": "IfNotPresent",
                    "command": ["/bin/sh", "-c", _KEEP, _NAME, namespace],
                    "volumeMounts": [{"name": "node", "mountPath": "/node"}],
                    "resources": {"requests": {"cpu": "5m", "memory": "8Mi"}},
                }
            ],
            "volumes": [{"name": "node", "hostPath": {"path": str(_HOME), "type": "Directory"}}],
        },
    }
