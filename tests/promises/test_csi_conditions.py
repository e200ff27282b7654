"""Conditions about growth, attachment and copies of volumes, each with what must not meet it."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from harness.history.history import History
from harness.history.observation import ACTION, OUTPUT, Verb
from harness.promises import conditions
from tests.promises.histories import history

Raw = dict[str, Any]
Seen = tuple[str, Verb, str, Raw]

ADDED, MODIFIED, DELETED = Verb.ADDED, Verb.MODIFIED, Verb.DELETED
CLAIM = "PersistentVolumeClaim"


def claim(
    size: str = "1Gi", *told: str, name: str = "data", uid: str = "u1", verb: Verb = MODIFIED, **status: Any
) -> Seen:
    pending = [{"type": kind, "status": "True"} for kind in told]
    spec: Raw = {"volumeName": f"pv-{uid}", "resources": {"requests": {"storage": "2Gi"}}}
    spec |= status.pop("spec", {})
    metadata = {"name": name, "uid": uid} | status.pop("metadata", {})
    status = {"phase": "Bound", "capacity": {"storage": size}, "conditions": pending, **status}
    return (CLAIM, verb, name, {"metadata": metadata, "spec": spec, "status": status})


def volume(size: str = "1Gi", attributes: str = "", uid: str = "u1") -> Seen:
    spec = {"capacity": {"storage": size}, "volumeAttributesClassName": attributes or None}
    return ("PersistentVolume", MODIFIED, f"pv-{uid}", {"metadata": {"name": f"pv-{uid}", "uid": uid}, "spec": spec})


def asked(verb: str, what: str) -> Seen:
    return (ACTION, Verb.DONE, "data", {"verb": verb, "kind": CLAIM, "uid": "u1", "asked": what})


GROWN = (claim("1Gi", verb=ADDED), volume("1Gi"), volume("2Gi"), claim("2Gi"))


def test_a_claim_has_grown_when_it_and_its_volume_hold_more_than_once() -> None:
    record = history(*GROWN)
    assert conditions.grown("data", "2Gi").ask(record, 0).met
    assert not conditions.grown("data", "2Gi").ask(record.upto(3), 0).met
    assert conditions.holds("data", "2Gi").ask(record, 0).met
    unused = history(*GROWN[:3], claim("2Gi", "Unused"))
    assert conditions.grown("data", "2Gi").ask(unused, 0).met, "that nobody uses it has nothing to do with its size"


@pytest.mark.parametrize(
    ("record", "observed"),
    [
        (GROWN[:3], "data holds 1Gi, its volume 2Gi"),
        ((GROWN[0], GROWN[1], GROWN[3]), "data holds 2Gi, its volume 1Gi"),
        ((*GROWN[:3], claim("2Gi", "FileSystemResizePending")), "(FileSystemResizePending)"),
        ((*GROWN[:3], claim("2Gi", metadata={"deletionTimestamp": "t"})), "its deletion was asked for"),
        ((claim("2Gi", verb=ADDED), volume("2Gi")), "never held less"),
        ((claim("1Gi", verb=DELETED), volume("2Gi"), claim("2Gi", uid="u2"), volume("2Gi", uid="u2")), "never held"),
        ((GROWN[0], GROWN[3]), "its volume is not there"),
        ((), "claim data does not exist"),
    ],
)
def test_what_has_not_grown(record: tuple[Seen, ...], observed: str) -> None:
    answer = conditions.grown("data", "2Gi").ask(history(*record), 0)
    assert not answer.met
    assert observed in answer.observed


def test_other_attributes_are_those_that_were_asked_for_on_claim_and_volume() -> None:
    wanted: Raw = {"spec": {"volumeAttributesClassName": "gold"}}
    before, after = claim(**wanted), claim(**wanted, currentVolumeAttributesClassName="gold")
    record = history(before, volume(), asked("modify", "gold"), after, volume(attributes="gold"))
    changed = conditions.attributes_changed("data")
    assert changed.ask(record, 2).met
    assert not changed.ask(record.upto(4), 2).met
    assert not changed.ask(record, 4).met, "it had them before"
    assert "asks for none" in changed.ask(history(claim(), volume()), 0).observed


def test_a_claim_that_had_what_it_asks_for_will_not_change() -> None:
    """Only once it has asked: until then the record shows what it asked for before."""
    look = conditions.unchanging("data")
    assert look(history(claim("2Gi"))) == []
    assert look(history(claim("1Gi"), asked("grow", "2Gi"), claim("2Gi"))) == []
    [found] = look(history(claim("2Gi"), asked("grow", "2Gi")))
    assert found.heals == inf
    assert found.text == "claim data has had what it asks for since it was bound"
    told = {"currentVolumeAttributesClassName": "gold"}
    assert look(history(claim(**told), asked("modify", "gold")))
    assert look(history(claim(**told), asked("modify", "silver"))) == []


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ({"allocatedResourceStatuses": {"storage": "ControllerResizeInfeasible"}}, "ControllerResizeInfeasible"),
        ({"allocatedResourceStatuses": {"storage": "NodeResizeInfeasible"}}, "NodeResizeInfeasible"),
        ({"modifyVolumeStatus": {"status": "Infeasible"}}, "Infeasible"),
        ({"allocatedResourceStatuses": {"storage": "ControllerResizeInProgress"}}, ""),
        ({}, ""),
    ],
)
def test_what_the_driver_cannot_do_is_a_cause(status: Raw, says: str) -> None:
    causes = conditions.unchanging("data")(history(claim("1Gi"), asked("grow", "2Gi"), claim("1Gi", **status)))
    assert [cause.text for cause in causes] == ([f"claim data: the driver says {says}"] if says else [])
    assert all(cause.heals == 0 for cause in causes), "its sidecar asks the driver again"


def pod(name: str, node: str, *claims: str, verb: Verb = ADDED) -> Seen:
    volumes: list[Raw] = [{"name": one, "persistentVolumeClaim": {"claimName": one}} for one in claims]
    spec = {"nodeName": node, "volumes": [*volumes, {"name": "scratch", "emptyDir": {}}]}
    return ("Pod", verb, name, {"metadata": {"name": name, "uid": f"{name}-{node}"}, "spec": spec, "status": {}})


def attachment(node: str, *, attached: bool = True, verb: Verb = ADDED, volume: str = "pv-u1") -> Seen:
    spec = {"source": {"persistentVolumeName": volume}, "nodeName": node, "attacher": "csi.example"}
    body = {"metadata": {"name": f"{volume}-{node}", "uid": f"{volume}-{node}"}, "spec": spec}
    return ("VolumeAttachment", verb, f"{volume}-{node}", body | {"status": {"attached": attached}})


HAD = (claim(), pod("web-0", "n1", "data"), attachment("n1"))


def test_a_volume_is_attached_with_its_pod_and_nowhere_else() -> None:
    with_pod, complete = conditions.attached_with("web-0", "data"), conditions.has_its_volumes("web-0")
    other = attachment("n2", volume="pv-of-others")
    assert with_pod.ask(history(*HAD, other), 0).met
    assert complete.ask(history(*HAD, other), 0).met
    for case in (
        HAD[:2],
        (*HAD[:2], attachment("n1", attached=False)),
        (*HAD[:2], attachment("n2")),
        (*HAD, attachment("n2", attached=False)),
        HAD[1:],
        (HAD[0], HAD[2]),
    ):
        assert not with_pod.ask(history(*case), 0).met
    assert not complete.ask(history(*HAD[:2]), 0).met
    assert complete.ask(history(pod("web-0", "n1")), 0).met, "what it does not use need not be there"


def test_a_volume_is_let_go_when_nothing_attaches_it_any_more() -> None:
    record = history(*HAD, pod("web-0", "n1", "data", verb=DELETED), attachment("n1", verb=DELETED))
    let_go = conditions.detached("data")
    assert let_go.ask(record, 3).met
    assert not let_go.ask(record.upto(4), 3).met
    assert "before the event" in let_go.ask(history(*HAD[:2]), 2).observed


def test_two_nodes_have_a_volume_as_soon_as_the_second_one_asks_for_it() -> None:
    twice = conditions.attached_twice("data")
    assert not twice.ask(history(*HAD), 0).met
    assert twice.ask(history(*HAD, attachment("n2", attached=False)), 0).met
    assert not twice.ask(history(*HAD, attachment("n1", verb=DELETED), attachment("n2")), 0).met
    assert not twice.ask(history(*HAD, attachment("n2", volume="pv-of-others")), 0).met


def test_a_claim_that_nobody_made_is_why_nothing_is_attached() -> None:
    look, done = conditions.unclaimed("data"), asked("apply", "")
    assert len(look(history(done))) == 1
    assert look(history(done, claim())) == []
    assert look(history()) == []


def snapshot(*, ready: bool, error: str = "", verb: Verb = MODIFIED) -> Seen:
    status = {"readyToUse": ready} | ({"error": {"message": error}} if error else {})
    return ("VolumeSnapshot", verb, "evening", {"metadata": {"name": "evening", "uid": "s1"}, "status": status})


def test_a_snapshot_is_ready_when_it_says_so() -> None:
    ready = conditions.snapshot_ready("evening")
    assert ready.ask(history(snapshot(ready=True)), 0).met
    assert not ready.ask(history(), 0).met
    told = ready.ask(history(snapshot(ready=False, error="no room")), 0)
    assert (told.met, told.observed) == (False, "snapshot evening is not ready: no room")


def source(kind: str, name: str) -> Raw:
    return {"spec": {"dataSource": {"kind": kind, "name": name}}}


def test_a_copy_has_a_volume_of_its_own_and_says_what_it_was_made_from() -> None:
    made = conditions.made_from("copy", "VolumeSnapshot", "evening")
    good = claim(name="copy", uid="u2", **source("VolumeSnapshot", "evening"))
    assert made.ask(history(claim(), good), 0).met
    for case, observed in (
        (claim(name="copy", uid="u2"), "made from nothing"),
        (claim(name="copy", uid="u2", **source("VolumeSnapshot", "morning")), "VolumeSnapshot morning"),
        (claim(name="copy", uid="u2", **source(CLAIM, "evening")), f"{CLAIM} evening"),
        (claim(name="copy", uid="u2", phase="Pending", **source("VolumeSnapshot", "evening")), "copy is Pending"),
    ):
        told = made.ask(history(claim(), case), 0)
        assert not told.met
        assert observed in told.observed
    shared = claim(name="other", uid="u3", spec={"volumeName": "pv-u2"})
    assert "with the volume of other" in made.ask(history(shared, good), 0).observed


def file(purpose: str, pod: str, content: str, code: int = 0) -> Seen:
    data = {"purpose": purpose, "pod": pod, "file": "/data/f", "content": content, "code": code, "stderr": ""}
    return (OUTPUT, Verb.DONE, f"{pod}:/data/f", data)


def test_what_was_there_when_the_copy_was_asked_for_is_what_counts() -> None:
    found = conditions.found_what_was_there("reader", "web-0", "VolumeSnapshot", "evening")
    story = (
        file("wrote", "web-0", "older"),
        file("wrote", "web-0", "first"),
        snapshot(ready=False, verb=ADDED),
        file("wrote", "web-0", "second"),
    )

    def told(*more: Seen, record: tuple[Seen, ...] = story) -> tuple[bool, str]:
        answer = found.ask(history(*record, *more), 0)
        return answer.met, answer.observed

    assert told(file("read", "reader", "first"))[0]
    for content in ("older", "second", ""):
        assert not told(file("read", "reader", content))[0]
    assert not told(file("read", "reader", "first", code=1))[0]
    assert told() == (False, "reader has read nothing")
    assert told(record=story[2:]) == (False, "web-0 had written nothing before VolumeSnapshot evening")
    assert told(record=story[:2]) == (False, "VolumeSnapshot evening does not exist")


def test_a_record_that_stops_early_meets_nothing() -> None:
    """No condition fails for want of what has not been recorded yet."""
    empty = History()
    for condition in (
        conditions.grown("data", "2Gi"),
        conditions.attributes_changed("data"),
        conditions.attached_with("web-0", "data"),
        conditions.has_its_volumes("web-0"),
        conditions.attached_twice("data"),
        conditions.made_from("copy", CLAIM, "data"),
    ):
        assert not condition.ask(empty, 0).met
