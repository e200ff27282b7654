"""
The folders of scenarios on the nodes of a cluster that stays: written down before they are made, removed at the end.

They are written down as annotations of a namespace that is made for this alone, so that `statefulspec reap` finds them
where a run was killed. Who removes them is a pod on each node: nobody else can reach a node's files on every cluster.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Any

import tenacity

from harness import timeouts
from harness.errors import EnvironmentUnfit
from harness.kube.api import Api
from harness.manifests.host_paths import HOMES
from harness.model import KINDS, Object
from harness.scenario.removal import await_removal

__all__ = ["FOLDERS_LABEL", "Folders", "clear", "noted"]

FOLDERS_LABEL = "statefulspec.dev/folders"
"""On a namespace: its annotations `folders.statefulspec.dev/NAME` name folders on nodes."""
_NOTE = "folders.statefulspec.dev/"
_IMAGE = "docker.io/library/busybox:1.35"
_ENDED = ("Succeeded", "Failed")


class Folders:
    """The folders that the scenarios of this process have on nodes. `labels` are those of the run's namespaces."""

    def __init__(self, api: Api, labels: dict[str, str]) -> None:
        self._api = api
        self._labels = {**labels, FOLDERS_LABEL: "", "pod-security.kubernetes.io/enforce": "privileged"}
        self._ledger = ""
        self._noted: list[str] = []

    def __contains__(self, namespace: object) -> bool:
        """Whether the scenario in this namespace has folders on nodes."""
        return namespace in self._noted

    def note(self, namespace: str) -> None:
        """Return once it is written down, where all can find it, that a scenario will have folders on nodes."""
        if namespace in self:
            return
        note = {f"{_NOTE}{namespace}": ""}
        if self._ledger:
            self._api.patch(KINDS["Namespace"], self._ledger, None, {"metadata": {"annotations": note}})
        else:
            name = f"statefulspec-folders-{secrets.token_hex(3)}"
            metadata = {"name": name, "labels": self._labels, "annotations": note}
            self._api.create(KINDS["Namespace"], {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
            self._ledger = name
        self._noted.append(namespace)

    def clear(self, gone: Collection[str]) -> None:
        """
        Return once no node has a folder of the scenarios whose namespaces are gone.

        What was kept stays noted, for `statefulspec reap`. Raises EnvironmentUnfit that says which node still has some.
        """
        folders = [name for name in self._noted if name in gone]
        if folders:
            clear(self._api, self._ledger, folders, last=len(folders) == len(self._noted))


def clear(api: Api, ledger: str, folders: Collection[str], *, last: bool = True) -> None:
    """
    Return once no node that runs pods has one of these folders; where they were the `last`, the ledger is gone then.

    `ledger` is the namespace in which they are noted. Raises EnvironmentUnfit that says which node still has some.
    """
    nodes = [str(node["metadata"]["name"]) for node in api.list(KINDS["Node"]).items if _runs_pods(node)]
    names = [
        str(api.create(KINDS["Pod"], _cleaner(node, sorted(folders)), ledger)["metadata"]["name"]) for node in nodes
    ]

    def cleaners() -> list[Object]:
        return [pod for pod in api.list(KINDS["Pod"], ledger).items if pod["metadata"]["name"] in names]

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_result(bool),
        wait=tenacity.wait_fixed(0.25),
        stop=tenacity.stop_before_delay(timeouts.CLEARING.s),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    retrying(lambda: [pod for pod in cleaners() if pod["status"].get("phase") not in _ENDED])
    for pod in cleaners():
        if pod["status"].get("phase") != "Succeeded":
            raise _left(pod, sorted(folders))
    if last:
        api.delete(KINDS["Namespace"], ledger)
        await_removal(api, [ledger])
    else:
        api.delete_all(KINDS["Pod"], ledger)


def noted(ledger: Object) -> list[str]:
    """Return the folders that a namespace has noted."""
    notes = ledger["metadata"].get("annotations") or {}
    return [key.removeprefix(_NOTE) for key in notes if key.startswith(_NOTE)]


def _cleaner(node: str, folders: list[str]) -> dict[str, Any]:
    paths = [f"/node{home}/{folder}" for home in HOMES for folder in folders]
    tops = [home for home in HOMES if not any(str(above) in HOMES for above in PurePosixPath(home).parents)]
    volumes = {f"home-{number}": home for number, home in enumerate(tops)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"cleaner-{secrets.token_hex(3)}"},
        "spec": {
            "nodeName": node,
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            "tolerations": [{"operator": "Exists"}],
            "containers": [
                {
                    "name": "cleaner",
                    "image": _IMAGE,
                    "imagePullPolicy": "IfNotPresent",
                    "command": ["rm", "-rf", "--", *paths],
                    "volumeMounts": [{"name": key, "mountPath": f"/node{home}"} for key, home in volumes.items()],
                }
            ],
            "volumes": [{"name": key, "hostPath": {"path": home}} for key, home in volumes.items()],
        },
    }


def _runs_pods(node: Object) -> bool:
    """Whether a node is ready, and is not one that only plays to be, as kwok's: it has no files either."""
    conditions = node.get("status", {}).get("conditions") or ()
    played = (node["metadata"].get("labels") or {}).get("type") == "kwok"
    return not played and any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _left(pod: Object, folders: list[str]) -> EnvironmentUnfit:
    node, name = pod["spec"].get("nodeName", ""), pod["metadata"]["name"]
    states = [status.get("state", {}) for status in pod["status"].get("containerStatuses") or ()]
    reasons = [str(one.get("message") or one.get("reason")) for state in states for one in state.values()]
    paths = " ".join(f"{home}/{folder}" for home in HOMES for folder in folders)
    return EnvironmentUnfit(
        f"node {node} may still have folders of scenarios",
        expected=f"a pod of image {_IMAGE} removes them within {timeouts.CLEARING.s:.0f} s",
        observed=f"pod {name} is {pod['status'].get('phase')}: {'; '.join(reasons) or 'its container has not started'}",
        look_at=("statefulspec reap", f"on {node}: rm -rf {paths}"),
    )
