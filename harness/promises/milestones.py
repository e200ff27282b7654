"""What shows that a cluster moves on: the milestones that pods and claims reach, each of them once."""

from __future__ import annotations

from collections.abc import Iterator

from harness.history.observation import Observation, Verb
from harness.model import Object
from harness.promises.ownership import controller, has_lasting_name
from harness.promises.pods import ready, revision

__all__ = ["Milestone", "milestones"]

Milestone = tuple[str, ...]


def milestones(seen: Observation) -> Iterator[Milestone]:
    """
    Yield what an observation shows to have been reached.

    Pods are told apart by what never runs out: by their names and revisions, but pods of random names by who makes
    them. So what fails and is made anew for ever reaches no new milestone. The operator of a custom resource has chosen
    its pods' names, perhaps for good: that one is ready counts by its name.
    """
    if seen.topic == "Pod" and seen.is_state:
        reached = ("gone",) if seen.verb is Verb.DELETED else tuple(_reached(seen.data))
        yield from (("Pod", _lasting(seen, step), revision(seen.data), step) for step in reached)
    elif seen.topic == "PersistentVolumeClaim" and seen.data.get("status", {}).get("phase") == "Bound":
        yield ("PersistentVolumeClaim", seen.name, "bound")


def _lasting(seen: Observation, step: str) -> str:
    owner = controller(seen.data)
    if owner is None or owner["kind"] == "StatefulSet":
        return seen.name
    return seen.name if step == "ready" and has_lasting_name(seen.data) else f"{owner['kind']}/{owner['name']}"


def _reached(pod: Object) -> Iterator[str]:
    status = pod.get("status", {})
    if pod.get("spec", {}).get("nodeName"):
        yield "scheduled"
    for kind in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(kind, []):
            state = container.get("state", {})
            if "running" in state:
                yield f"{container['name']} runs"
            if state.get("terminated", {}).get("exitCode") == 0:
                yield f"{container['name']} is done"
    if ready(pod):
        yield "ready"
