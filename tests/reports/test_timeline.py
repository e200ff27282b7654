"""What a timeline shows of a history."""

from __future__ import annotations

from itertools import pairwise

import pytest

from harness.history.history import History
from harness.history.observation import ACTION, ANSWER, SAMPLE, Observation, Verb
from harness.reports.timeline import timeline_of
from tests.promises.histories import history


@pytest.fixture(scope="module")
def timeline(recorded):
    return timeline_of(recorded)


def lane(timeline, group, name=""):
    [found] = [one for one in timeline.lanes if (one.group, one.name) == (group, name)]
    return found


def pod(uid: str, *, phase: str = "Pending", **more) -> dict:
    metadata = {"name": "web-0", "uid": uid, "labels": {"controller-revision-hash": "web-v1"}}
    return {"metadata": metadata, "status": {"phase": phase, **more}}


def looks(*states: dict) -> list[str]:
    seen = [("Pod", Verb.MODIFIED if number else Verb.ADDED, "web-0", state) for number, state in enumerate(states)]
    return [stretch.state.look for stretch in lane(timeline_of(history(*seen)), "replicas", "web-0").stretches]


def test_a_replica_goes_through_its_states_and_comes_back(timeline):
    stretches = lane(timeline, "replicas", "web-1").stretches

    assert [stretch.state.look for stretch in stretches[:7]] == [
        *("pending", "running", "ready", "terminating"),
        *("pending", "running", "ready"),
    ]
    assert all(one.end <= other.begin for one, other in pairwise(stretches))


def test_a_new_uid_and_a_removal_are_marked(timeline):
    marks = [point.look for point in lane(timeline, "replicas", "web-1").points if point.look in ("created", "removed")]

    assert marks == ["created", "removed", "created", "removed", "created"]


def test_revisions_have_shades_in_the_order_in_which_they_appeared(timeline):
    states = [stretch.state for stretch in lane(timeline, "replicas", "web-2").stretches]

    assert {(state.text, state.shade) for state in states} == {("v1", 0), ("v2", 1)}


def test_lanes_are_in_the_order_of_ordinals():
    names = [f"web-{ordinal}" for ordinal in (10, 2, 0)]
    seen = [("Pod", Verb.ADDED, name, {**pod(name), "metadata": {"name": name, "uid": name}}) for name in names]

    assert [one.name for one in timeline_of(history(*seen)).lanes] == ["web-0", "web-2", "web-10"]


def test_a_container_that_cannot_start_is_failing():
    waiting = {"name": "app", "state": {"waiting": {"reason": "ImagePullBackOff"}}}
    creating = {"name": "app", "state": {"waiting": {"reason": "ContainerCreating"}}}

    assert looks(pod("a", containerStatuses=[creating]), pod("a", containerStatuses=[waiting])) == [
        "pending",
        "failing",
    ]


def test_a_pod_whose_init_containers_run_is_in_init():
    running = {"name": "seed", "state": {"running": {}}}

    assert looks(pod("a"), pod("a", initContainerStatuses=[running]), pod("a", phase="Succeeded")) == [
        *("pending", "init", "ended"),
    ]


def test_what_the_scenario_did_stands_on_its_own_lane_and_on_that_of_the_object(timeline):
    deleted = [point for point in lane(timeline, "done by the scenario").points if point.text.startswith("delete web-")]

    assert [point.text for point in deleted] == ["delete web-1", "delete web-0", "delete web-2"]
    assert deleted[1].seq in {point.seq for point in lane(timeline, "replicas", "web-0").points}


def test_an_answer_names_the_pod_that_has_the_address(timeline):
    [led, nowhere] = lane(timeline, "DNS names", "web-4.web-svc.ns.svc.cluster.local").stretches

    assert led.state.text.endswith(" (web-4)")
    assert nowhere.state.text == "NXDOMAIN"


def test_an_answer_with_the_address_of_a_pod_that_is_gone_says_so():
    stale = {"question": "web-0.svc", "type": "A", "rcode": "NOERROR", "records": ["10.0.0.1"]}
    had = pod("a", phase="Running", podIP="10.0.0.1")

    seen = history(
        ("Pod", Verb.ADDED, "web-0", had), ("Pod", Verb.DELETED, "web-0", had), (ANSWER, Verb.DONE, "web-0.svc", stale)
    )

    assert lane(timeline_of(seen), "DNS names", "web-0.svc").stretches[0].state.text == "10.0.0.1 (web-0, gone)"


def done(verb: str, name: str, *, kind: str = "Pod", **more: str) -> tuple:
    return (ACTION, Verb.DONE, name, {"verb": verb, "kind": kind, **more})


def test_a_fault_lasts_until_the_action_it_names_or_the_end():
    seen = history(
        done("make unready", "web-0", until="make ready"),
        done("freeze", "n1", kind="Node", until="thaw"),
        done("thaw", "n1"),  # a pod of the same name
        done("make ready", "web-0"),
        ("Pod", Verb.SYNCED, "", {"asked": 4, "lag": 0}),
    )

    faults = {one.name: one.stretches for one in timeline_of(seen).lanes if one.group == "faults"}

    assert [(one.begin, one.end, one.state.text) for one in faults["web-0"]] == [(0, 3, "make unready")]
    assert [(one.begin, one.end) for one in faults["n1"]] == [(1, 4)]


def test_a_fault_that_comes_again_stands_on_the_same_lane_and_what_heals_is_none():
    seen = history(
        done("cut off", "n1", until="join"),
        done("cut off", "n1", until="join"),
        done("join", "n1"),
        done("cut off", "n1", until="join"),
        done("delete", "n1"),
    )

    [lane_of_faults] = [one for one in timeline_of(seen).lanes if one.group == "faults"]

    assert [(one.begin, one.end) for one in lane_of_faults.stretches] == [(0, 2), (3, 4)]


def test_a_gap_lies_on_the_lane_that_it_concerns():
    seen = history(
        ("Pod", Verb.ADDED, "web-0", pod("a")),
        ("Pod", Verb.GAP, "web-0", {"uid": "a", "since": 0.5}),
        ("Pod", Verb.MODIFIED, "web-0", pod("a", phase="Running")),
    )

    assert lane(timeline_of(seen), "replicas", "web-0").gaps == ((0.5, 1.0),)


def test_a_warning_stands_on_the_lane_of_what_it_is_about():
    told = {"metadata": {"name": "e", "uid": "e"}, "type": "Warning", "reason": "Failed", "message": "no such image"}
    about = {"involvedObject": {"kind": "Pod", "name": "web-0"}}

    seen = history(("Pod", Verb.ADDED, "web-0", pod("a")), ("Event", Verb.ADDED, "e", told | about))

    [_, warning] = lane(timeline_of(seen), "replicas", "web-0").points
    assert (warning.look, warning.text) == ("warning", "warning Failed: no such image")


def test_a_service_tells_how_many_of_its_addresses_are_ready():
    def listing(*ready: int) -> dict:
        metadata = {"name": "svc-1", "uid": "s", "labels": {"kubernetes.io/service-name": "svc"}}
        return {"metadata": metadata, "endpoints": [{"conditions": {"ready": bool(one)}} for one in ready]}

    seen = history(
        ("EndpointSlice", Verb.ADDED, "svc-1", listing(0)),
        ("EndpointSlice", Verb.MODIFIED, "svc-1", listing(1, 1)),
        ("EndpointSlice", Verb.DELETED, "svc-1", listing(1, 1)),
    )

    assert [one.state.text for one in lane(timeline_of(seen), "services", "svc").stretches] == [
        *("0 ready", "2 ready", "0 ready"),
    ]


def test_a_node_has_a_lane_only_if_something_happened_to_it():
    def node(name: str, status: str) -> dict:
        return {
            "metadata": {"name": name, "uid": name},
            "status": {"conditions": [{"type": "Ready", "status": status}]},
        }

    seen = history(
        ("Node", Verb.LISTED, "n1", node("n1", "True")),
        ("Node", Verb.LISTED, "n2", node("n2", "True")),
        ("Node", Verb.MODIFIED, "n2", node("n2", "Unknown")),
    )

    assert [(one.name, one.stretches[-1].state.text) for one in timeline_of(seen).lanes] == [("n2", "not ready")]


def test_a_step_that_never_ended_lasts_until_the_end_and_has_failed():
    seen = History([Observation(0, 1.0, "", "step", Verb.BEGAN, "a set"), Observation(1, 4.0, "", "x", Verb.DONE)])

    [step] = timeline_of(seen).steps
    assert (step.begin, step.end, step.outcome) == (1.0, 4.0, "failed")


def test_what_a_client_was_told_stands_on_lanes_of_its_own():
    """One for each member and name that it asks, one for its writes; a hole is hatched."""
    told = [
        {"kind": "answer", "subject": "web-0", "outcome": "ok", "clock": 0.0},
        {"kind": "answer", "subject": "web-0", "outcome": "failed", "clock": 1.0},
        {"kind": "name", "subject": "web-0.svc", "outcome": "10.0.0.1", "clock": 2.0},
        {"kind": "write", "subject": "k1", "outcome": "began", "clock": 3.0},
        {"kind": "write", "subject": "k1", "outcome": "ok", "clock": 4.0},
        {"kind": "write", "subject": "k2", "outcome": "unknown", "clock": 5.0},
    ]
    hole = {"kind": "answer", "subject": "web-0", "since": 1.0}
    seen = history(*((SAMPLE, Verb.DONE, "visitor", data) for data in told), (SAMPLE, Verb.GAP, "visitor", hole))

    timeline = timeline_of(seen)

    looks = {
        one.name: [stretch.state.look for stretch in one.stretches] for one in timeline.lanes if one.group == "clients"
    }
    assert looks == {
        "visitor: web-0": ["ready", "failing"],
        "visitor: web-0.svc": ["leads"],
        "visitor: writes": ["ready", "failing"],
    }
    assert lane(timeline, "clients", "visitor: web-0").gaps == ((1.0, seen.now),)
    assert lane(timeline, "clients", "visitor: writes").gaps == ()
