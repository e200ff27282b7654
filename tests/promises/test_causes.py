"""A wait that cannot succeed is told why, and since when."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from harness.history.history import History
from harness.history.observation import Verb
from harness.promises.causes import Cause
from harness.promises.causes import blocked as every_cause
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


def the_set(replicas: int, **spec: Any) -> Seen:
    status = {"observedGeneration": 1, "updateRevision": "new", "currentRevision": "old"}
    metadata = {"name": "web", "uid": "set", "generation": 1}
    data = {"metadata": metadata, "spec": {"replicas": replicas, **spec}, "status": status}
    return ("StatefulSet", Verb.ADDED, "web", data)


def owned(revision: str, status: dict[str, Any]) -> Seen:
    """Return a pod of the set, of this revision, with one container."""
    topic, verb, name, data = pod(containerStatuses=[status])
    owner = {"kind": "StatefulSet", "name": "web", "controller": True}
    labels = {"controller-revision-hash": revision}
    metadata = {**data["metadata"], "labels": labels, "ownerReferences": [owner]}
    return (topic, verb, name, {**data, "metadata": metadata})


def blocked(record: History, name: str) -> Cause | None:
    """Return the likeliest cause."""
    return next(iter(every_cause(record, name)), None)


def test_nothing_stands_in_the_way_of_a_good_set() -> None:
    """While a set starts, and when it is ready, no cause is made up."""
    record = World().apply().settle().close()
    assert [end for end in range(record.end + 1) if every_cause(record.upto(end), "web")] == []


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


CRASHED = {"exitCode": 3, "finishedAt": "2026-01-01T00:00:01Z"}
"""A second after the begin of these records."""


def backoff(told: str = "10s", ended: dict[str, Any] = CRASHED) -> dict[str, Any]:
    message = f"back-off {told} restarting failed container=app pod=web-0_default(1)"
    return waiting("CrashLoopBackOff", message, restartCount=1, ready=False, lastState={"terminated": ended})


def running(**more: Any) -> dict[str, Any]:
    last = {"terminated": CRASHED}
    return {"name": "app", "restartCount": 1, "ready": False, "state": {"running": {}}, "lastState": last, **more}


def test_crashes_count_while_the_container_is_tried_again():
    """Between two crashes a container runs for a moment, and may become ready this time: that is told, not judged."""
    first = {"name": "app", "restartCount": 0, "ready": False, "state": {"terminated": CRASHED}}
    seen = [pod(phase="Running", containerStatuses=[one]) for one in (first, backoff(), running(), backoff())]
    cause = blocked(history(*seen), "web")
    assert cause is not None
    assert cause.text == "web-0: container app keeps ending with exit code 3 (CrashLoopBackOff: back-off 10s)"
    assert cause.since == 1.0
    assert blocked(history(seen[0]), "web") is None
    while_it_runs = blocked(history(*seen[:3]), "web")
    assert while_it_runs is not None
    assert while_it_runs.heals == 0


@pytest.mark.parametrize(
    ("told", "heals"),
    [("10s", 11), ("1m20s", 81), ("5m0s", 301), ("1h0m0s", 3601), ("1.5s", 2.5)],
)
def test_container_is_held_back_as_long_as_the_kubelet_says(told: str, heals: float):
    """The pause counts from the container's end, which the record shows a second after the node's own time."""
    ended = pod(phase="Running", containerStatuses=[{"name": "app", "state": {"terminated": CRASHED}}])
    cause = blocked(history(pod(), pod(), ended, pod(phase="Running", containerStatuses=[backoff(told)])), "web")
    assert cause is not None
    assert cause.heals == heals


@pytest.mark.row(45)
def test_node_whose_clock_is_ahead_makes_no_pause_longer():
    ended = {**CRASHED, "finishedAt": "2026-01-01T00:01:00Z"}
    shown = pod(phase="Running", containerStatuses=[backoff("10s", ended)])
    cause = blocked(history(pod(), shown, shown), "web")
    assert cause is not None
    assert cause.heals == 1 + 10


def test_init_container_is_held_back_like_any_other():
    cause = blocked(history(pod(initContainerStatuses=[backoff("40s")])), "web")
    assert cause is not None
    assert cause.heals == 0 + 40


def test_pause_of_a_kubelet_with_other_words_is_not_guessed():
    other = waiting("CrashLoopBackOff", "some day", restartCount=1, ready=False, lastState={"terminated": CRASHED})
    cause = blocked(history(pod(containerStatuses=[other])), "web")
    assert cause is not None
    assert cause.heals == 0


@pytest.mark.parametrize(
    ("revision", "spec", "stays"),
    [
        pytest.param("new", {}, True, id="as the set wants it"),
        pytest.param("old", {}, False, id="about to be replaced by a rollout"),
        pytest.param("old", {"updateStrategy": {"rollingUpdate": {"partition": 1}}}, True, id="below the partition"),
        pytest.param("old", {"updateStrategy": {"type": "OnDelete"}}, True, id="only replaced by a person"),
        pytest.param("new", {"ordinals": {"start": 1}}, False, id="about to be removed"),
    ],
)
@pytest.mark.parametrize("status", [backoff("5m0s"), waiting("InvalidImageName")])
def test_nothing_is_beyond_healing_in_a_pod_that_will_be_replaced(
    status: dict[str, Any], revision: str, spec: dict[str, Any], stays: bool
):
    """A rollout or a smaller set takes the pod away, and the new one may be well."""
    cause = blocked(history(the_set(1, **spec), owned(revision, status)), "web-0")
    assert cause is not None
    assert (cause.heals > 60) is stays


def test_pod_of_a_set_that_has_not_been_looked_at_may_be_replaced():
    """The controller knows nothing yet of the newest spec."""
    changed = the_set(1)
    changed[3]["metadata"]["generation"] = 2
    cause = blocked(history(changed, owned("new", waiting("InvalidImageName"))), "web-0")
    assert cause is not None
    assert cause.heals == 0


def test_only_an_invalid_image_name_is_beyond_healing():
    """An image may come to the node with another pod, also while the kubelet does not ask the registry."""
    healing = {
        reason: cause.heals
        for reason in ("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName")
        if (cause := blocked(history(pod(containerStatuses=[waiting(reason)])), "web"))
    }
    assert healing == {"ErrImagePull": 0, "ImagePullBackOff": 0, "ErrImageNeverPull": 0, "InvalidImageName": inf}


@pytest.mark.row(41)
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
    assert cause.heals == 0, "a node may get room, an image or a Secret may come"


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
