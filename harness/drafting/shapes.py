"""
What of manifests is read here, and as what the API describes it: all else may rely on it.

A wrong manifest is the server's to refuse. What would be read here before it comes to that is refused here, alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from harness.manifests.manifest import Manifest
from harness.model import Object

__all__ = ["at", "is_of_api", "well_formed"]

_POD = "spec.template.spec"


@dataclass(frozen=True, slots=True)
class _Shape:
    """Paths of one kind: a mapping's stands before those within; `listed`: of lists of mappings that have no names."""

    mappings: tuple[str, ...]
    lists: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()

    def all(self) -> Iterator[tuple[str, type, str]]:
        """Yield each path with its type and what a person calls that."""
        yield from ((path, dict, "mapping") for path in self.mappings)
        yield from ((path, list, "list") for path in (*self.lists, *self.listed))
        yield from ((path, int, "number") for path in self.numbers)


_SHAPES = {
    "StatefulSet": _Shape(
        mappings=(
            *("spec", "spec.template", "spec.template.metadata", "spec.template.metadata.labels", _POD),
            *("spec.template.metadata.annotations", f"{_POD}.affinity", f"{_POD}.affinity.podAntiAffinity"),
            *("metadata.annotations", "spec.updateStrategy", "spec.updateStrategy.rollingUpdate", "spec.ordinals"),
            "spec.persistentVolumeClaimRetentionPolicy",
        ),
        lists=(f"{_POD}.containers", f"{_POD}.initContainers", f"{_POD}.volumes", "spec.volumeClaimTemplates"),
        numbers=(
            *("spec.replicas", "spec.ordinals.start", "spec.minReadySeconds"),
            "spec.updateStrategy.rollingUpdate.partition",
        ),
    ),
    "Service": _Shape(("spec", "spec.selector")),
    "PodDisruptionBudget": _Shape(
        ("spec", "spec.selector", "spec.selector.matchLabels"), listed=("spec.selector.matchExpressions",)
    ),
}


_GROUPS = {"StatefulSet": "apps", "Service": "", "PodDisruptionBudget": "policy"}
"""Kind → the group of the API that it is of; others have kinds of the same names, as Knative a Service."""
_VERSIONS = ("v1", "apps/v1", "policy/v1")
"""What every release since 1.25 serves of them."""


def is_of_api(manifest: Manifest, kind: str) -> bool:
    """Whether it is of this kind, and the kind Kubernetes' own."""
    return manifest.kind == kind and _group(manifest) == _GROUPS[kind]


def _group(manifest: Manifest) -> str:
    return str(manifest.body["apiVersion"]).rpartition("/")[0]


def well_formed(manifest: Manifest) -> Manifest:
    """Return the manifest without nulls, as the server takes it; BadInput, with the line, for what is wrong in it."""
    shape = _SHAPES.get(manifest.kind)
    if shape is None or _group(manifest) != _GROUPS[manifest.kind]:
        return manifest
    if manifest.body["apiVersion"] not in _VERSIONS:
        wanted = f"{_GROUPS[manifest.kind]}/v1"
        raise manifest.unfit("no server has this version any more", "apiVersion", f"write apiVersion: {wanted}")
    manifest = replace(manifest, body=_without_nulls(manifest.body))
    for problem, path in _unfit(manifest.body, manifest.kind, shape):
        raise manifest.unfit(problem, path)
    return manifest


def at(body: Object, path: str) -> Any:
    """Return the value at a path of mappings, None where there is nothing."""
    found: Any = body
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _unfit(body: Object, kind: str, shape: _Shape) -> Iterator[tuple[str, str]]:
    """Yield what is wrong, and where."""
    for path, wanted, noun in shape.all():
        found = at(body, path)
        if found is not None and (not isinstance(found, wanted) or isinstance(found, bool)):
            yield f"{path.rpartition('.')[2]} is no {noun}", path
            return
    if at(body, "spec") is None:
        yield "it has no spec", ""
    if kind == "StatefulSet":
        yield from _unfit_set(body)
    for path in shape.lists:
        for number, one in enumerate(at(body, path) or []):
            yield from ((f"{problem} here", f"{path}[{number}]") for problem in _unnamed(one, path))
    for path in shape.listed:
        terms = enumerate(at(body, path) or [])
        wanted_here = "a mapping with key, operator and a list of values is wanted here"
        yield from ((wanted_here, f"{path}[{number}]") for number, one in terms if not _is_term(one))


def _unfit_set(body: Object) -> Iterator[tuple[str, str]]:
    if not at(body, _POD + ".containers"):
        yield "its pods have no containers", _POD + ".containers"
    if (at(body, "spec.replicas") or 0) < 0:
        yield "replicas is less than 0", "spec.replicas"


def _is_term(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("values", []), list)


def _unnamed(one: Any, path: str) -> Iterator[str]:
    """Yield what keeps an item of a list from being known by its name."""
    if not isinstance(one, dict) or not isinstance(one.get("metadata") or {}, dict):
        yield "a mapping is wanted"
    elif path.endswith("Templates"):
        yield from () if _is_name((one.get("metadata") or {}).get("name")) else ("metadata.name is missing",)
    elif not _is_name(one.get("name")):
        yield "the name is missing"
    elif path.endswith("ontainers"):
        mounts = one.get("volumeMounts") or []
        named = isinstance(mounts, list) and all(
            isinstance(mount, dict) and _is_name(mount.get("name")) and _is_name(mount.get("mountPath"))
            for mount in mounts
        )
        yield from () if named else ("a mount needs name and mountPath",)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _without_nulls(value: Any) -> Any:
    """Return a value without the fields that are null: to the server they are not there."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
