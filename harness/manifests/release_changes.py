"""What changes from one release of an application to the next: objects that go, fields that the server lets nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from harness.errors import ExpectationNotMet, KubeError
from harness.manifests.manifest import Manifest
from harness.model import Object

__all__ = ["dropped", "refused_upgrade"]

_KEPT = "helm.sh/resource-policy"
"""The annotation by which Helm leaves an object in place that the next release has not."""
_MUTABLE = (
    *("replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "minReadySeconds"),
    "persistentVolumeClaimRetentionPolicy",
)
"""What of a StatefulSet's spec can be changed (pkg/apis/apps/validation, v1.36)."""
_ORPHAN = "delete the set and leave its pods (kubectl delete statefulset {name} --cascade=orphan), then upgrade"
_REMEDIES = {
    ("StatefulSet", "spec.volumeClaimTemplates"): "grow the claims themselves (kubectl patch persistentvolumeclaim), "
    + _ORPHAN,
    ("StatefulSet", "spec.selector"): "keep the old selector: of pods that it does not select nobody takes care",
    ("StatefulSet", "spec.serviceName"): "keep the old service, or "
    + _ORPHAN
    + ", and restart it: names are given anew",
    ("StatefulSet", ""): _ORPHAN,
    ("Deployment", "spec.selector"): "keep the old selector, and add labels to the template alone",
    ("Job", ""): "give it a name of its own in each release, or make it a hook (before-hook-creation)",
}
_ANY = "keep the old value, or delete the object before the upgrade: kubectl delete {kind} {name}"
_MOST = 200
"""Characters of a value that are told."""


def dropped(old: Iterable[Manifest], new: Iterable[Manifest]) -> list[Manifest]:
    """Return the objects of the old release that the new one has not, and that Helm would delete."""
    stay = {(one.kind, one.name) for one in new}
    return [one for one in old if (one.kind, one.name) not in stay and not _is_kept(one)]


def refused_upgrade(error: KubeError, old: Manifest, new: Manifest) -> ExpectationNotMet:
    """Return the error of an upgrade that the server refuses: each field that it does not let change, and a remedy."""
    changed = list(_immutable(error, old, new))
    told = [
        f"{new.file}:{new.line_of(path)}: {path}: {_short(before)} → {_short(after)}" for path, before, after in changed
    ]
    remedies = dict.fromkeys(_remedy(new, path) for path, _, _ in changed) or {_remedy(new, ""): None}
    return ExpectationNotMet(
        f"the server refuses the upgrade of {new.kind} {new.name}",
        expected="it takes what the new release says",
        observed="\n".join([*told, error.message]),
        details="\n".join(f"  what to do: {remedy}" for remedy in remedies),
    )


def _immutable(error: KubeError, old: Manifest, new: Manifest) -> Iterator[tuple[str, Any, Any]]:
    """Yield the changes that the server may mean; it does not name each of them before Kubernetes 1.37."""
    named = [path for path, _ in error.causes if path not in ("", "spec")]
    for path, before, after in _changes(old.body, new.body, ""):
        if path.startswith("metadata.") or path == "status":
            continue
        if new.kind == "StatefulSet":
            if path.split(".")[1:2] and path.split(".")[1].partition("[")[0] not in _MUTABLE:
                yield path, before, after
        elif not named or any(path.startswith(field) or field.startswith(path) for field in named):
            yield path, before, after


def _changes(old: Any, new: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield the path, the old and the new value of each difference, None for what is not there."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _changes(old.get(key), new.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _changes(before, after, f"{path}[{number}]")
    elif old != new:
        yield path, old, new


def _remedy(new: Manifest, path: str) -> str:
    field = ".".join(path.split(".")[:2]).partition("[")[0]
    found = _REMEDIES.get((new.kind, field)) or _REMEDIES.get((new.kind, "")) or _ANY
    return found.format(kind=new.kind.lower(), name=new.name)


def _short(value: Any) -> str:
    told = "nothing" if value is None else str(value)
    return told if len(told) <= _MOST else f"{told[:_MOST]}…"


def _is_kept(one: Manifest) -> bool:
    annotations: Object = (one.body.get("metadata") or {}).get("annotations") or {}
    return str(annotations.get(_KEPT)) == "keep"
