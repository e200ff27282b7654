"""What replicas tell of their members is believed only where all of them tell the same."""

from __future__ import annotations

from typing import Any

import pytest

from harness.history.history import History
from harness.history.observation import OUTPUT, STEP, Verb
from harness.promises import conditions
from harness.promises.members import MEMBERS, read
from tests.promises.histories import history

Seen = tuple[str, Verb, str, dict[str, Any]]
PODS = ["db-0", "db-1"]
OWNER: Seen = ("StatefulSet", Verb.ADDED, "db", {"metadata": {"uid": "set"}, "spec": {"serviceName": "db"}})
EVENT: Seen = (STEP, Verb.BEGAN, "it happens", {"text": "it happens"})
LISTING = "db-0 11 http://db-0.db:2380 leader\ndb-1 22 http://db-1.db:2380 voter\n"


def pod(name: str, uid: str = "", verb: Verb = Verb.ADDED) -> Seen:
    return ("Pod", verb, name, {"metadata": {"name": name, "uid": uid or name}})


def told(name: str, listing: str = LISTING, uid: str = "", **more: Any) -> Seen:
    facts = {"purpose": MEMBERS, "pod": name, "pod_uid": uid or name, "code": 0, "stdout": listing}
    return (OUTPUT, Verb.DONE, f"{name}:{MEMBERS}", facts | more)


def since(record: History) -> int:
    marks = record.of(STEP)
    return marks[-1].seq if marks else 0


def members(*seen: Seen) -> tuple[bool, str]:
    record = history(OWNER, pod("db-0"), pod("db-1"), *seen)
    answer = conditions.members_are("db", PODS).ask(record, since(record))
    return answer.met, answer.observed


def test_members_that_all_tell_the_same_are_believed() -> None:
    assert members(told("db-0"), told("db-1")) == (True, "all 2 tell of db-0 (11, leader), db-1 (22, voter)")


@pytest.mark.parametrize(
    ("listing", "doubt"),
    [
        ("db-0 11 http://db-0.db:2380 leader", "db-1 tells of db-0"),
        (LISTING + "db-2 33 http://db-2.db:2380 voter", "db-1 tells of db-0, db-1, db-2"),
        (LISTING.replace("db-0.db:", "198.51.100.7:"), "db-1 tells of db-0 at http://198.51.100.7:2380"),
        (LISTING.replace("db-0.db:", "db-0.db2:"), "db-1 tells of db-0 at http://db-0.db2:2380"),
        (LISTING.replace("voter", "learner"), "db-1 tells of db-1 as a learner"),
        (LISTING.replace("leader", "voter"), "db-1 tells of none as leading, of the members 11, 22"),
        (LISTING.replace("voter", "leader"), "db-1 tells of db-0, db-1 as leading, of the members 11, 22"),
        (LISTING.replace("22", "11"), "db-1 tells of db-0 as leading, of the members 11, 11"),
        (LISTING.replace("22", "23"), "db-1 tells of db-0 (11, leader), db-1 (23, voter)"),
        ("db-0 11\n", "db-1:members prints no member in 'db-0 11'"),
    ],
)
def test_one_replica_that_tells_otherwise_is_a_doubt(listing: str, doubt: str) -> None:
    met, observed = members(told("db-0"), told("db-1", listing))
    assert not met
    assert doubt in observed


def test_a_full_name_and_an_address_without_a_scheme_are_stable_names() -> None:
    full = LISTING.replace("http://db-0.db:2380", "db-0.db.demo.svc.cluster.local:2380")
    assert members(told("db-0", full), told("db-1", full))[0]


def test_a_replica_that_cannot_tell_is_a_doubt() -> None:
    assert members(told("db-0"), told("db-1", "", code=1, stderr="no leader")) == (False, "db-1 cannot tell: no leader")


def test_a_replica_that_told_nothing_since_the_event_is_silent() -> None:
    assert members(told("db-0"), told("db-1"), EVENT, told("db-0")) == (False, "db-1 told nothing of the members")


def test_what_a_former_pod_told_does_not_count() -> None:
    assert members(told("db-0"), told("db-1", uid="former")) == (False, "db-1 told nothing of the members")


REPLACED = (EVENT, pod("db-1", verb=Verb.DELETED), pod("db-1", "db-1-new"))


@pytest.mark.parametrize(("now", "same", "another"), [("22", True, False), ("23", False, True)])
def test_a_member_is_known_by_its_id(now: str, same: bool, another: bool) -> None:
    record = history(pod("db-1"), told("db-1"), *REPLACED, told("db-1", LISTING.replace("22", now), uid="db-1-new"))
    assert conditions.same_member("db-1").ask(record, since(record)).met is same
    assert conditions.another_member("db-1").ask(record, since(record)).met is another


def test_a_member_that_is_known_beside_its_former_self_is_neither() -> None:
    both = LISTING + "db-1 23 http://db-1.db:2380 voter"
    record = history(pod("db-1"), told("db-1"), *REPLACED, told("db-1", both, uid="db-1-new"))
    assert not conditions.same_member("db-1").ask(record, since(record)).met
    assert not conditions.another_member("db-1").ask(record, since(record)).met


@pytest.mark.parametrize(
    ("seen", "observed"),
    [
        ((pod("db-1"), *REPLACED, told("db-1", uid="db-1-new")), "before the event nobody told which member db-1 is"),
        ((pod("db-1"), told("db-1"), *REPLACED), "since the event db-1 has not told which member it is"),
        ((pod("db-1"), told("db-1"), *REPLACED, told("db-1")), "since the event db-1 has not told which member it is"),
    ],
)
def test_who_has_not_told_is_no_member(seen: tuple[Seen, ...], observed: str) -> None:
    record = history(*seen)
    assert conditions.same_member("db-1").ask(record, since(record)).observed == observed
    assert not conditions.another_member("db-1").ask(record, since(record)).met


def test_a_listing_is_read_line_by_line() -> None:
    (seen,) = history(told("db-0")).of(OUTPUT)
    assert [(one.pod, one.id, one.role) for one in read(seen)] == [("db-0", "11", "leader"), ("db-1", "22", "voter")]
