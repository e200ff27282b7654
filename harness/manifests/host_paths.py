"""
The folders of nodes that manifests name, made a scenario's own.

Problem: a folder of a node belongs to whoever uses the node, outlives every object, and is what the next scenario
finds. Solution: a folder that is made where it is not there lies in a folder of the scenario's own, one on each node,
which is removed with the scenario. What is to be there before can only be read: all else is refused with its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from harness.manifests.manifest import Manifest

__all__ = ["HOMES", "has_own_folders", "refuse_folders", "rehouse"]

HOMES = ("/tmp/hostpath_pv", "/tmp", "/var/lib")  # noqa: S108 - folders of nodes
"""
Where a scenario has its folder, the first that a path lies in, else the last.

The first is one for all nodes on some clusters; volumes in the second are those whose data Kubernetes itself deletes
(pkg/volume/hostpath); the third is there on every node that has a kubelet, and stays when the node starts anew.
"""

_MADE = ("", "DirectoryOrCreate")
_READ = ("Directory", "File")
_TYPES = (*_MADE, *_READ, "FileOrCreate", "Socket", "CharDevice", "BlockDevice")
_NODES_OWN = (
    *("/proc", "/sys", "/dev", "/run", "/etc", "/usr", "/bin", "/sbin", "/lib", "/lib64", "/boot", "/opt/cni"),
    *("/var/run", "/var/log", "/var/lib/kubelet", "/var/lib/containerd", "/var/lib/docker"),
)
"""What a path without a type means in here is what the node has there."""


@dataclass(frozen=True, slots=True)
class _Folder:
    """A `hostPath` of a manifest, where it stands, and whether every container that mounts it can only read it."""

    body: dict[str, Any]
    at: str
    is_read: bool

    @property
    def type(self) -> str:
        return self.body.get("type") or ""

    @property
    def path(self) -> PurePosixPath:
        return PurePosixPath("/" + self.body["path"].lstrip("/"))  # two slashes are no other root to a kubelet


def refuse_folders(manifest: Manifest) -> None:
    """Raise BadInput, with the line and what to write, for a folder that can neither be one's own nor only be read."""
    _refuse_local(manifest)
    for folder in _folders(manifest.body):
        if not _is_only_read(folder):
            _refuse(manifest, folder)


def has_own_folders(manifest: Manifest) -> bool:
    """Whether the manifest names folders that become the scenario's own."""
    return not all(_is_only_read(folder) for folder in _folders(manifest.body))


def rehouse(body: dict[str, Any], namespace: str) -> None:
    """Put the folders that an object names into the one that the scenario in this namespace has on each node."""
    for folder in _folders(body):
        if not _is_only_read(folder):
            folder.body["path"] = _within(folder.path, namespace)


def _within(path: PurePosixPath, namespace: str) -> str:
    for home in HOMES[:-1]:
        if path.is_relative_to(home):
            return str(PurePosixPath(home, namespace) / path.relative_to(home))
    return str(PurePosixPath(HOMES[-1], namespace) / path.relative_to("/"))


def _is_only_read(folder: _Folder) -> bool:
    return folder.is_read and folder.type in _READ


def _refuse(manifest: Manifest, folder: _Folder) -> None:
    if folder.type not in _MADE:
        problem = f"{folder.path} of type {folder.type} is the node's own, which a scenario must leave as it is"
        remedy = "for a folder of the scenario's own write type: DirectoryOrCreate"
        remedy += "" if folder.type not in _READ else "; for what is only read mount it with readOnly: true in a pod"
        raise manifest.unfit(problem, f"{folder.at}.type", remedy)
    if folder.type:
        return
    remedy = "write type: DirectoryOrCreate for a folder of the scenario's own; for the node's own write type: "
    remedy += "Directory or File, and mount it with readOnly: true in a pod"
    if folder.is_read:
        problem = f"{folder.path} is only read, but without a type it is made where it is not there"
        raise manifest.unfit(problem, f"{folder.at}.path", remedy)
    if any(folder.path.is_relative_to(own) for own in _NODES_OWN) or folder.path == PurePosixPath("/"):
        problem = f"{folder.path} is the node's own, which a scenario must leave as it is"
        raise manifest.unfit(problem, f"{folder.at}.path", remedy)


def _refuse_local(manifest: Manifest) -> None:
    spec = manifest.body.get("spec")
    if manifest.kind == "PersistentVolume" and isinstance(spec, dict) and isinstance(spec.get("local"), dict):
        problem = f"local: {spec['local'].get('path')} is the node's own, which a scenario must leave as it is"
        remedy = "write hostPath with type: DirectoryOrCreate instead of local; the nodeAffinity can stay"
        raise manifest.unfit(problem, "spec.local", remedy)


def _folders(value: Any, at: str = "", *, is_read: bool = False) -> Iterator[_Folder]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _folders(item, f"{at}[{number}]", is_read=is_read)
    elif isinstance(value, dict):
        read = _read_only(value)
        for key, item in value.items():
            below = f"{at}.{key}".lstrip(".")
            if key == "hostPath" and _is_well_formed(item):
                yield _Folder(item, below, is_read)
            elif key == "volumes" and isinstance(item, list):
                for number, volume in enumerate(item):
                    known = isinstance(volume, dict) and volume.get("name") in read
                    yield from _folders(volume, f"{below}[{number}]", is_read=known)
            else:
                yield from _folders(item, below)


def _is_well_formed(value: Any) -> bool:
    """Whether it can be judged; what is wrong with it otherwise, the server will say."""
    if not isinstance(value, dict) or value.get("type") not in (None, *_TYPES):
        return False
    path = value.get("path")
    return isinstance(path, str) and path.startswith("/") and ".." not in path.split("/")


def _read_only(pod: Mapping[str, Any]) -> set[str]:
    """
    Return the names of the volumes that some container of a pod mounts, and none so that it could write.

    A mount of a path within a volume counts as one that writes: the kubelet makes the path where it is not there.
    """
    lists = (pod.get(kind) for kind in ("containers", "initContainers", "ephemeralContainers"))
    containers = [one for found in lists if isinstance(found, list) for one in found if isinstance(one, dict)]
    mounts = [mount for one in containers for mount in one.get("volumeMounts") or () if isinstance(mount, dict)]
    writes = {
        str(mount.get("name"))
        for mount in mounts
        if mount.get("readOnly") is not True or mount.get("subPath") or mount.get("subPathExpr")
    }
    return {str(mount.get("name")) for mount in mounts} - writes
