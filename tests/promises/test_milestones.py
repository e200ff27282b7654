"""A cluster moves on where it reaches what it has not reached before, and never by doing the same again."""

from __future__ import annotations

from typing import Any

import pytest

from harness.history.observation import STEP, Verb
from harness.promises.milestones import milestones, pause_s
from tests.promises.histories import World, history

READY = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}


def pod(name: str = "web-0", kind: str = "StatefulSet", owner: str = "web", **status: Any) -> dict[str, Any]:
    labels = {"controller-revision-hash": "one"}
    owners = [{"kind": kind, "name": owner, "controller": True}]
    metadata = {"name": name, "uid": name, "labels": labels, "ownerReferences": owners}
    return {"metadata": metadata, "spec": {}, "status": status}


def reached(*seen: tuple[str, Verb, str, dict[str, Any]]) -> list[str]:
    return [" ".join(milestone) for one in history(*seen) for milestone in milestones(one)]


@pytest.mark.parametrize(
    ("status", "milestone"),
    [
        ({"initContainerStatuses": [{"name": "fetch", "state": {"running": {}}}]}, "fetch runs"),
        ({"initContainerStatuses": [{"name": "fetch", "state": {"terminated": {"exitCode": 0}}}]}, "fetch is done"),
        ({"containerStatuses": [{"name": "app", "state": {"running": {}}}]}, "app runs"),
        (READY, "ready"),
    ],
)
def test_a_pod_moves_on(status: dict[str, Any], milestone: str):
    assert reached(("Pod", Verb.MODIFIED, "web-0", pod(**status))) == [f"Pod web-0 one {milestone}"]


@pytest.mark.parametrize(
    "status",
    [
        {"containerStatuses": [{"name": "app", "state": {"terminated": {"exitCode": 1}}}]},
        {"containerStatuses": [{"name": "app", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]},
        {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}]},
    ],
)
def test_failing_is_no_progress(status: dict[str, Any]):
    assert reached(("Pod", Verb.MODIFIED, "web-0", pod(**status))) == []


def test_pods_find_nodes_and_go_and_claims_are_bound():
    placed = pod() | {"spec": {"nodeName": "node-1"}}
    bound = {"metadata": {"name": "data", "uid": "c"}, "status": {"phase": "Bound"}}
    assert reached(
        ("Pod", Verb.MODIFIED, "web-0", placed),
        ("Pod", Verb.DELETED, "web-0", placed),
        ("PersistentVolumeClaim", Verb.MODIFIED, "data", bound),
        ("PersistentVolumeClaim", Verb.MODIFIED, "other", {**bound, "status": {"phase": "Pending"}}),
        (STEP, Verb.BEGAN, "a step", {}),
    ) == ["Pod web-0 one scheduled", "Pod web-0 one gone", "PersistentVolumeClaim data bound"]


def test_pods_that_are_made_anew_for_ever_reach_nothing_new():
    """A deployment gives each a name of its own."""
    pods = [
        ("Pod", verb, f"shop-{number}", pod(f"shop-{number}", "ReplicaSet", "shop-1", **READY))
        for number in range(3)
        for verb in (Verb.ADDED, Verb.DELETED)
    ]
    assert set(reached(*pods)) == {"Pod ReplicaSet/shop-1 one ready", "Pod ReplicaSet/shop-1 one gone"}


def test_members_of_a_custom_resource_become_ready_one_after_another():
    pods = [pod(f"shop-{number}", "Database", "shop", **READY) for number in range(2)]
    assert reached(*(("Pod", Verb.MODIFIED, one["metadata"]["name"], one) for one in pods)) == [
        "Pod shop-0 one ready",
        "Pod shop-1 one ready",
    ]
    pods[1]["metadata"]["generateName"] = "shop-"
    assert reached(("Pod", Verb.MODIFIED, "shop-1", pods[1])) == ["Pod Database/shop one ready"]


def test_a_whole_record_reaches_something():
    record = World().apply().settle().close()
    assert any(milestone for one in record for milestone in milestones(one))


@pytest.mark.parametrize(
    ("container", "pause"),
    [
        ({}, 0),
        ({"readinessProbe": {"periodSeconds": 5, "failureThreshold": 99}}, 0),
        ({"readinessProbe": {"initialDelaySeconds": 45}}, 45),
        ({"readinessProbe": {"initialDelaySeconds": 45, "periodSeconds": 60, "successThreshold": 3}}, 165),
        ({"startupProbe": {"periodSeconds": 10}}, 30),
        ({"startupProbe": {"initialDelaySeconds": 5, "periodSeconds": 20, "failureThreshold": 30}}, 605),
    ],
)
def test_a_probe_asks_for_the_time_before_it_can_be_answered(container, pause):
    spec = {"containers": [{"name": "helper"}, {"name": "web", **container}]}

    assert pause_s({"spec": spec}) == pause_s({"spec": {"template": {"spec": spec}}}) == pause


def test_a_pause_may_be_asked_for_after_readiness_and_before_an_end():
    slow = {"terminationGracePeriodSeconds": 300, "containers": []}

    assert pause_s({"spec": {"minReadySeconds": 150, "template": {"spec": {"containers": []}}}}) == 150
    assert pause_s({"spec": {"minReadySeconds": 150, "template": {"spec": slow}}}) == 270
    assert pause_s({"spec": {"terminationGracePeriodSeconds": 30, "containers": []}}) == 0
