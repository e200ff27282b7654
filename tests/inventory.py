"""
What a cluster and its nodes hold, taken before and after, so that it can be shown that a run has left all as it was.

    python -m tests.inventory KUBECONFIG FILE [NODE=ROOT …]     write down what is there
    python -m tests.inventory --compare BEFORE AFTER            say what is otherwise; exit status 1 where anything is

Every object of every kind that the server lists is compared by uid and content, in all namespaces. ROOT is where a
node's files can be reached from here, as /proc/PID/root of a process in it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.kube.api import Api
from harness.model import Kind, Object

IGNORED_KINDS = {
    "Event": "the server's own account of what went on, which it forgets after an hour",
    "Lease": "a heartbeat",
    "ComponentStatus": "no object: computed for whoever asks",
    "PodMetrics": "no object: measured for whoever asks",
    "NodeMetrics": "no object: measured for whoever asks",
}
IGNORED_FIELDS = {
    ("", "metadata.resourceVersion"): "counts writes; the content that was written is compared",
    ("", "metadata.managedFields"): "who wrote which field last; the fields are compared",
    ("Node", "status"): "the kubelet's report: heartbeats, the images that pods have brought",
    ("CSINode", "metadata.annotations"): "what the kubelet can migrate, written when it starts anew",
}
"""(Kind, empty for all, and field) → why it may be otherwise after a run."""
FOLDERS = ("tmp", "var/tmp", "var/lib", "mnt", "srv", "opt", "data")
"""Where volumes of nodes are put, in this project and elsewhere."""
IGNORED_FOLDERS = {
    "var/lib/kubelet": "the kubelet's own, and gone with each pod",
    "var/lib/containerd": "the runtime's own: images and what containers write into themselves",
    "var/lib/docker": "likewise",
    "var/lib/rancher": "k3s itself",
    "var/lib/minikube": "minikube itself",
    "var/lib/etcd": "the cluster's own store",
    "var/lib/cni": "the addresses of pods that run",
    "tmp/hostpath_pv": "emptied here: the folder itself is made by the first volume in it",
    "tmp/hostpath-provisioner": "likewise, by the provisioner",
    "tmp/hostpath_provisioner": "likewise, by the provisioner",
    "var/local-path-provisioner": "likewise, by the provisioner",
}
"""Paths of nodes → why they may come, go and change; what lies in the provisioners' is told all the same."""
_EMPTIED = ("tmp/hostpath_pv", "tmp/hostpath-provisioner", "tmp/hostpath_provisioner", "var/local-path-provisioner")

Key = tuple[str, ...]


@dataclass(frozen=True)
class Inventory:
    """Object (kind, namespace, name) → its content, and node and path → what lies there."""

    objects: Mapping[Key, Object]
    files: Mapping[Key, str]

    def to_json(self) -> str:
        """Return it as text that `from_json` understands."""
        found = {"objects": list(self.objects.items()), "files": list(self.files.items())}
        return json.dumps(found, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Inventory:
        """Return what `to_json` has written."""
        read = json.loads(text)
        return cls(*({tuple(key): value for key, value in read[part]} for part in ("objects", "files")))


def take(api: Api, nodes: Mapping[str, Path] | None = None) -> Inventory:
    """Return all that there is. `nodes`: name → where its files can be reached from here."""
    objects = {
        (f"{kind.name}.{kind.group}".rstrip("."), one["metadata"].get("namespace", ""), one["metadata"]["name"]): _kept(
            kind, one
        )
        for kind in api.kinds("list")
        if kind.name not in IGNORED_KINDS
        for one in api.list(kind).items
    }
    files = {(node, path): what for node, root in (nodes or {}).items() for path, what in _files(root)}
    return Inventory(objects, files)


def differences(before: Inventory, after: Inventory) -> list[str]:
    """Return a line for each object and file that has come, gone or changed, and for each field that has."""
    return [
        *_differences(before.objects, after.objects),
        *_differences(before.files, after.files),
    ]


def _differences(before: Mapping[Key, Any], after: Mapping[Key, Any]) -> Iterator[str]:
    for key in sorted(before.keys() | after.keys()):
        name = " ".join(filter(None, key))
        if key not in after:
            yield f"{name} is gone"
        elif key not in before:
            yield f"{name} has come"
        else:
            yield from (f"{name}: {line}" for line in _changes(before[key], after[key]))


def _changes(was: Any, now: Any, path: str = "") -> Iterator[str]:
    if isinstance(was, dict) and isinstance(now, dict):
        for field in sorted(was.keys() | now.keys()):
            yield from _changes(was.get(field), now.get(field), f"{path}.{field}".lstrip("."))
    elif was != now:
        yield f"{path or 'it'} was {was!r} and is {now!r}"


def _kept(kind: Kind, found: Object) -> Object:
    kept: dict[str, Any] = json.loads(json.dumps(found))
    for of, field in IGNORED_FIELDS:
        if of in ("", kind.name):
            *above, last = field.split(".")
            holder = kept
            for part in above:
                holder = holder.get(part) or {}
            holder.pop(last, None)
    return kept


def _files(root: Path) -> Iterator[tuple[str, str]]:
    """Yield each path below the folders of a node and what it is, the folders of its own programs left out."""
    for top in FOLDERS:
        for folder, below, names in os.walk(root / top):
            place = str(Path(folder).relative_to(root))
            below[:] = [name for name in below if _is_compared(f"{place}/{name}")]
            yield from ((f"{place}/{name}", "folder") for name in below if f"{place}/{name}" not in _EMPTIED)
            yield from ((f"{place}/{name}", _content(Path(folder, name))) for name in names)


def _is_compared(path: str) -> bool:
    return path not in IGNORED_FOLDERS or path in _EMPTIED


def _content(path: Path) -> str:
    found = path.lstat()
    return f"{found.st_mode:o} {found.st_size} {found.st_mtime_ns}"


def main(arguments: list[str]) -> int:
    """Take an inventory, or compare two."""
    if arguments[:1] == ["--compare"]:
        before, after = (Inventory.from_json(Path(name).read_text(encoding="utf-8")) for name in arguments[1:])
        found = differences(before, after)
        counts = f"{len(before.objects)} objects, {len(before.files)} files of nodes"
        sys.stdout.write("\n".join(found or [f"all as it was: {counts}"]) + "\n")
        return int(bool(found))
    kubeconfig, file, *nodes = arguments
    roots = dict(node.split("=", 1) for node in nodes)
    taken = take(Api.connect(Path(kubeconfig)), {name: Path(root) for name, root in roots.items()})
    Path(file).write_text(taken.to_json(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
