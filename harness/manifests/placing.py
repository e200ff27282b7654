"""
A system's manifests made a scenario's own, so that scenarios can run side by side.

Namespaced objects get the scenario's namespace. Cluster-scoped ones get the scenario's mark, and where others refer to
them by name alone a name of their own: all that refers to them follows, also the class that a volume merely names. What
would reach beyond the scenario is refused: see `reach`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.errors import BadInput
from harness.manifests.host_paths import refuse_folders, rehouse
from harness.manifests.isolation import is_renamed, refuse_reach
from harness.manifests.manifest import Manifest
from harness.model import A_NODE, PLACEHOLDER_CLASS, Object

__all__ = ["MANAGED_BY", "NAMESPACE_LABEL", "alter", "missed", "stamp", "with_node"]

MANAGED_BY = {"app.kubernetes.io/managed-by": "statefulspec"}
NAMESPACE_LABEL = "statefulspec.dev/namespace"
"""On a cluster-scoped object: the namespace of the scenario that it belongs to."""

CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
"""Where a claim and a volume name their class in manifests of old; the server goes by it to this day."""
_UNNAMED = "unnamed"
"""The class of volumes that are of none: such a volume is for any claim on the cluster that asks for none."""

_REFERENCES = {
    "storageClassName": "StorageClass",
    CLASS_ANNOTATION: "StorageClass",
    "volumeName": "PersistentVolume",
    "priorityClassName": "PriorityClass",
    "volumeAttributesClassName": "VolumeAttributesClass",
    "volumeSnapshotClassName": "VolumeSnapshotClass",
}


def stamp(
    manifests: Iterable[Manifest],
    namespace: str,
    token: str,
    classes: Mapping[str, str] | None = None,
    *,
    is_namespaced: Callable[[Manifest], bool],
    among: Iterable[Manifest] = (),
) -> list[Manifest]:
    """
    Return the manifests as they are to be applied in a scenario's namespace.

    `classes`: kind of class → the cluster's own one that a reference to STAND_IN means. `is_namespaced`: what the
    server says of a manifest's kind. `among`: manifests that are not placed now, but that these may refer to.

    Cluster-scoped objects bear the scenario's mark, and become `NAME-TOKEN` where they can, wherever the same set
    refers to them. Folders of nodes lie in one of the scenario's own: see `folders`. Raises BadInput for a manifest
    that names another namespace, that would reach beyond the scenario, or that names STAND_IN where the cluster has no
    such class.
    """
    found = list(manifests)
    names = _own_names([*found, *among])
    for manifest in found:
        refuse_reach(manifest, namespaced=is_namespaced(manifest))
        refuse_folders(manifest)
    return [
        _placed(manifest, namespace, token, names, classes or {}, namespaced=is_namespaced(manifest))
        for manifest in found
    ]


def alter(manifests: Iterable[Manifest], changes: Sequence[Object]) -> list[Manifest]:
    """
    Return the manifests with a control's changes made: `{kind, name, patch}`, the patch a JSON merge patch.

    `name` is the name that the file gives. A change that concerns none of these manifests does nothing: see `missed`.
    """
    return [_altered(manifest, changes) for manifest in manifests]


def with_node(changes: Sequence[Object], node: Callable[[], str]) -> tuple[Object, ...]:
    """Return a control's changes with a node's name in place of A_NODE; `node` is asked only where one is meant."""
    return tuple(_with_node(change, node) for change in changes)


def _with_node(value: Any, node: Callable[[], str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_node(part, node) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_node(part, node) for part in value]
    return node() if value == A_NODE else value


def missed(manifests: Iterable[Manifest], changes: Sequence[Object]) -> list[Object]:
    """Return the changes that concern none of all the manifests a scenario applied: a control that changed nothing."""
    found = list(manifests)
    return [change for change in changes if not any(_concerns(change, manifest) for manifest in found)]


def _altered(manifest: Manifest, changes: Sequence[Object]) -> Manifest:
    body: Any = manifest.body
    for change in changes:
        if _concerns(change, manifest):
            body = _merged(body, change["patch"])
    return replace(manifest, body=body)


def _concerns(change: Object, manifest: Manifest) -> bool:
    try:
        return (str(change["kind"]), str(change["name"])) == (manifest.kind, manifest.name)
    except KeyError as error:
        raise BadInput(f"a change has no {error}", remedy="write {kind: …, name: …, patch: …}") from error


def _merged(body: Any, patch: Any) -> Any:
    """Return `body` after a JSON merge patch (RFC 7396); neither is changed."""
    if not isinstance(patch, Mapping):
        return copy.deepcopy(patch)
    kept = dict(body) if isinstance(body, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = _merged(kept.get(key), value)
    return kept


def _own_names(manifests: list[Manifest]) -> set[tuple[str, str]]:
    names = {(manifest.kind, manifest.name) for manifest in manifests if is_renamed(manifest)}
    volumes = (manifest.body for manifest in manifests if manifest.kind == "PersistentVolume")
    classes = map(_class_of, volumes)
    return names | {("StorageClass", name) for name in classes if isinstance(name, str)}


def _class_of(volume: Object) -> Any:
    annotations = _mapping(_mapping(volume.get("metadata")).get("annotations"))
    return annotations.get(CLASS_ANNOTATION) or _mapping(volume.get("spec")).get("storageClassName") or ""


def _placed(
    manifest: Manifest,
    namespace: str,
    token: str,
    names: set[tuple[str, str]],
    classes: Mapping[str, str],
    *,
    namespaced: bool,
) -> Manifest:
    def meant(key: str, name: str) -> str:
        kind = _REFERENCES[key]
        if name == PLACEHOLDER_CLASS and kind not in classes:
            remedy = "tag the scenario with what it needs of a CSI driver, such as @needs_csi"
            raise manifest.unfit(f"needs a {kind} of a CSI driver, which is not there", key, remedy)
        return classes[kind] if name == PLACEHOLDER_CLASS else own(name) if (kind, name) in names else name

    def own(name: str) -> str:
        return f"{name or _UNNAMED}-{token}"

    body: dict[str, Any] = _follow(copy.deepcopy(manifest.body), meant)
    metadata = body["metadata"]
    if metadata.get("namespace", namespace) != namespace:
        problem = f"names the namespace {metadata['namespace']}, but each scenario has one of its own"
        raise manifest.unfit(problem, "metadata.namespace", "leave the namespace out")
    if namespaced:
        metadata["namespace"] = namespace
    else:
        metadata.pop("namespace", None)
        metadata["labels"] = _mapping(metadata.get("labels")) | MANAGED_BY | {NAMESPACE_LABEL: namespace}
    if is_renamed(manifest):
        metadata["name"] = f"{manifest.name}-{token}"
    rehouse(body, namespace)
    _enter(manifest.kind, body, namespace, token, names)
    return replace(manifest, body=body)


def _follow(value: Any, meant: Callable[[str, str], str]) -> Any:
    """Return `value` with each reference to an object by name made to be what `meant` says of its field and name."""
    if isinstance(value, list):
        return [_follow(item, meant) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: meant(key, item) if key in _REFERENCES and isinstance(item, str) else _follow(item, meant)
        for key, item in value.items()
    }


def _enter(kind: str, body: dict[str, Any], namespace: str, token: str, names: set[tuple[str, str]]) -> None:
    """Make the references that are no single field follow: a volume's claim, a binding's ends."""
    spec = _mapping(body.get("spec"))
    if kind == "PersistentVolume":
        if "claimRef" in spec:
            _mapping(spec["claimRef"])["namespace"] = namespace
        if spec and not _class_of(body):
            spec["storageClassName"] = f"{_UNNAMED}-{token}"
    if kind == "PriorityClass":
        body.setdefault("preemptionPolicy", "Never")  # else the pods of others would give way to these
    if kind.endswith("RoleBinding"):
        role, subjects = _mapping(body.get("roleRef")), body.get("subjects")
        if (role.get("kind"), role.get("name")) in tuple(names):
            role["name"] = f"{role['name']}-{token}"
        for subject in map(_mapping, subjects if isinstance(subjects, list) else ()):
            if subject.get("kind") == "ServiceAccount":
                subject["namespace"] = namespace


def _mapping(value: Any) -> dict[str, Any]:
    """Return a mapping as it is, anything else as an empty one: what is wrong with it, the server will say."""
    return value if isinstance(value, dict) else {}
