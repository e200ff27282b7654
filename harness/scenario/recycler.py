"""
Whether volumes are emptied for their next owner here: tried out, for it takes an image that no manifest names.

Problem: the controller manager empties a volume of policy Recycle with a pod of its own, in namespace `default`, of an
image that is a constant in it (v1.36: registry.k8s.io/build-image/debian-base). Where that cannot be pulled the volume
stays Released, and the reason is told of the volume and of that pod alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from contextlib import suppress

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness import timeouts
from harness.cluster.local import SHARED
from harness.errors import NotFound
from harness.kube.api import Api
from harness.manifests.placing import MANAGED_BY, NAMESPACE_LABEL
from harness.model import KINDS, Object
from harness.scenario.folders import Folders
from harness.scenario.namespace import PREFIX, RUN_LABEL
from harness.scenario.removal import await_removal

__all__ = ["told_of_volumes", "why_no_recycler"]

_VOLUME, _CLAIM = KINDS["PersistentVolume"], KINDS["PersistentVolumeClaim"]
_WHERE = "default"
"""The namespace of events of what has none, and of the pods that empty volumes."""


def told_of_volumes(api: Api, volumes: Collection[str]) -> list[str]:
    """Return what the server has said of these volumes and of the pods that empty them, oldest first."""
    about = {("PersistentVolume", name) for name in volumes} | {("Pod", f"recycler-for-{name}") for name in volumes}
    events = [one for one in api.list(KINDS["Event"], _WHERE).items if _subject(one) in about] if volumes else []
    return [
        f"{_when(one)} {' '.join(_subject(one))}: {one.get('reason', '')}: {one.get('message', '')}"
        for one in sorted(events, key=_when)
    ]


def why_no_recycler(api: Api) -> str:
    """Return why no volume is emptied here, as half a sentence; empty where one was. Nothing of the trial is left."""
    namespace = f"{PREFIX}{secrets.token_hex(3)}"
    name, run = f"scrubbed-{namespace}", {**MANAGED_BY, RUN_LABEL: "probe"}
    folders = Folders(api, run)
    api.create(
        KINDS["Namespace"],
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": run}},
    )
    folders.note(namespace)
    try:
        api.create(_VOLUME, _volume(name, namespace))
        api.create(_CLAIM, _claim(name), namespace)
        _await_phase(api, name, "Bound")
        api.delete(_CLAIM, "owner", namespace)
        phase = _await_phase(api, name, "Available")
        if phase == "Available":
            return ""
        told = told_of_volumes(api, [name])
        return f"a volume of policy Recycle was {phase} and not Available: {told[-1] if told else 'nobody says why'}"
    finally:
        with suppress(NotFound):
            api.delete(_VOLUME, name)
        api.delete(KINDS["Namespace"], namespace)
        await_removal(api, [namespace])
        folders.clear([namespace])


def _await_phase(api: Api, volume: str, phase: str) -> str:
    """Return the phase of a volume once it is the awaited one, or as it is after timeouts.HELPERS."""

    def found() -> str:
        return str((api.read(_VOLUME, volume).get("status") or {}).get("phase"))

    last: str = Retrying(
        retry=retry_if_result(lambda now: now not in (phase, "Failed")),
        stop=stop_after_delay(timeouts.HELPERS.s),
        wait=wait_fixed(0.25),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else "",
    )(found)
    return last


def _subject(event: Object) -> tuple[str, str]:
    about = event.get("involvedObject") or event.get("regarding") or {}
    return str(about.get("kind", "")), str(about.get("name", ""))


def _when(event: Object) -> str:
    stamps = (event.get("lastTimestamp"), event.get("eventTime"), event["metadata"].get("creationTimestamp"))
    return str(next(filter(None, stamps), ""))


def _volume(name: str, namespace: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "labels": {**MANAGED_BY, NAMESPACE_LABEL: namespace}},
        "spec": {
            "storageClassName": name,
            "capacity": {"storage": "1Mi"},
            "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Recycle",
            "hostPath": {"path": f"{SHARED}/{namespace}/scrubbed", "type": "DirectoryOrCreate"},
        },
    }


def _claim(name: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "owner"},
        "spec": {
            "storageClassName": name,
            "volumeName": name,
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Mi"}},
        },
    }
