"""Volumes filled to the last byte, where that hurts nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from harness.errors import EnvironmentUnfit
from harness.faults.target import Target, has_pod, record_action
from harness.history.observation import Observation
from harness.model import KINDS, Object

__all__ = ["LARGEST_KIB", "empty_volume", "fill_volume"]

LARGEST_KIB = 256 * 1024
"""The size of a volume, in KiB, up to which it is filled: a larger one is likely to be shared with somebody else."""

_FILLER = ".statefulspec-filler"
_POD = KINDS["Pod"]


def fill_volume(target: Target, name: str) -> Observation:
    """
    Return once the first volume of a pod, other than its files from the API, has no room left.

    It has room again at the end of the scenario. Raises EnvironmentUnfit, without having written anything, where the
    file system of the volume is larger than LARGEST_KIB, or its size cannot be told.
    """
    pod = target.api.read(_POD, name, target.namespace)
    path = _data_path(pod)
    size = _size_kib(_run(target, name, ["df", "-Pk", path]))
    if size is None or size > LARGEST_KIB:
        raise EnvironmentUnfit(
            f'the volume of pod "{name}" cannot be filled without harm to others',
            expected=f"a file system of its own at {path}, of {LARGEST_KIB // 1024} MiB at most",
            observed="its size cannot be told" if size is None else f"{size // 1024} MiB",
            look_at=("give the volume a bound: emptyDir: {medium: Memory, sizeLimit: 8Mi}",),
        )
    uid = pod["metadata"]["uid"]
    target.healing.add(f"give the volume of pod {name} room again", lambda: _heal(target, name, uid, path))
    _run(target, name, ["sh", "-c", 'dd if=/dev/zero of="$1" bs=4096; df -Pk "$2"', "fill", f"{path}/{_FILLER}", path])
    return record_action(target, "fill volume", "Pod", pod, until="empty volume")


def empty_volume(target: Target, name: str) -> Observation:
    """Return once the volume of a pod that was filled has the room again that it had."""
    pod = target.api.read(_POD, name, target.namespace)
    _run(target, name, ["rm", "-f", f"{_data_path(pod)}/{_FILLER}"])
    return record_action(target, "empty volume", "Pod", pod)


def _heal(target: Target, name: str, uid: str, path: str) -> None:
    if has_pod(target, uid):
        _run(target, name, ["rm", "-f", f"{path}/{_FILLER}"])


def _data_path(pod: Object) -> str:
    volumes = pod["spec"].get("volumes") or []
    written = [volume["name"] for volume in volumes if {"persistentVolumeClaim", "emptyDir"} & volume.keys()]
    mounts = pod["spec"]["containers"][0].get("volumeMounts") or []
    paths = [str(mount["mountPath"]) for mount in mounts if mount["name"] in written]
    if not paths:
        title = f'pod "{pod["metadata"]["name"]}" has no volume to fill'
        raise EnvironmentUnfit(title, expected="its first container mounts a claim or an emptyDir", observed="none")
    return paths[0]


def _size_kib(table: str) -> int | None:
    """Return the size that `df -Pk` tells in the second column of its last row."""
    words = table.splitlines()[-1].split() if table.strip() else []
    return int(words[1]) if len(words) > 1 and words[1].isdecimal() else None


def _run(target: Target, pod: str, argv: Sequence[str]) -> str:
    ran = target.api.exec(pod, target.namespace, list(argv), container=None)
    if ran.code != 0:
        raise EnvironmentUnfit(
            f'a command in pod "{pod}" failed',
            expected=f"{' '.join(argv)} ends with code 0",
            observed=ran.error or f"code {ran.code}: {ran.stderr.strip()}",
            look_at=(f"kubectl -n {target.namespace} describe pod {pod}",),
        )
    return ran.stdout
