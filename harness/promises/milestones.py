"""What shows that a cluster moves on: the milestones that pods and claims reach, each of them once."""

from __future__ import annotations

from collections.abc import Iterator

from harness.history.observation import Observation, Verb
from harness.model import Object
from harness.promises.ownership import controller
from harness.promises.pods import ready, revision

__all__ = ["Milestone", "milestones"]

Milestone = tuple[str, ...]


def milestones(seen: Observation) -> Iterator[Milestone]:
    """
    Yield what an observation shows to have been reached.

    Pods are told apart by what never runs out: by their names and revisions, but pods of random names by who makes
    them. So what fails and is made anew for ever reaches no new milestone.
    """
    if seen.topic == "Pod" and seen.is_state:
        which = (_lasting(seen), revision(seen.data))
        reached = ("gone",) if seen.verb is Verb.DELETED else tuple(_reached(seen.data))
        yield from (("Pod", *which, step) for step in reached)
    elif seen.topic == "PersistentVolumeClaim" and seen.data.get("status", {}).get("phase") == "Bound":
        yield ("PersistentVolumeClaim", seen.name, "bound")


def _lasting(seen: Observation) -> str:
    owner = controller(seen.data)
    return seen.name if owner is None or owner["kind"] == "StatefulSet" else f"{owner['kind']}/{owner['name']}"


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
