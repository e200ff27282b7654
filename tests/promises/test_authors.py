"""Who deleted a pod decides which promise speaks of it."""

from __future__ import annotations

from typing import Any

import pytest

from harness.history.history import History
from harness.history.observation import Verb
from harness.promises.changes import Initiator, creations, deletions, problem_of
from harness.promises.mutations import mutate
from harness.promises.roster import Roster
from harness.promises.verdict import PROMISES, Outcome, judge
from tests.promises.histories import SUBJECT, World, rich, whole


def authors(record: History) -> list[tuple[str, str]]:
    return [(change.life.name, str(change.by)) for change in deletions(record, SUBJECT, whole(record))]


def change_status(world: World, ordinal: int, **status: Any) -> World:
    """Let something else than the controller write the status of a pod."""
    pod = world.pods[ordinal]
    pod["status"] |= status
    world._put("Pod", Verb.MODIFIED, pod)
    return world


def test_each_author_is_known() -> None:
    """The controller scales and updates; the scenario, an eviction and a failure delete as well."""
    world = World(replicas=3).apply().settle().delete(0).settle().rest(1)
    evicted = {"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI"}
    change_status(world, 1, conditions=[*world.pods[1]["status"]["conditions"], evicted])
    world._remove(world.pods[1])
    world.settle().rest(1)
    change_status(world, 2, phase="Failed")
    world._put("Pod", Verb.DELETED, world.pods.pop(2))
    world.settle().change(replicas=2).settle().rest(1).change(image="app:v2").settle().rest(1).delete_set().settle()
    assert authors(world.close()) == [
        ("web-0", Initiator.US),
        ("web-1", Initiator.DISRUPTION),
        ("web-2", Initiator.FAILURE),
        ("web-2", Initiator.SCALE_DOWN),
        ("web-1", Initiator.UPDATE),
        ("web-0", Initiator.UPDATE),
        ("web-1", Initiator.SET_DELETED),
        ("web-0", Initiator.SET_DELETED),
    ]


def test_deletion_that_nothing_explains() -> None:
    """A pod that a stranger deletes breaks none of the controller's promises."""
    world = World().apply().settle().rest(1)
    world._remove(world.pods[0])
    record = world.settle().close()
    assert authors(record) == [("web-0", Initiator.UNKNOWN)]
    verdicts = [judge(promise, record, SUBJECT, whole(record)).outcome for promise in PROMISES.values()]
    assert Outcome.BROKEN not in verdicts


def test_deletion_that_two_things_explain() -> None:
    """Within the lag of a change nobody knows whether a deletion scales down or updates: it is no evidence."""
    world = World(replicas=2, step_s=0.005).apply().settle().rest(1)
    world.change(image="app:v2").observe().sync().change(replicas=1)
    assert authors(world.close()) == [("web-1", Initiator.UNKNOWN)]


def test_revisions_of_a_spec_that_was_never_reported_are_unknown() -> None:
    """Between two changes in a row a controller may have acted by the first, whose revision no status tells."""
    world = World(partition=1).apply().settle().rest(1)
    world.change(image="app:v2").delete(0).change(image="app:v3", partition=0)
    record = world.settle().close()
    made = {change.event.seq: change.certain for change in creations(record, SUBJECT, whole(record))}
    assert made
    assert judge(PROMISES["partition respected"], record, SUBJECT, whole(record)).outcome is not Outcome.BROKEN


def test_what_was_never_true_is_known_at_once() -> None:
    """No cache shows readiness that never was; what ceased to be counts once the status has told of it."""
    world = World(replicas=2).break_pod(1).apply().settle()
    record = world.close()
    moment = record[record.end - 1]
    found = problem_of(record, SUBJECT, Roster(record, SUBJECT), 1, moment)
    assert found is not None
    assert (found.text, len(found.events)) == ("web-1 had never been ready", 1)
    assert problem_of(record, SUBJECT, Roster(record, SUBJECT), 0, moment) is None


@pytest.mark.parametrize("told", [True, False])
def test_what_ceased_counts_from_the_status(told: bool) -> None:
    """Without a status that tells of it, nobody can say that the controller knew."""
    world = World(replicas=2).apply().settle().rest(1).break_pod(0)
    if told:
        world.observe().sync()
    world.rest(1)
    record = world.close()
    found = problem_of(record, SUBJECT, Roster(record, SUBJECT), 0, record[record.end - 1])
    assert (found is not None) is told
    if found:
        assert [event.topic for event in found.events] == ["Pod", "StatefulSet"]


def test_several_at_once_are_not_promised_with_max_unavailable() -> None:
    """A set that lets several pods be unavailable during an update has another promise."""
    world = World()
    world._spec["updateStrategy"]["rollingUpdate"]["maxUnavailable"] = 2
    record = world.apply().settle().change(image="app:v2").settle().close()
    verdict = judge(PROMISES["rolling update in reverse order"], record, SUBJECT, whole(record))
    assert (verdict.outcome, "maxUnavailable" in verdict.observed) == (Outcome.NOT_APPLICABLE, True)


def test_set_without_templates_has_no_claims() -> None:
    """Claim identity is for sets with volume claim templates."""
    world = World()
    world._spec["volumeClaimTemplates"] = []
    record = world.apply().settle().close()
    assert judge(PROMISES["claim identity"], record, SUBJECT, whole(record)).outcome is Outcome.NOT_APPLICABLE


def test_server_that_fails_has_not_answered() -> None:
    """SERVFAIL says nothing about where a name leads."""
    world = World().apply().settle().rest(30)
    record = world.ask("web-0.web-svc.ns.svc.cluster.local", rcode="SERVFAIL").close()
    assert judge(PROMISES["DNS identity"], record, SUBJECT, whole(record)).outcome is Outcome.NOT_APPLICABLE


def test_service_answers_with_an_address_of_its_own() -> None:
    """A service with a cluster IP does not lead to the ready pods."""
    world = World().apply().settle().rest(30)
    record = world.ask("web-svc.ns.svc.cluster.local", "A", "10.96.0.7").close()
    verdict = judge(PROMISES["DNS identity"], record, SUBJECT, whole(record))
    assert (verdict.outcome, verdict.clause) == (Outcome.BROKEN, "service")


def test_file_that_was_not_written_is_not_missed() -> None:
    """Only a writing that succeeded is held against a reading, and only a command that was followed to its end."""
    world = World().apply().settle().wrote(0, "first")
    world._emitted[-1][-1]["code"] = 1
    world.read(0, "something")
    record = world.close()
    assert judge(PROMISES["data kept"], record, SUBJECT, whole(record)).outcome is Outcome.NOT_APPLICABLE
    world.wrote(0, "second").read(0, "")
    world._emitted[-1][-1]["code"] = None
    record = world.close()
    assert judge(PROMISES["data kept"], record, SUBJECT, whole(record)).outcome is Outcome.NOT_APPLICABLE


def test_mutations_of_order_leave_parallel_sets_alone() -> None:
    """Where nothing is promised nothing can be broken."""
    record = World(parallel=True).apply().settle().close()
    with pytest.raises(Exception, match="no occasion"):
        mutate("ordered start: rising", record)
    assert mutate("stable identity: index", rich()).end == rich().end
