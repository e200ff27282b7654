"""What an object is at one moment, as a lane shows it: a look, a few words, the shade of its revision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.history.history import History
from harness.model import Object
from harness.promises import statefulsets
from harness.promises.pods import ended, ready, revision, terminating

__all__ = ["ObjectState", "claim_state", "node_state", "pod_state", "set_state", "volume_state"]

_STARTING = ("ContainerCreating", "PodInitializing", None)
"""What a container waits for that has nothing wrong with it."""


@dataclass(frozen=True, slots=True)
class ObjectState:
    """
    `look` is the state's name: pending, init, running, ready, terminating, failing or ended of a pod, others elsewhere.

    `text` is what is written into it. `shade` counts revisions from 0 in the order in which they appeared.
    """

    look: str
    text: str
    shade: int = 0


def pod_state(history: History) -> Callable[[Object], ObjectState]:
    """Return what says a pod's state; its text is the version of its template, its shade that revision's."""
    shades: dict[tuple[str, str], int] = {}
    for life in history.incarnations("Pod"):
        name = revision(life.first.data)
        stem = name.rpartition("-")[0]
        if (stem, name) not in shades:
            shades[stem, name] = sum(1 for known, _ in shades if known == stem)
    return lambda pod: ObjectState(
        _pod_look(pod), _version(pod), shades.get((revision(pod).rpartition("-")[0], revision(pod)), 0)
    )


def set_state(stateful_set: Object) -> ObjectState:
    """Return what a StatefulSet wants: its replicas, its version, its partition."""
    if terminating(stateful_set):
        return ObjectState("terminating", "deleted")
    wanted, version = statefulsets.replicas(stateful_set), _version(stateful_set["spec"]["template"])
    words = f"{wanted} replica{'s' if wanted != 1 else ''}" + (f" of {version}" if version else "")
    partition = statefulsets.partition(stateful_set)
    return ObjectState("wanted", words + (f", partition {partition}" if partition else ""))


def claim_state(claim: Object) -> ObjectState:
    """Return the state of a volume claim, named as its phase."""
    phase = str(claim.get("status", {}).get("phase", "Pending"))
    if terminating(claim):
        return ObjectState("terminating", "terminating")
    return ObjectState({"Bound": "bound", "Lost": "failing"}.get(phase, "pending"), phase)


def volume_state(volume: Object) -> ObjectState:
    """Return the state of a volume, named as its phase, with the claim that has it."""
    phase = str(volume.get("status", {}).get("phase", "Pending"))
    claim = str((volume.get("spec", {}).get("claimRef") or {}).get("name", ""))
    looks = {"Bound": "bound", "Released": "terminating", "Failed": "failing"}
    return ObjectState(looks.get(phase, "pending"), f"{phase}: {claim}" if claim else phase)


def node_state(node: Object) -> ObjectState:
    """Return whether a node is ready, and whether it is cordoned."""
    conditions = node.get("status", {}).get("conditions") or ()
    is_ready = any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions)
    if not is_ready:
        return ObjectState("failing", "not ready")
    return (
        ObjectState("terminating", "cordoned")
        if node.get("spec", {}).get("unschedulable")
        else ObjectState("bound", "ready")
    )


def _pod_look(pod: Object) -> str:
    if terminating(pod):
        return "terminating"
    if ended(pod):
        return "ended"
    if ready(pod):
        return "ready"
    status = pod.get("status", {})
    containers = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
    if any((one.get("state", {}).get("waiting") or {}).get("reason") not in _STARTING for one in containers):
        return "failing"
    if status.get("phase") == "Running":
        return "running"
    began = any(
        one.get("state", {}).keys() & {"running", "terminated"} for one in status.get("initContainerStatuses") or ()
    )
    return "init" if began else "pending"


def _version(template: Object) -> str:
    labels = template.get("metadata", {}).get("labels") or {}
    hashed = str(labels.get("controller-revision-hash", "")).rpartition("-")[2]
    return str(labels.get("app.kubernetes.io/version") or hashed)
