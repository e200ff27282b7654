"""A wait that cannot succeed is told why, and since when."""

from __future__ import annotations

from typing import Any

import pytest

from harness.history.observation import Verb
from harness.promises.causes import blocked
from tests.promises.histories import World, history

Seen = tuple[str, Verb, str, dict[str, Any]]


def pod(name: str = "web-0", verb: Verb = Verb.MODIFIED, **status: Any) -> Seen:
    volumes = [{"name": "www", "persistentVolumeClaim": {"claimName": f"www-{name}"}}]
    data = {
        "metadata": {"name": name, "uid": name},
        "spec": {"containers": [], "volumes": volumes},
        "status": {"phase": "Pending", **status},
    }
    return ("Pod", verb, name, data)


def waiting(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    return {"name": "app", "image": "app:none", "state": {"waiting": {"reason": reason, "message": message}}, **more}


def event(name: str, reason: str, message: str, uid: str = "event") -> Seen:
    data = {"metadata": {"uid": uid}, "involvedObject": {"name": name}, "reason": reason, "message": message}
    return ("Event", Verb.ADDED, uid, data)


def claim(phase: str) -> Seen:
    data = {"metadata": {"name": "www-web-0", "uid": "claim"}, "spec": {}, "status": {"phase": phase}}
    return ("PersistentVolumeClaim", Verb.ADDED, "www-web-0", data)


def the_set(replicas: int) -> Seen:
    return (
        "StatefulSet",
        Verb.ADDED,
        "web",
        {"metadata": {"name": "web", "uid": "set"}, "spec": {"replicas": replicas}},
    )


def test_nothing_stands_in_the_way_of_a_good_set() -> None:
    """While a set starts, and when it is ready, no cause is made up."""
    record = World().apply().settle().close()
    assert [end for end in range(record.end + 1) if blocked(record.upto(end), "web")] == []


def test_image_counts_from_its_first_failure() -> None:
    """ErrImagePull and ImagePullBackOff alternate; the cause has stood since the first."""
    record = history(
        pod(verb=Verb.ADDED),
        pod(containerStatuses=[waiting("ContainerCreating")]),
        pod(containerStatuses=[waiting("ErrImagePull")]),
        pod(containerStatuses=[waiting("ImagePullBackOff")]),
        pod(containerStatuses=[waiting("ErrImagePull")]),
    )
    cause = blocked(record, "web")
    assert cause is not None
    assert cause.text == "web-0: image app:none cannot be had (ErrImagePull)"
    assert cause.since == 2.0
    assert [one.seq for one in cause.events] == [2, 4]
    assert blocked(record, "web-0") == cause
    assert blocked(record, "other") is None


def test_event_may_come_before_the_claim_it_is_about() -> None:
    """Two streams have no order between them; an event of a former claim is told apart by its uid."""
    told = event("www-web-0", "ProvisioningFailed", "no such plugin")
    about = {"name": "www-web-0", "uid": "claim"}
    early = (*told[:3], {**told[3], "involvedObject": about})
    cause = blocked(history(early, claim("Pending"), pod(verb=Verb.ADDED)), "web")
    assert cause is not None
    assert cause.text == "claim www-web-0 stays Pending, so web-0 cannot start: no such plugin"
    foreign = (*told[:3], {**told[3], "involvedObject": {**about, "uid": "former"}})
    assert blocked(history(foreign, claim("Pending"), pod(verb=Verb.ADDED)), "web") is None


def test_progress_ends_a_cause() -> None:
    """An image that could be had after all stands in nobody's way."""
    record = history(
        pod(containerStatuses=[waiting("ErrImagePull")]), pod(containerStatuses=[waiting("PodInitializing")])
    )
    assert blocked(record, "web") is None


def test_crashes_count_while_the_container_is_tried_again() -> None:
    """Between two crashes a container runs for a moment; that is no progress until it is ready."""
    crashed = {"terminated": {"exitCode": 3}}
    running = {"name": "app", "restartCount": 1, "ready": False, "state": {"running": {}}, "lastState": crashed}
    backoff = waiting("CrashLoopBackOff", restartCount=1, ready=False, lastState=crashed)
    first = {"name": "app", "restartCount": 0, "ready": False, "state": crashed}
    seen = [pod(phase="Running", containerStatuses=[one]) for one in (first, backoff, running, backoff)]
    cause = blocked(history(*seen), "web")
    assert cause is not None
    assert cause.text == "web-0: container app keeps ending with exit code 3 (CrashLoopBackOff)"
    assert cause.since == 1.0
    assert blocked(history(seen[0]), "web") is None


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (
            {
                "conditions": [
                    {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 fit"}
                ]
            },
            "web-0: no node fits: 0/1 fit",
        ),
        (
            {"containerStatuses": [waiting("CreateContainerConfigError", "secret not found")]},
            "web-0: container app cannot start: secret not found",
        ),
        (
            {"initContainerStatuses": [waiting("ImagePullBackOff")]},
            "web-0: image app:none cannot be had (ImagePullBackOff)",
        ),
    ],
)
def test_pod_that_cannot_start(status: dict[str, Any], text: str) -> None:
    """What the pod itself says is told."""
    cause = blocked(history(pod(verb=Verb.ADDED, **status)), "web")
    assert cause is not None
    assert cause.text == text


def test_claim_comes_before_the_pod_that_waits_for_it() -> None:
    """A pod is unschedulable because its claim cannot bind: the claim is the cause."""
    unschedulable = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "unbound claims"}
    record = history(
        claim("Pending"),
        pod(verb=Verb.ADDED, conditions=[unschedulable]),
        event("www-web-0", "FailedBinding", "no persistent volumes available"),
    )
    cause = blocked(record, "web")
    assert cause is not None
    assert cause.text == "claim www-web-0 stays Pending, so web-0 cannot start: no persistent volumes available"
    assert cause.since == 2.0
    bound = history(claim("Bound"), pod(verb=Verb.ADDED), event("www-web-0", "FailedBinding", "not yet"))
    assert blocked(bound, "web") is None


def test_claim_that_waits_for_its_pod_is_no_cause() -> None:
    """A class that binds with the first consumer lets a claim wait; nothing is wrong."""
    waits = event("www-web-0", "WaitForFirstConsumer", "waiting for first consumer")
    assert blocked(history(claim("Pending"), pod(verb=Verb.ADDED), waits), "web") is None


def test_refused_pod() -> None:
    """A quota or an admission refuses a pod of the set; one that was let in later ends the cause."""
    refused = event("web", "FailedCreate", "exceeded quota")
    cause = blocked(history(the_set(2), pod(verb=Verb.ADDED, phase="Running"), refused), "web")
    assert cause is not None
    assert (cause.text, cause.since) == ("a pod is refused: exceeded quota", 2.0)
    assert blocked(history(the_set(1), refused, pod(verb=Verb.ADDED, phase="Running")), "web") is None


def test_mount_that_keeps_failing() -> None:
    """A mount that failed once, or for several reasons, is tried again; the same failure over and over stands."""
    failed, other = event("web-0", "FailedMount", "no such file"), event("web-0", "FailedMount", "not bound yet")
    new = pod(verb=Verb.ADDED)
    assert blocked(history(new, failed), "web") is None
    assert blocked(history(new, failed, failed, failed), "web") is None
    assert blocked(history(new, other, failed, step_s=10), "web") is None
    cause = blocked(history(new, other, failed, failed, step_s=10), "web")
    assert cause is not None
    assert (cause.text, cause.since) == ("web-0: no such file", 20.0)
    assert blocked(history(new, failed, failed, pod(phase="Running"), step_s=10), "web") is None
