"""When a promise gets no verdict: gaps, streams not proved fresh, and what a promise does not speak of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.history.history import History, Incarnation
from harness.history.observation import SERVER, Observation, Verb
from harness.promises.mutations import MUTATIONS, mutate
from harness.promises.pods import condemned
from harness.promises.verdict import PROMISES, Outcome, Subject, Verdict, Window, judge
from tests.promises.histories import SUBJECT, World, rich, whole

ORDER = ("ordered start", "reverse ordered stop", "halts while a predecessor is unhealthy")
UPDATES = ("rolling update in reverse order", "partition respected")


def verdict(name: str, record: History, window: Window | None = None) -> Verdict:
    return judge(PROMISES[name], record, SUBJECT, window or whole(record))


def with_gap(record: History, topic: str, name: str, uid: str, lost_s: float = 0.01) -> History:
    """Return the record with a gap right before its closing proofs."""
    seen = list(record)
    first = next(index for index, one in enumerate(seen) if one.verb is Verb.SYNCED)
    gap = Observation(
        0, seen[first].at, seen[first].wall, topic, Verb.GAP, name, uid, {"since": seen[first].at - lost_s}
    )
    return History(replace(one, seq=seq) for seq, one in enumerate([*seen[:first], gap, *seen[first:]]))


@pytest.mark.parametrize("name", [name for name in PROMISES if "Pod" in PROMISES[name].kinds])
def test_gap_at_a_pod_leaves_the_verdict_open(name: str) -> None:
    """What may have happened to a judged pod while nobody watched is not called kept."""
    record = rich()
    pod = record.incarnations("Pod", "web-0")[-1]
    found = verdict(name, with_gap(record, "Pod", "web-0", pod.uid))
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "web-0 (Pod)" in found.observed
    assert [gap.name for gap in found.gaps] == ["web-0"]


def lost_state(record: History, name: str, before: Observation) -> History:
    """Return the record in which the stream of pods was interrupted, and showed a pod of this name changed after."""
    pod = next(life for life in record.incarnations("Pod", name) if life.at(before.seq - 1) is not None)
    known = [seen for seen in pod.seen if seen.seq < before.seq][-1]
    lost = {"since": before.at - 0.01}
    gap = Observation(0, before.at, before.wall, "Pod", Verb.GAP, "", "", lost)
    own = replace(gap, name=name, uid=pod.uid)
    later = replace(known, at=before.at, wall=before.wall, verb=Verb.MODIFIED)
    seen = list(record)
    index = seen.index(before)
    return History(replace(one, seq=seq) for seq, one in enumerate([*seen[:index], gap, own, later, *seen[index:]]))


@pytest.mark.parametrize("name", ["ordered start", "rolling update in reverse order"])
def test_gap_in_which_no_pod_came_or_went_leaves_a_verdict_on_order(name: str) -> None:
    """An interrupted stream may hide states of a pod; creations and deletions, which order is about, it hides not."""
    record = updated()
    closing = next(seen for seen in record if seen.verb is Verb.SYNCED)
    changed = lost_state(record, "web-0", closing)
    assert len(changed.gaps("Pod", "web-0")) == 2
    assert verdict(name, changed).outcome is Outcome.KEPT
    assert verdict("stable identity", changed).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("name", ["ordered start", "rolling update in reverse order"])
def test_gap_in_which_a_pod_was_created_leaves_the_verdict_on_order_open(name: str) -> None:
    record = updated()
    created = record.incarnations("Pod", "web-2")[-1].first
    changed = lost_state(record, "web-0", record[created.seq + 1])
    assert verdict(name, changed).outcome is Outcome.KEPT
    assert verdict(name, with_lost_start(changed, created.at)).outcome is Outcome.INCONCLUSIVE


def interrupted(record: History, begin: Observation, last: Observation) -> History:
    """Return the record as it is where pods and sets were lost from sight from `begin` to `last`, and listed anew."""
    kinds = ("Pod", "StatefulSet")
    kept = [one for one in record if one.seq < begin.seq or (one.seq <= last.seq and one.topic not in kinds)]
    before, after = record.upto(begin.seq), record.upto(last.seq + 1)
    for topic in kinds:
        gap = replace(last, topic=topic, verb=Verb.GAP, name="", uid="", data={"since": begin.at - 0.05})
        kept.append(gap)
        known, there = ({life.uid: life for life in view.alive(topic).values()} for view in (before, after))
        for life in [*known.values(), *there.values()]:
            if life.uid in there and life.uid in known and there[life.uid].last.seq == known[life.uid].last.seq:
                continue  # the list shows it as it was
            own = replace(gap, name=life.name, uid=life.uid)
            if life.uid not in there:
                kept += [own, replace(life.last, verb=Verb.DELETED, at=last.at)]
            elif life is there[life.uid]:
                verb = Verb.MODIFIED if life.uid in known else Verb.ADDED
                kept += [own, replace(life.last, verb=verb, at=last.at)]
    return History(replace(one, seq=seq) for seq, one in enumerate([*kept, *list(record)[last.seq + 1 :]]))


def pod(record: History, name: str, number: int) -> Incarnation:
    """Return the pod that was the first, second … of its name."""
    return record.incarnations("Pod", name)[number - 1]


LONE = ("ordered start", "rolling update in reverse order")


@pytest.mark.parametrize("name", LONE)
def test_gap_in_which_one_pod_alone_came_or_went_leaves_a_verdict_on_order(name: str) -> None:
    """While all others are well, whatever happens to one breaks no order; its revision is another matter."""
    record = updated()
    old, new = pod(record, "web-1", 1), pod(record, "web-1", 2)
    for begin, last in (
        (old.last, old.last),
        (old.last, new.first),
        (old.last, new.last),
        (condemned(old), new.last),
    ):
        lost = interrupted(record, begin, last)
        assert lost.gaps("Pod", "web-1")
        assert verdict(name, lost).outcome is Outcome.KEPT
        assert verdict("stable identity", lost).outcome is Outcome.INCONCLUSIVE
    staged = World(partition=1).apply().settle().change(image="app:v2").settle().close()
    old, new = pod(staged, "web-2", 1), pod(staged, "web-2", 2)
    assert verdict(name, interrupted(staged, old.last, new.first)).outcome is Outcome.KEPT
    assert verdict("partition respected", interrupted(staged, old.last, new.first)).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("name", LONE)
def test_gap_in_which_two_pods_came_or_went_leaves_the_verdict_on_order_open(name: str) -> None:
    record = updated()
    lost = interrupted(record, pod(record, "web-1", 2).last, pod(record, "web-0", 2).first)
    assert verdict(name, lost).outcome is Outcome.INCONCLUSIVE


def test_gap_in_which_the_set_was_changed_leaves_the_verdict_on_order_open() -> None:
    """Without knowing when more replicas were asked for, nobody knows who was missing."""
    record = World().apply().settle().change(replicas=4).settle().close()
    asked = next(seen for seen in record.of("StatefulSet") if seen.data["spec"]["replicas"] == 4)
    lost = interrupted(record, asked, pod(record, "web-3", 1).first)
    assert verdict("ordered start", lost).outcome is Outcome.INCONCLUSIVE


def test_gap_leaves_the_order_open_of_a_wanted_pod_that_nobody_has_ever_seen() -> None:
    """It may have come too early, and gone again."""
    record = World().break_pod(1).apply().settle().close()
    assert not record.incarnations("Pod", "web-2")
    starting = pod(record, "web-1", 1).last
    found = verdict("ordered start", interrupted(record, starting, starting))
    assert (found.outcome, [gap.name for gap in found.gaps]) == (Outcome.INCONCLUSIVE, ["web-2"])


@pytest.mark.parametrize(
    ("world", "outcome"),
    [
        (World().apply().settle(), Outcome.KEPT),
        (World().apply().settle().break_pod(0).settle(), Outcome.INCONCLUSIVE),
        (World(min_ready_s=2).apply().settle(), Outcome.INCONCLUSIVE),
        (World(partition=3).apply().settle().change(image="app:v2").settle(), Outcome.INCONCLUSIVE),
    ],
)
def test_gap_in_which_a_pod_went_hides_nothing_only_while_all_others_are_well(world: World, outcome: Outcome) -> None:
    """One that is not ready, perhaps not for long enough, or not updated yet, may have made the change a breach."""
    record = world.delete(1).settle().mend_pod(0).settle().close()
    gone = pod(record, "web-1", 1).last
    assert verdict("ordered start", interrupted(record, gone, gone)).outcome is outcome


def updated() -> History:
    """Return a record of a set that starts and is updated."""
    return World().apply().settle().change(image="app:v2").settle().close()


def with_lost_start(record: History, since: float) -> History:
    """Return the record whose gaps began at this moment."""
    return History(replace(one, data={"since": since}) if one.verb is Verb.GAP else one for one in record)


def test_gap_elsewhere_does_not_hide_a_breach() -> None:
    """A counterexample whose own objects have no gap counts, whatever happened to others."""
    record = with_gap(rich(), "Pod", "web-1", rich().incarnations("Pod", "web-1")[-1].uid)
    found = verdict("reverse ordered stop", mutate("reverse ordered stop: highest", record))
    assert (found.outcome, found.clause) == (Outcome.BROKEN, "highest")


@pytest.mark.parametrize("name", MUTATIONS)
def test_breach_in_doubt_is_no_verdict(name: str) -> None:
    """A counterexample whose objects were out of sight before it was complete is neither broken nor kept."""
    record = mutate(name, rich())
    promise = MUTATIONS[name].promise
    event = verdict(promise, record).events[0]
    if event.topic not in ("Pod", "PersistentVolumeClaim", "StatefulSet"):
        return
    found = verdict(promise, with_gap(record, event.topic, event.name, event.uid, lost_s=record.now))
    if found.outcome is Outcome.BROKEN:
        assert event.name not in [other.name for other in found.events]
    else:
        assert found.outcome is Outcome.INCONCLUSIVE, found.observed


@pytest.mark.parametrize("name", ["ordered start: ready", "partition respected: closed", "claim identity: mounts"])
def test_gap_after_a_breach_does_not_undo_it(name: str) -> None:
    """What was lost from sight when the counterexample was complete cannot speak against it."""
    record = mutate(name, rich())
    promise = MUTATIONS[name].promise
    before = verdict(promise, record)
    event = before.events[0]
    after = verdict(promise, with_gap(record, event.topic, event.name, event.uid))
    assert (after.outcome, after.events) == (Outcome.BROKEN, before.events)


@pytest.mark.parametrize("name", PROMISES)
def test_unproved_record_leaves_the_verdict_open(name: str) -> None:
    """Silence of a stream that was not proved complete when the window closed is no proof."""
    record = History(seen for seen in rich() if seen.verb is not Verb.SYNCED)
    found = verdict(name, record)
    assert found.outcome is Outcome.INCONCLUSIVE
    assert "nothing proves" in found.observed


def test_proof_older_than_the_question_does_not_count() -> None:
    """A list that was asked for before the window closed says nothing about its end."""
    record = rich()
    window = whole(record)
    late = Window(0, record.end, window.asked + 0.001)
    assert verdict("ordered start", record, late).outcome is Outcome.INCONCLUSIVE


def test_breach_outside_the_window_is_not_its_matter() -> None:
    """Only what happens in the window is judged, by all that was known before."""
    record = mutate("ordered start: rising", rich())
    early = next(seen.seq for seen in record if seen.name == "web-4" and seen.topic == "Pod")
    found = verdict("ordered start", record, replace(whole(record), start=early + 1))
    assert found.outcome is Outcome.KEPT


@pytest.mark.parametrize("name", PROMISES)
def test_unknown_set_has_no_promises(name: str) -> None:
    """A set that is not in the record gets a reason, not a verdict."""
    record = rich()
    found = judge(PROMISES[name], record, Subject("other"), whole(record))
    assert found.outcome is Outcome.NOT_APPLICABLE
    assert found.observed


@pytest.mark.row(43)
@pytest.mark.parametrize("name", ORDER)
def test_parallel_sets_promise_no_order(name: str) -> None:
    """Parallel pod management gives no order of starting and stopping."""
    record = World(parallel=True).apply().settle().change(replicas=1).settle().close()
    found = verdict(name, record)
    assert (found.outcome, "parallel" in found.observed) == (Outcome.NOT_APPLICABLE, True)


def test_parallel_sets_are_updated_in_order() -> None:
    """Parallel pod management does not change the order of updates."""
    record = World(parallel=True).apply().settle().change(image="app:v2").settle().close()
    assert verdict("rolling update in reverse order", record).outcome is Outcome.KEPT
    swapped = mutate("rolling update in reverse order: one at a time", record)
    assert verdict("rolling update in reverse order", swapped).outcome is Outcome.BROKEN


@pytest.mark.parametrize(
    ("version", "parallel", "outcome"),
    [
        pytest.param("v1.36.3", True, Outcome.BROKEN, id="each in its turn up to 1.36"),
        pytest.param("v1.37.2", True, Outcome.KEPT, id="what is not ready first since 1.37"),
        pytest.param("v1.37.2", False, Outcome.BROKEN, id="not where pods are managed in order"),
    ],
)
def test_replica_that_is_not_ready_goes_before_its_turn(version: str, parallel: bool, outcome: Outcome) -> None:
    """Whether that is a breach depends on the version, and on how the set manages its pods."""
    world = World(parallel=parallel)
    world._emit(SERVER, Verb.DONE, version, "", {"on": []})
    world.apply().settle().break_pod(0).observe().sync().rest(1).change(image="app:v2").observe().sync().rest(1)
    for ordinal in (0, 2):
        if not world.pods[ordinal]["metadata"].get("deletionTimestamp"):
            world._remove(world.pods[ordinal])
    record = world.mend_pod(0).settle().close()
    assert verdict("rolling update in reverse order", record).outcome is outcome


@pytest.mark.row(43)
@pytest.mark.parametrize("name", UPDATES)
def test_on_delete_promises_no_update(name: str) -> None:
    """With OnDelete nothing is rolled out."""
    record = World(on_delete=True).apply().settle().close()
    found = verdict(name, record)
    assert (found.outcome, "OnDelete" in found.observed) == (Outcome.NOT_APPLICABLE, True)


@pytest.mark.parametrize("name", ["rolling update in reverse order", "halts while a predecessor is unhealthy"])
def test_set_that_is_updated_all_at_once_promises_no_order(name: str) -> None:
    """With Recreate every old pod goes at once, whatever is wrong with another."""
    record = World().apply().settle().change(updateStrategy={"type": "Recreate"}).close()
    found = judge(PROMISES[name], record, SUBJECT, whole(record))
    assert (found.outcome, "Recreate" in found.observed) == (Outcome.NOT_APPLICABLE, True)


def test_deleting_the_set_promises_no_order() -> None:
    """Pods that go because their set was deleted go in any order, and nothing is said about it."""
    record = World().apply().settle().delete_set().settle().close()
    assert verdict("reverse ordered stop", record).outcome is Outcome.NOT_APPLICABLE
    assert verdict("ordered start", record).outcome is Outcome.KEPT


def test_set_made_again_starts_in_order() -> None:
    """A set that was deleted and applied again is judged anew, its former pods do not count as there."""
    world = World(replicas=2).apply().settle().delete_set()
    for _ in range(4):
        for ordinal in list(world.pods):
            world.run(ordinal)
    record = world.apply().settle().close()
    assert verdict("ordered start", record).outcome is Outcome.KEPT
    assert verdict("claim identity", record).outcome is Outcome.KEPT


@pytest.mark.parametrize(
    ("name", "world", "reason"),
    [
        ("ordered start", World(replicas=1), "no pod that has one before it"),
        ("reverse ordered stop", World(), "no pod was deleted by scaling down"),
        ("halts while a predecessor is unhealthy", World(replicas=0), "no pod was known to be unhealthy"),
        ("rolling update in reverse order", World(), "no pod was replaced for an update"),
        ("partition respected", World(partition=2), "no update was held back"),
        ("stable identity", World(replicas=0), "no pod in this window"),
        ("at most one process per identity", World(), "no name had two pods"),
        ("data kept", World(), "nothing that had been written was read"),
        ("DNS identity", World(), "no name of"),
    ],
)
def test_promise_without_its_occasion_is_not_called_kept(name: str, world: World, reason: str) -> None:
    """Where nothing happened that a promise speaks of, the verdict says so."""
    found = verdict(name, world.apply().settle().close())
    assert found.outcome is Outcome.NOT_APPLICABLE
    assert reason in found.observed


@pytest.mark.row(43)
def test_partition_beyond_the_replicas_moves_nothing() -> None:
    """A staged update that opens no ordinal is kept by doing nothing."""
    record = World(partition=3).apply().settle().change(image="app:v2").settle().close()
    assert verdict("partition respected", record).outcome is Outcome.KEPT


def test_pod_removed_while_running_needs_a_journal() -> None:
    """A pod that was removed by force tells nothing about its processes; a journal in its volume does."""
    world = World().apply().settle()
    former = world.pods.pop(2)
    world._put("Pod", Verb.DELETED, former)
    world.settle()
    assert verdict("at most one process per identity", world.close()).outcome is Outcome.NOT_APPLICABLE
    first, second = former["metadata"]["uid"], world.uid(2)
    world.journal(2, "")  # nobody keeps one
    assert verdict("at most one process per identity", world.close()).outcome is Outcome.NOT_APPLICABLE
    world.journal(2, f"1 {first} started\n2 {second} started\n3 {second} alive")
    assert verdict("at most one process per identity", world.close()).outcome is Outcome.KEPT
    world.journal(2, f"1 {first} started\n2 {second} started\n3 {first} alive")
    found = verdict("at most one process per identity", world.close())
    assert (found.outcome, found.clause) == (Outcome.BROKEN, "writers")


@pytest.mark.parametrize(
    ("policy", "deed", "outcome"),
    [
        ({}, lambda world: world.change(replicas=1), Outcome.BROKEN),
        ({"whenScaled": "Delete"}, lambda world: world.change(replicas=1), Outcome.KEPT),
        ({"whenDeleted": "Delete"}, lambda world: world.change(replicas=1), Outcome.BROKEN),
        ({"whenDeleted": "Delete"}, lambda world: world.delete_set(), Outcome.KEPT),
        ({"whenScaled": "Delete"}, lambda world: world.delete_set(), Outcome.BROKEN),
    ],
)
def test_retention_policy_decides_which_claims_may_go(
    policy: dict[str, str], deed: Callable[[World], World], outcome: Outcome
) -> None:
    """A claim may go where the set's retention policy says so, and only then."""
    world = World()
    world._spec["persistentVolumeClaimRetentionPolicy"] = policy
    deed(world.apply().settle()).settle()
    world._put("PersistentVolumeClaim", Verb.DELETED, world.claims["www-web-2"])
    found = verdict("claim identity", world.close())
    assert (found.outcome, found.clause) == (outcome, "kept" if outcome is Outcome.BROKEN else "")


def test_claim_that_somebody_deletes_is_his_matter() -> None:
    """A claim that the scenario itself deletes is not lost by the set."""
    world = World().apply().settle()
    world._act("delete", "PersistentVolumeClaim", world.claims["www-web-1"])
    world._put("PersistentVolumeClaim", Verb.DELETED, world.claims["www-web-1"])
    assert verdict("claim identity", world.close()).outcome is Outcome.KEPT


@pytest.mark.row(26)
def test_answer_may_be_old_for_a_while_and_no_longer() -> None:
    """For the time that DNS may remember, the former address is right too; afterwards it is not."""
    world = World().apply().settle().rest(30)
    name, former = "web-1.web-svc.ns.svc.cluster.local", world.address(1)
    world.delete(1).settle().rest(2).ask(name, "A", former)
    assert verdict("DNS identity", world.close()).outcome is Outcome.KEPT
    world.rest(10).ask(name, "A", former)
    found = verdict("DNS identity", world.close())
    assert (found.outcome, found.clause) == (Outcome.BROKEN, "pod")
    assert former in found.observed
    assert world.address(1) in found.observed


def test_unready_pod_has_a_name_only_where_it_is_published() -> None:
    """A pod that is not ready has no name, unless its service publishes unready addresses."""
    for published, right, wrong in ((False, "absent", ""), (True, "", "pod")):
        world = World(replicas=1)
        world.break_pod(0).apply().settle().rest(30)
        if published:
            spec = {"clusterIP": "None", "selector": {"app": "web"}, "publishNotReadyAddresses": True}
            world._put("Service", Verb.MODIFIED, {"metadata": {"name": "web-svc", "uid": "uid-0001"}, "spec": spec})
            world.rest(30)
        name = "web-0.web-svc.ns.svc.cluster.local"
        assert verdict("DNS identity", world.ask(name, "A", world.address(0)).close()).clause == right
        assert verdict("DNS identity", world.ask(name, rcode="NXDOMAIN").close()).clause == (wrong or right)


def test_missing_record_type_is_not_a_missing_name() -> None:
    """AAAA of a pod with an IPv4 address is an empty answer; NXDOMAIN would say that there is no such pod."""
    world = World().apply().settle().rest(30)
    name = "web-1.web-svc.ns.svc.cluster.local"
    assert verdict("DNS identity", world.ask(name, "AAAA").close()).outcome is Outcome.KEPT
    found = verdict("DNS identity", world.ask(name, "AAAA", rcode="NXDOMAIN").close())
    assert (found.outcome, found.clause) == (Outcome.BROKEN, "pod")
