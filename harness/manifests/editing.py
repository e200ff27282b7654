"""
Changes that a scenario makes to a system: another version, another number of replicas, another partition.

Each returns new manifests, the given ones are left as they are. What a version is, the StatefulSet says itself, in an
annotation that names the image of each: `statefulspec.dev/versions: v1=IMAGE v2=IMAGE`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from harness.app_container import APP, app_container, named_by_annotation
from harness.errors import BadInput
from harness.manifests.manifest import Manifest
from harness.promises import statefulsets
from harness.promises.pods import VERSION_LABEL
from harness.promises.statefulsets import VERSIONS

__all__ = [
    "VERSIONS",
    "Edit",
    "chain",
    "labelled",
    "with_demand",
    "with_partition",
    "with_replicas",
    "with_restart",
    "with_service",
    "with_spec",
    "with_version",
]

RESTARTED = "kubectl.kubernetes.io/restartedAt"
"""The annotation of a pod template by which `kubectl rollout restart` makes another revision of it."""

Edit = Callable[[Sequence[Manifest]], list[Manifest]]


def chain(*edits: Edit) -> Edit:
    """Return the edit that makes these one after another."""
    return lambda manifests: reduce(lambda edited, edit: edit(edited), edits, list(manifests))


def labelled(key: str, value: str) -> Edit:
    """Return the edit that changes nothing, and raises BadInput where no pod of these manifests has this label."""

    def edit(manifests: Sequence[Manifest]) -> list[Manifest]:
        if not any(_has_label(manifest.body, key, value) for manifest in manifests):
            files = ", ".join(sorted({manifest.file for manifest in manifests}))
            raise BadInput(f"no pod is labelled {key}: {value} here", files, remedy="its pods are known by that label")
        return list(manifests)

    return edit


def with_replicas(set_name: str, replicas: int) -> Edit:
    """Return the edit by which the StatefulSet wants so many replicas."""
    return _edit(set_name, lambda manifest: manifest.body["spec"].update(replicas=replicas))


def with_partition(set_name: str, partition: int) -> Edit:
    """Return the edit by which a rolling update of the set reaches only the ordinals from the partition on."""
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}
    return _edit(set_name, lambda manifest: manifest.body["spec"].update(updateStrategy=copy.deepcopy(strategy)))


def with_restart(set_name: str, at: str) -> Edit:
    """Return the edit by which the set's pods are made anew as they are, as `kubectl rollout restart` has them made."""

    def change(manifest: Manifest) -> None:
        template: dict[str, Any] = manifest.body["spec"]["template"]
        metadata = template["metadata"] = template.get("metadata") or {}
        metadata["annotations"] = (metadata.get("annotations") or {}) | {RESTARTED: at}

    return _edit(set_name, change)


def with_spec(set_name: str, **fields: object) -> Edit:
    """Return the edit by which the set's spec has these fields, each in place of what it had under that name."""
    return _edit(set_name, lambda manifest: manifest.body["spec"].update(copy.deepcopy(fields)))


def with_demand(budget: str, **demand: object) -> Edit:
    """
    Return the edit by which a disruption budget asks for this and nothing else; its selector stays.

    `demand` are fields of its spec: `minAvailable` or `maxUnavailable`, `unhealthyPodEvictionPolicy`.
    """

    def change(manifest: Manifest) -> None:
        manifest.body["spec"] = {"selector": manifest.body["spec"]["selector"], **copy.deepcopy(demand)}

    return _edit(budget, change, kind="PodDisruptionBudget")


def with_service(name: str, **spec: object) -> Edit:
    """Return the edit by which a service has this spec and nothing of what it had."""
    return _edit(name, lambda manifest: manifest.body.update(spec=copy.deepcopy(spec)), kind="Service")


def with_version(set_name: str, version: str) -> Edit:
    """
    Return the edit by which the set's pods run a version: the application gets its image, the pods its label.

    Other containers stay as they are. The edit raises BadInput, with file and line, where the set does not say which
    image that version is, or which of its containers is the application.
    """

    def change(manifest: Manifest) -> None:
        template: dict[str, Any] = manifest.body["spec"]["template"]
        image, number = _image(manifest, version), _application(manifest)
        template["spec"]["containers"][number]["image"] = image
        labels: dict[str, Any] = template.setdefault("metadata", {}).setdefault("labels", {})
        labels[VERSION_LABEL] = version

    return _edit(set_name, change)


def _edit(name: str, change: Callable[[Manifest], None], *, kind: str = "StatefulSet") -> Edit:
    def edit(manifests: Sequence[Manifest]) -> list[Manifest]:
        if not any((manifest.kind, manifest.name) == (kind, name) for manifest in manifests):
            files = ", ".join(sorted({manifest.file for manifest in manifests}))
            raise BadInput(f'there is no {kind} "{name}" among these manifests', files)
        return [
            _changed(manifest, change) if (manifest.kind, manifest.name) == (kind, name) else manifest
            for manifest in manifests
        ]

    return edit


def _changed(manifest: Manifest, change: Callable[[Manifest], None]) -> Manifest:
    changed = replace(manifest, body=copy.deepcopy(manifest.body))
    change(changed)
    return changed


def _image(manifest: Manifest, version: str) -> str:
    images = statefulsets.versions(manifest.body)
    if version not in images:
        known = ", ".join(images) or "no version"
        problem = f'does not say which image version "{version}" is; it knows {known}'
        raise manifest.unfit(
            problem, f"metadata.annotations[{VERSIONS}]", f"annotate it with {VERSIONS}: {version}=IMAGE"
        )
    return images[version]


def _application(manifest: Manifest) -> int:
    """
    Return the place of the application among the containers of a set's template.

    A guess, where no annotation says it, must not be at odds with the images that the set has versions of.
    """
    template: dict[str, Any] = manifest.body["spec"]["template"]
    containers: list[dict[str, Any]] = template["spec"].get("containers") or []
    path, named = "spec.template.spec.containers", named_by_annotation(template)
    if named and all(one.get("name") != named for one in containers):
        field = f"spec.template.metadata.annotations[{APP}]"
        raise manifest.unfit(f"{APP} names container {named!r}, which its pods do not have", field)
    if not containers:
        raise manifest.unfit("its pods have no containers", path)
    chosen = app_container(template, manifest.name)
    likely = _versioned(containers, statefulsets.versions(manifest.body))
    if not named and likely and chosen not in likely:
        own, other = chosen.get("name"), likely[0].get("name")
        problem = f'container "{own}" would get the version, but runs {chosen.get("image")}; "{other}" runs one of them'
        raise manifest.unfit(problem, path, f"annotate the template with {APP}: {own} or {other}")
    return next(number for number, one in enumerate(containers) if one is chosen)


def _versioned(containers: Sequence[dict[str, Any]], versions: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the containers that run one of the versions; where none does, those of a version's repository."""
    exact = [one for one in containers if one.get("image") in versions.values()]
    known = {_repository(image) for image in versions.values()}
    return exact or [one for one in containers if _repository(str(one.get("image", ""))) in known]


def _repository(image: str) -> str:
    head, slash, last = image.partition("@")[0].rpartition("/")
    return head + slash + last.partition(":")[0]


def _has_label(body: dict[str, Any], key: str, value: str) -> bool:
    """Return whether a pod, or the pods of a template at any depth, have a label."""
    if "containers" in (body.get("spec") or {}):
        return bool(((body.get("metadata") or {}).get("labels") or {}).get(key) == value)
    spec = body.get("spec") or {}
    inner = (spec.get(field) for field in ("template", "jobTemplate"))
    return any(_has_label(one, key, value) for one in inner if isinstance(one, dict))
