"""Owners, labels and finalizers of pods and claims changed behind the back of their controllers."""

from __future__ import annotations

from harness.actions.target import Target, record_action
from harness.history.observation import Observation
from harness.model import KINDS, Object

__all__ = ["add_finalizer", "label", "remove_finalizer", "remove_owner", "set_controller", "unlabel"]

FINALIZER = "statefulspec.dev/pinned"
_POD = KINDS["Pod"]


def remove_owner(target: Target, pod: str) -> Observation:
    """Return once the server has accepted that a pod has no owner."""
    return _patch(target, "disown", "Pod", pod, {"ownerReferences": None})


def unlabel(target: Target, pod: str) -> Observation:
    """Return once the server has accepted that a pod has none of the labels by which its set selects."""
    return _patch(target, "unlabel", "Pod", pod, {"labels": dict.fromkeys(_selected(target, pod))})


def label(target: Target, pod: str) -> Observation:
    """Return once the server has accepted that a pod has all labels by which the set of its name selects."""
    return _patch(target, "label", "Pod", pod, {"labels": _selected(target, pod)})


def add_finalizer(target: Target, pod: str) -> Observation:
    """Return once a finalizer keeps a pod from going for good; it is removed at the end of the scenario."""
    uid = target.api.read(_POD, pod, target.namespace)["metadata"]["uid"]
    target.healing.add(f"let pod {pod} go", lambda: _let_go(target, pod, uid))
    return _patch(target, "pin", "Pod", pod, {"finalizers": [FINALIZER]})


def remove_finalizer(target: Target, pod: str) -> Observation:
    """Return once no finalizer keeps a pod any more."""
    return _patch(target, "unpin", "Pod", pod, {"finalizers": None})


def set_controller(target: Target, claim: str) -> Observation:
    """Return once a claim has a controller of its own, a ConfigMap that is made for this."""
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"owner-of-{claim}"}}
    made = target.api.create(KINDS["ConfigMap"], body, target.namespace)["metadata"]
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": made["name"], "uid": made["uid"], "controller": True}
    return _patch(target, "entrust", "PersistentVolumeClaim", claim, {"ownerReferences": [owner]})


def _selected(target: Target, pod: str) -> Object:
    stateful_set = target.api.read(KINDS["StatefulSet"], pod.rpartition("-")[0], target.namespace)
    labels: Object = stateful_set["spec"]["selector"]["matchLabels"]
    return labels


def _patch(target: Target, verb: str, kind: str, name: str, metadata: Object) -> Observation:
    return record_action(
        target, verb, kind, target.api.patch(KINDS[kind], name, target.namespace, {"metadata": metadata})
    )


def _let_go(target: Target, pod: str, uid: str) -> None:
    found = target.api.list(_POD, target.namespace).items
    if any(one["metadata"]["uid"] == uid and one["metadata"].get("finalizers") for one in found):
        remove_finalizer(target, pod)
