"""Pods that a scenario has given a name: which they are, and what is asked and promised of them."""

from __future__ import annotations

from typing import Any

import pytest

from harness.history.history import History
from harness.history.observation import ACTION, STEP, Verb
from harness.promises import conditions
from harness.promises.claims import claim_identity
from harness.promises.condition import Condition
from harness.promises.own_actions import NAME_PODS
from harness.promises.subjects import bears, named_pods, pods_of
from harness.promises.verdict import Outcome, Subject, Verdict, judge
from tests.promises.histories import history, whole
from tests.promises.test_recording import stored

Raw = dict[str, Any]
Told = tuple[str, Verb, str, Raw]


def pod(name: str, uid: str, *, ready: bool = True, claim: str = "", **metadata: Any) -> Raw:
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}] if claim else []
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {
        "metadata": {"name": name, "uid": uid, "labels": {"app": "db", "member": name[-1]}} | metadata,
        "spec": {"volumes": volumes, "containers": [{"name": "db", "image": "db:v1"}]},
        "status": {"phase": "Running", "conditions": conditions},
    }


def added(kind: str, body: Raw) -> Told:
    return (kind, Verb.ADDED, body["metadata"]["name"], body)


def deleted(kind: str, body: Raw) -> Told:
    return (kind, Verb.DELETED, body["metadata"]["name"], body)


def named(**facts: Any) -> Told:
    return (ACTION, Verb.DONE, "db", {"verb": NAME_PODS, "kind": "Pods", **facts})


def removed(uid: str) -> Told:
    return (ACTION, Verb.DONE, uid, {"verb": "delete", "kind": "Pod", "uid": uid})


LABELLED = named(labels={"app": "db"})


def met(condition: Condition, record: History, since: int = 0) -> bool:
    """Return what a condition says, by either of its ways."""
    said = condition.ask(record, since).met
    assert condition.met(record, since) is said
    return said


def test_name_stands_for_the_pods_with_the_labels_from_when_it_was_given() -> None:
    record = history(added("Pod", pod("a", "1")), added("Pod", pod("x", "2", labels={"app": "web"})), LABELLED)
    assert [life.name for life in pods_of(record, "db")] == ["a"]
    assert pods_of(record.upto(2), "db") == []
    assert bears(record, "db")("a")
    assert not bears(record, "db")("x")
    assert str(named_pods(record, "db")) == 'the pods labelled "app=db"'


def owner(kind: str, name: str, uid: str) -> Raw:
    return {"ownerReferences": [{"kind": kind, "name": name, "uid": uid, "controller": True}]}


def test_owner_is_found_through_what_is_between() -> None:
    record = history(
        named(owner={"kind": "Database", "name": "shop"}),
        added("Deployment", {"metadata": {"name": "d", "uid": "d1", **owner("Database", "shop", "c1")}}),
        added("ReplicaSet", {"metadata": {"name": "r", "uid": "r1", **owner("Deployment", "d", "d1")}}),
        added("Pod", pod("a", "1", **owner("Database", "shop", "c1"))),
        added("Pod", pod("b", "2", **owner("ReplicaSet", "r", "r1"))),
        added("Pod", pod("c", "3", **owner("ReplicaSet", "r", "r-of-another-life"))),
        added("Pod", pod("d", "4", **owner("Database", "market", "c2"))),
        added("Pod", pod("e", "5")),
    )
    assert [life.name for life in pods_of(record, "db")] == ["a", "b"]


def test_owners_that_own_each_other_end() -> None:
    record = history(
        named(owner={"kind": "Database", "name": "shop"}),
        added("ReplicaSet", {"metadata": {"name": "r", "uid": "r1", **owner("ReplicaSet", "r", "r1")}}),
        added("Pod", pod("a", "1", **owner("ReplicaSet", "r", "r1"))),
    )
    assert pods_of(record, "db") == []


def test_all_are_ready() -> None:
    three = [added("Pod", pod(f"db-{letter}", letter)) for letter in "xyz"]
    record = history(LABELLED, *three, removed("y"))
    assert met(conditions.all_ready("db", 3), record.upto(4))
    assert not met(conditions.all_ready("db", 2), record.upto(4))
    assert not met(conditions.all_ready("db", 3), record), "one of them is about to go"
    assert met(conditions.all_ready("db", 3, "v1"), record.upto(4))
    assert not met(conditions.all_ready("db", 3, "v2"), record.upto(4))
    assert met(conditions.count("db", 3), record)
    assert met(conditions.at_least_ready("db", 3), record)
    assert met(conditions.fewer_ready("db", 4), record)
    assert met(conditions.only_pods("db", ["db-z", "db-x", "db-y"]), record)
    assert not met(conditions.only_pods("db", ["db-x"]), record)


def test_replaced_pod_is_seen() -> None:
    first = pod("db-x", "1")
    record = history(LABELLED, added("Pod", first), removed("1"), deleted("Pod", first), added("Pod", pod("db-x", "2")))
    assert not met(conditions.none_replaced("db"), record, 2)
    assert met(conditions.none_replaced("db"), record.upto(3), 2)
    assert met(conditions.member_replaced("db", "db-x"), record, 2)
    assert not met(conditions.member_replaced("db", "db-x"), record.upto(3), 2)
    assert not met(conditions.member_replaced("db", "db-y"), record, 2)


def test_member_is_told_by_its_label_whatever_its_pods_are_called() -> None:
    first, second = pod("db-a-1", "1"), pod("db-b-2", "2")
    record = history(
        named(labels={"app": "db"}, member="member"),
        added("Pod", first),
        added("Pod", second),
        deleted("Pod", first),
        added("Pod", pod("db-c-1", "3")),
    )
    assert met(conditions.member_replaced("db", "1"), record, 3)
    assert not met(conditions.member_replaced("db", "2"), record, 3)
    assert not met(conditions.member_replaced("db", "1"), record, 1), "there was none before"


def test_at_rest_means_as_many_as_before_and_all_well() -> None:
    one, two = pod("db-x", "1"), pod("db-y", "2")
    record = history(LABELLED, added("Pod", one), added("Pod", two), deleted("Pod", two))
    rest = conditions.settled("db")
    assert met(rest, record.upto(3), 3)
    assert not met(rest, record, 3), "one has not come back"
    assert not met(rest, record.upto(1), 0), "there is none"


def test_status_of_a_set_that_never_was_has_nothing_to_tell() -> None:
    record = history(added("Pod", pod("db-x", "1")))
    assert met(conditions.reported("db"), record)


def claim(name: str, uid: str) -> Raw:
    return {"metadata": {"name": name, "uid": uid}, "spec": {}, "status": {"phase": "Pending"}}


def verdict(*told: Told) -> Verdict:
    kinds = ("Pod", "StatefulSet", "PersistentVolumeClaim", "PersistentVolume")
    proofs = [(kind, Verb.SYNCED, "", {"asked": 100.0, "lag": 0.0}) for kind in kinds]
    record = history(LABELLED, *told, *proofs)
    return judge(claim_identity, record, Subject("db"), whole(record))


FIRST, DATA = pod("db-x", "1", claim="data-x"), claim("data-x", "c1")
REPLACED = (added("PersistentVolumeClaim", DATA), added("Pod", FIRST), removed("1"), deleted("Pod", FIRST))


def test_claim_that_follows_its_member_is_kept() -> None:
    assert verdict(*REPLACED, added("Pod", pod("db-x", "2", claim="data-x"))).outcome is Outcome.KEPT


@pytest.mark.parametrize(
    ("told", "clause"),
    [
        ((added("Pod", pod("db-x", "2", claim="data-y")),), "mounts"),
        ((added("Pod", pod("db-x", "2")),), "mounts"),
        ((deleted("PersistentVolumeClaim", DATA), added("Pod", pod("db-x", "2", claim="data-x"))), "kept"),
        ((added("PersistentVolumeClaim", claim("data-x", "c2")),), "same claim"),
    ],
)
def test_claim_that_does_not_follow_its_member_is_found(told, clause) -> None:
    found = verdict(*REPLACED, *told)
    assert (found.outcome, found.clause) == (Outcome.BROKEN, clause), found.observed


def test_claim_that_goes_with_its_member_is_no_breach() -> None:
    assert verdict(*REPLACED, deleted("PersistentVolumeClaim", DATA)).outcome is Outcome.KEPT


def test_operators_pods_in_a_real_record() -> None:
    """Three members of a custom resource, rolled out one at a time: their claims follow, and two were ready always."""
    record = stored("operator")
    assert [life.name for life in pods_of(record, "shop")] == ["shop-0", "shop-1", "shop-2"]
    assert str(named_pods(record, "shop")) == 'the pods owned by Database "shop"'
    assert list(claim_identity.examine(record, Subject("shop"), whole(record))) == []
    applied = next(mark.seq for mark in record.of(STEP, name='"shop-v2" is applied'))
    views = [record.upto(end) for end in range(applied, record.end)]
    assert not any(met(conditions.fewer_ready("shop", 2), view, applied) for view in views)
    assert any(met(conditions.fewer_ready("shop", 3), view, applied) for view in views)
    assert met(conditions.all_ready("shop", 3, "1.36"), record, applied)
    assert not met(conditions.fewer_answering("shop", 2), record, applied)
    assert met(conditions.fewer_answering("shop", 3), record, applied)


def test_pods_without_claims_have_none_to_keep() -> None:
    assert verdict(added("Pod", pod("db-x", "1"))).outcome is Outcome.NOT_APPLICABLE
