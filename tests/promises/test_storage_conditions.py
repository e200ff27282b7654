"""Conditions about claims, volumes and the pods that use them, each with what must not meet it."""

from __future__ import annotations

from typing import Any

import pytest

from harness.history.history import History
from harness.history.observation import ACTION, Verb
from harness.promises import conditions
from harness.promises.condition import Answer, Condition
from tests.promises.histories import history, stamp

Raw = dict[str, Any]
Seen = tuple[str, Verb, str, Raw]

ADDED, MODIFIED, DELETED = Verb.ADDED, Verb.MODIFIED, Verb.DELETED


def claim(name: str, volume: str = "", phase: str = "", *, uid: str = "", verb: Verb = ADDED) -> Seen:
    status = {"phase": phase or ("Bound" if volume else "Pending")}
    body = {"metadata": {"name": name, "uid": uid or f"uid-{name}"}, "spec": {"volumeName": volume}, "status": status}
    return ("PersistentVolumeClaim", verb, name, body)


def volume(
    name: str, owner: str = "", phase: str = "", *, node: str = "", at: float | None = None, verb: Verb = ADDED
) -> Seen:
    spec: Raw = {"claimRef": {"name": owner, "uid": f"uid-{owner}"}} if owner else {}
    if node:
        rule = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
        spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": [{"matchExpressions": [rule]}]}}
    status: Raw = {"phase": phase or ("Bound" if owner else "Available")}
    if at is not None:
        status["lastPhaseTransitionTime"] = stamp(at, whole_seconds=True)
    return ("PersistentVolume", verb, name, {"metadata": {"name": name, "uid": name}, "spec": spec, "status": status})


def pod(
    name: str,
    *claims: str,
    node: str = "",
    running: bool = False,
    unscheduled: str = "",
    verb: Verb = ADDED,
) -> Seen:
    volumes = [{"name": one, "persistentVolumeClaim": {"claimName": one}} for one in claims]
    spec: Raw = {"volumes": volumes, "nodeName": node}
    status: Raw = {"phase": "Running" if running else "Pending", "conditions": []}
    if running:
        status["containerStatuses"] = [{"name": "app", "state": {"running": {}}, "started": True}]
    if unscheduled:
        refusal = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": unscheduled}
        status["conditions"].append(refusal)
    return ("Pod", verb, name, {"metadata": {"name": name, "uid": f"uid-{name}"}, "spec": spec, "status": status})


def ask(condition: Condition, *seen: Seen, since: int = 0) -> Answer:
    return condition.ask(history(*seen), since)


PAIR = (claim("a", "v1"), volume("v1", "a"))


def test_matched_pairs_leave_the_rest_waiting() -> None:
    """Two claims and two volumes, of which one pair is bound: the other claim waits, the other volume is free."""
    answer = ask(conditions.matched(1, ["a", "b"], ["v1", "v2"]), *PAIR, claim("b"), volume("v2"))
    assert (answer.met, answer.observed) == (True, "a has v1, b is Pending, v2 is Available")


@pytest.mark.parametrize(
    "others",
    [
        (claim("b", "v2"), volume("v2", "b")),
        (claim("b", phase="Lost"), volume("v2")),
        (claim("b"), volume("v2", phase="Released")),
        (claim("b"),),
    ],
    ids=["two pairs", "a lost claim", "a released volume", "a volume that is not there"],
)
def test_other_numbers_are_not_matched(others: tuple[Seen, ...]) -> None:
    """Exactly so many, and nothing in between."""
    assert not ask(conditions.matched(1, ["a", "b"], ["v1", "v2"]), *PAIR, *others).met


def test_one_sided_binding_is_not_matched() -> None:
    """A claim that names a volume which is another one's has it not."""
    answer = ask(conditions.matched(1, ["a"], ["v1"]), claim("a", "v1"), volume("v1", "somebody"))
    assert (answer.met, answer.observed) == (False, "a is Bound, v1 is Bound")


def test_two_claims_on_one_volume_are_told() -> None:
    """Two bound claims that name one volume share it; one that has gone does not count."""
    assert ask(conditions.shared_volume(), *PAIR, claim("b", "v1")).observed == "a and b are bound to v1"
    assert not ask(conditions.shared_volume(), *PAIR, claim("b", "v2")).met
    assert not ask(conditions.shared_volume(), *PAIR, claim("a", "v1", verb=DELETED), claim("b", "v1")).met


PHASES = ("Available", "Bound", "Released")


def life(*dated: tuple[str, float | None]) -> list[Seen]:
    return [volume("v", phase=phase, at=at, verb=MODIFIED if n else ADDED) for n, (phase, at) in enumerate(dated)]


def test_phases_passed_one_after_another() -> None:
    """The first phase of all is passed over, and a phase that is told twice is one."""
    seen = life(("Pending", 0), ("Available", 1), ("Available", 1), ("Bound", 3), ("Released", 4))
    assert ask(conditions.passed_phases("v", *PHASES), *seen).met


@pytest.mark.parametrize(
    ("dated", "told"),
    [
        ([("Available", 0), ("Bound", 1)], "Available, then Bound"),
        ([("Bound", 0), ("Available", 1), ("Released", 2)], "Bound, then Available, then Released"),
        ([("Available", 0), ("Bound", 1), ("Released", None)], "without a date"),
        ([("Available", 0), ("Bound", 1), ("Bound", 1), ("Released", 1)], "a date that did not move"),
        ([("Available", 1), ("Bound", 2), ("Released", 0)], "a date that did not move"),
    ],
)
def test_phases_in_another_order_or_without_dates(dated: list[tuple[str, float | None]], told: str) -> None:
    """Order, presence and dates all count."""
    answer = ask(conditions.passed_phases("v", *PHASES), *life(*dated))
    assert not answer.met
    assert told in answer.observed


def test_what_was_gone_before_does_not_go() -> None:
    """Only what was there when the event came can go because of it."""
    here, gone = volume("v"), volume("v", verb=DELETED)
    assert ask(conditions.went("v", "PersistentVolume"), here, gone, since=1).met
    assert ask(conditions.went("v", "PersistentVolume"), here, since=1).observed == "PersistentVolume v is there"
    assert "was gone before" in ask(conditions.went("v", "PersistentVolume"), here, gone, since=2).observed


def test_refusal_is_of_this_claim() -> None:
    """The event must be about the very claim, and the claim must wait."""

    def told(uid: str, reason: str = "ProvisioningFailed") -> Seen:
        involved = {"name": "a", "uid": uid}
        return ("Event", ADDED, "e", {"reason": reason, "message": "no raw devices", "involvedObject": involved})

    wanted = conditions.refused_volume("a")
    assert ask(wanted, claim("a"), told("uid-a")).observed == "a is Pending: no raw devices"
    assert ask(wanted, claim("a"), told("uid-a")).met
    assert not ask(wanted, claim("a"), told("another")).met
    assert not ask(wanted, claim("a"), told("uid-a", "WaitForFirstConsumer")).met
    assert not ask(wanted, claim("a", "v"), told("uid-a")).met


def test_claim_used_before_is_the_same_one() -> None:
    """A pod must use it, and it must be the one that was there when the event came."""
    wanted = conditions.used_before("p", "a")
    assert ask(wanted, claim("a", "v"), pod("p", "a"), since=1).met
    assert ask(wanted, pod("p", "a"), claim("a", "v"), since=1).observed == "p uses a; a is another one"
    assert ask(wanted, claim("a", "v"), pod("p"), since=1).observed == "p uses no claim; a is the one it was"
    assert not ask(wanted, claim("a", "v"), since=1).met


def test_use_is_by_any_pod() -> None:
    """A claim that is mounted by some pod is used."""
    assert ask(conditions.used("a"), claim("a"), pod("p", "b"), pod("q", "a")).met
    assert not ask(conditions.used("a"), claim("a"), pod("p", "b")).met


def test_unschedulable_says_why() -> None:
    """The scheduler must have said no, and for this reason."""
    refused = pod("p", unscheduled="0/3 nodes: claim is being deleted")
    assert ask(conditions.unschedulable("p", "is being deleted"), refused).met
    assert not ask(conditions.unschedulable("p", "affinity"), refused).met
    assert not ask(conditions.unschedulable("p"), pod("p", node="n", running=True)).met


def test_two_run_only_at_the_same_moment() -> None:
    """One after the other is not at once; a pod that waits does not run."""
    both = conditions.both_run("p", "q")
    assert ask(both, pod("p", running=True), pod("q", running=True)).met
    assert not ask(both, pod("p", running=True), pod("q")).met
    gone = pod("p", running=True, verb=DELETED)
    assert not ask(both, pod("p", running=True), gone, pod("q", running=True)).met


def test_mount_that_failed_says_why() -> None:
    """The event must be about the very pod, and for this reason."""

    def told(uid: str, reason: str = "FailedMount") -> Seen:
        involved = {"name": "p", "uid": uid}
        message = "type check failed: /x is not a directory"
        return ("Event", ADDED, "e", {"reason": reason, "message": message, "involvedObject": involved})

    wanted = conditions.unmounted("p", "is not a directory")
    assert ask(wanted, pod("p", node="n"), told("uid-p")).met
    assert not ask(wanted, pod("p", node="n"), told("another")).met
    assert not ask(wanted, pod("p", node="n"), told("uid-p", "Pulled")).met
    assert not ask(conditions.unmounted("p", "timed out"), pod("p", node="n"), told("uid-p")).met
    assert ask(wanted, pod("p", node="n")).observed == "p is Pending: no mount has failed"


def test_pod_that_runs_has_started() -> None:
    """Silence about containers is no start; a missing pod is no answer."""
    assert ask(conditions.never_started("p"), pod("p", node="n")).met
    assert not ask(conditions.never_started("p"), pod("p", node="n", running=True)).met
    assert not ask(conditions.never_started("p")).met
    left_out: Seen = (ACTION, Verb.DONE, "p", {"verb": "leave out", "kind": "Pod"})
    assert ask(conditions.never_started("p"), left_out).met
    assert not ask(conditions.never_started("q"), left_out).met
    assert not ask(conditions.never_started("p"), left_out, pod("p", node="n", running=True)).met


@pytest.mark.parametrize(
    ("nodes", "different", "met"),
    [(("n1", "n2"), True, True), (("n1", "n1"), True, False), (("n1", "n1"), False, True), (("n1", ""), False, False)],
)
def test_pods_share_a_node_or_do_not(nodes: tuple[str, str], different: bool, met: bool) -> None:
    """All on one node, or each on another; a pod without a node is on none."""
    seen = [pod("p", node=nodes[0]), pod("q", node=nodes[1])]
    assert ask(conditions.on_nodes(["p", "q"], different=different), *seen).met is met


def test_pod_is_where_its_volume_is() -> None:
    """A node from which the volume cannot be reached is named; the host name counts, not the node's name."""
    seen = [claim("a", "v"), volume("v", "a", node="host-1"), pod("p", "a", node="n1")]
    wanted = conditions.on_nodes(["p"], different=True)
    assert ask(wanted, *seen).observed == "p is on n1; away from its volume: p"
    labels = {"kubernetes.io/hostname": "host-1"}
    node: Seen = ("Node", ADDED, "n1", {"metadata": {"name": "n1", "uid": "n1", "labels": labels}})
    assert ask(wanted, node, *seen).met


def test_no_condition_is_met_by_nothing() -> None:
    """An empty record meets none of them."""
    empty = History([])
    for condition in (
        conditions.matched(1, ["a"], ["v"]),
        conditions.shared_volume(),
        conditions.passed_phases("v", "Available"),
        conditions.went("v", "PersistentVolume"),
        conditions.refused_volume("a"),
        conditions.used("a"),
        conditions.unschedulable("p"),
        conditions.both_run("p", "q"),
        conditions.on_nodes(["p"], different=False),
    ):
        assert not condition.ask(empty, 0).met, condition.expected
