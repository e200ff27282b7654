"""Volumes filled to the last byte, where that hurts nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from harness.actions.target import Target, has_pod, record_action
from harness.app_container import app_name, volume_folder
from harness.errors import EnvironmentUnfit
from harness.history.observation import Observation
from harness.model import KINDS, Object

__all__ = ["LARGEST_KIB", "empty_volume", "fill_volume"]

LARGEST_KIB = 256 * 1024
"""The size of a volume, in KiB, up to which it is filled: a larger one is likely to be shared with somebody else."""

_FILLER = ".statefulspec-filler"
_POD = KINDS["Pod"]


def fill_volume(target: Target, name: str) -> Observation:
    """
    Return once the volume of a pod in which its application keeps its data has no room left.

    It has room again at the end of the scenario. Raises EnvironmentUnfit, without having written anything, where the
    file system of the volume is larger than LARGEST_KIB, or its size cannot be told.
    """
    pod = target.api.read(_POD, name, target.namespace)
    path = _data_path(pod)
    size = _size_kib(_run(target, pod, ["df", "-Pk", path]))
    if size is None or size > LARGEST_KIB:
        raise EnvironmentUnfit(
            f'the volume of pod "{name}" cannot be filled without harm to others',
            expected=f"a file system of its own at {path}, of {LARGEST_KIB // 1024} MiB at most",
            observed="its size cannot be told" if size is None else f"{size // 1024} MiB",
            look_at=("give the volume a bound: emptyDir: {medium: Memory, sizeLimit: 8Mi}",),
        )
    uid = pod["metadata"]["uid"]
    target.healing.add(f"give the volume of pod {name} room again", lambda: _heal(target, pod, uid, path))
    _run(target, pod, ["sh", "-c", 'dd if=/dev/zero of="$1" bs=4096; df -Pk "$2"', "fill", f"{path}/{_FILLER}", path])
    return record_action(target, "fill volume", "Pod", pod, until="empty volume")


def empty_volume(target: Target, name: str) -> Observation:
    """Return once the volume of a pod that was filled has the room again that it had."""
    pod = target.api.read(_POD, name, target.namespace)
    _run(target, pod, ["rm", "-f", f"{_data_path(pod)}/{_FILLER}"])
    return record_action(target, "empty volume", "Pod", pod)


def _heal(target: Target, pod: Object, uid: str, path: str) -> None:
    if has_pod(target, uid):
        _run(target, pod, ["rm", "-f", f"{path}/{_FILLER}"])


def _data_path(pod: Object) -> str:
    path = volume_folder(pod)
    if not path:
        title = f'pod "{pod["metadata"]["name"]}" has no volume to fill'
        expected = f"container {app_name(pod)} mounts a claim or an emptyDir that it can write"
        raise EnvironmentUnfit(title, expected=expected, observed="none")
    return path


def _size_kib(table: str) -> int | None:
    """Return the size that `df -Pk` tells in the second column of its last row."""
    words = table.splitlines()[-1].split() if table.strip() else []
    return int(words[1]) if len(words) > 1 and words[1].isdecimal() else None


def _run(target: Target, pod: Object, argv: Sequence[str]) -> str:
    name = pod["metadata"]["name"]
    ran = target.api.exec(name, target.namespace, list(argv), container=app_name(pod))
    if ran.code != 0:
        raise EnvironmentUnfit(
            f'a command in pod "{name}" failed',
            expected=f"{' '.join(argv)} ends with code 0",
            observed=ran.error or f"code {ran.code}: {ran.stderr.strip()}",
            look_at=(f"kubectl -n {target.namespace} describe pod {name}",),
        )
    return ran.stdout
