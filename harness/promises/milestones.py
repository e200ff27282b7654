"""What shows that a cluster moves on: the milestones that pods and claims reach, and the pauses in between."""

from __future__ import annotations

from collections.abc import Iterator

from harness.history.observation import Observation, Verb
from harness.model import Object
from harness.promises.ownership import controller, has_lasting_name
from harness.promises.pods import ready, revision

__all__ = ["TEMPLATED", "Milestone", "milestones", "pause_s"]

Milestone = tuple[str, ...]
TEMPLATED = ("StatefulSet", "Deployment")
"""Kinds whose objects say how their pods will be."""
_GRACE_S = 30.0
"""What every pod has to end in, if nothing else is said (`terminationGracePeriodSeconds`)."""


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


def pause_s(body: Object) -> float:
    """
    Return for how many seconds a pod, or the pods of a workload, may go without a milestone because they ask for it.

    That is until a probe asks for the first time, until a startup probe gives up, until a ready pod is available, or
    until a pod that takes more than the usual time has ended.
    """
    spec = body.get("spec") or {}
    pod = (spec.get("template") or {}).get("spec") or spec
    containers = [*(pod.get("initContainers") or ()), *(pod.get("containers") or ())]
    ending_s = float(pod.get("terminationGracePeriodSeconds") or 0) - _GRACE_S
    return max(float(spec.get("minReadySeconds") or 0), ending_s, *map(_probed_s, containers), 0.0)


def _probed_s(container: Object) -> float:
    startup, readiness = container.get("startupProbe") or {}, container.get("readinessProbe") or {}
    failures = int(startup.get("failureThreshold") or 3) if startup else 0
    again = int(readiness.get("successThreshold") or 1) - 1
    return max(_delayed_s(startup, failures), _delayed_s(readiness, again))


def _delayed_s(probe: Object, times: int) -> float:
    return float(probe.get("initialDelaySeconds") or 0) + times * float(probe.get("periodSeconds") or 10)


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
