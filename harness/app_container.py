"""
The containers of a pod: which of them is the application's, and where its claims are mounted in it.

Problem: a pod has helpers beside its application (reloaders, exporters, proxies), and charts list them in any order.
Solution: one rule for everything that means "the application": commands, files, versions, logs of clients. It is the
container that the pod names in the annotation `kubectl.kubernetes.io/default-container`, as for kubectl; else the one
that bears the name of its workload or of its label `app.kubernetes.io/name`; else the first. Init containers are never
meant, also those that go on beside the others (`restartPolicy: Always`, Kubernetes 1.29).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.model import Object

__all__ = [
    "APP",
    "Mount",
    "app_container",
    "app_name",
    "app_status",
    "data_folder",
    "mount_of",
    "named_by_annotation",
    "volume_folder",
]

APP = "kubectl.kubernetes.io/default-container"
"""The annotation of a pod, or of a pod template, that names the application's container."""

DATA = "/data"
"""The folder that is meant among several claims, where one of them is mounted there."""

_APP_LABEL = "app.kubernetes.io/name"
_HASH_LABEL = "pod-template-hash"
_ORDINAL = re.compile(r"-\d+$")


def app_container(pod: Object, workload: str = "") -> Mapping[str, Any]:
    """
    Return the application's container of a pod, or of a pod template of this workload; empty where it has none.

    For a pod the workload is told by its name.
    """
    containers: list[Mapping[str, Any]] = (pod.get("spec") or {}).get("containers") or []
    metadata = pod.get("metadata") or {}
    for names in ({named_by_annotation(pod)}, {workload, *_workloads(metadata), _labels(metadata).get(_APP_LABEL)}):
        found = [one for one in containers if one.get("name") and one["name"] in names]
        if found:
            return found[0]
    return containers[0] if containers else {}


def app_name(pod: Object) -> str:
    """Return the name of the application's container; empty where the pod has none."""
    return str(app_container(pod).get("name", ""))


def app_status(pod: Object) -> Mapping[str, Any]:
    """Return what the pod's status says of the application's container; empty where it says nothing yet."""
    name = app_name(pod)
    statuses: list[Mapping[str, Any]] = (pod.get("status") or {}).get("containerStatuses") or []
    return next((status for status in statuses if status.get("name") == name), {})


def named_by_annotation(pod: Object) -> str:
    """Return the name that the annotation of a pod, or of a pod template, gives; empty where it has none."""
    return str(((pod.get("metadata") or {}).get("annotations") or {}).get(APP) or "")


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume at a path of a container; `claim` is the claim behind it, empty where it is another kind of volume."""

    path: str
    volume: str
    kind: str
    claim: str
    read_only: bool


def data_folder(pod: Object) -> str:
    """
    Return the folder of the application's container in which what is written outlives the pod.

    That is where a claim is mounted that can be written: `/data` if one is mounted there, else the first that it
    mounts. Raises ValueError, with the reason and the remedy, where there is none.
    """
    mounts = [mount for mount in _mounts(pod) if mount.claim]
    writable = [mount for mount in mounts if not mount.read_only]
    if writable:
        return min(writable, key=lambda mount: mount.path != DATA).path
    name, container = (pod.get("metadata") or {}).get("name", ""), app_name(pod)
    if mounts:
        told = ", ".join(f"{mount.claim} at {mount.path}" for mount in mounts)
        raise ValueError(f'container "{container}" of {name} mounts its claims read-only: {told}')
    others = sorted({str(one["name"]) for one in _others(pod) if any(mount.claim for mount in _mounts(pod, one))})
    text = f'container "{container}" of {name} mounts no claim, so that nothing it writes outlives its pod'
    if others:
        text += f'; "{others[0]}" mounts one: if that is the application, annotate the pods with {APP}: {others[0]}'
    at_data = mount_of(pod, DATA)
    raise ValueError(text + (f" ({DATA} is {_article(at_data.kind)})" if at_data else ""))


def volume_folder(pod: Object) -> str:
    """Return where the application's container can write into a claim, else into an emptyDir; empty where nowhere."""
    try:
        return data_folder(pod)
    except ValueError:
        scratch = (mount.path for mount in _mounts(pod) if mount.kind == "emptyDir" and not mount.read_only)
        return next(scratch, "")


def mount_of(pod: Object, path: str) -> Mount | None:
    """Return the volume that a path of the application's container lies in; None where it is in the container alone."""
    around = [mount for mount in _mounts(pod) if f"{path.rstrip('/')}/".startswith(f"{mount.path.rstrip('/')}/")]
    return max(around, key=lambda mount: len(mount.path), default=None)


def _mounts(pod: Object, container: Mapping[str, Any] | None = None) -> Iterator[Mount]:
    volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes") or []}
    for mount in (container or app_container(pod)).get("volumeMounts") or []:
        volume = volumes.get(mount["name"], {})
        kind = next((field for field in volume if field != "name"), "no volume")
        source = volume.get("persistentVolumeClaim") or {}
        read_only = bool(mount.get("readOnly") or source.get("readOnly"))
        yield Mount(str(mount["mountPath"]), str(mount["name"]), kind, str(source.get("claimName", "")), read_only)


def _others(pod: Object) -> list[Mapping[str, Any]]:
    own = app_name(pod)
    return [one for one in pod["spec"].get("containers") or [] if one["name"] != own]


def _workloads(metadata: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the workload of a pod may be called: a pod of a deployment is named after it and two hashes."""
    name, fingerprint = str(metadata.get("name") or ""), _labels(metadata).get(_HASH_LABEL)
    yield name
    yield name.rpartition(f"-{fingerprint}-")[0] if fingerprint else _ORDINAL.sub("", name)


def _labels(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    return metadata.get("labels") or {}


def _article(kind: str) -> str:
    return f"an {kind}" if kind[:1] in "aeiou" else f"a {kind}"
