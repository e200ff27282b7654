"""Every clause of every promise can be broken, and is then reported with the events that show it."""

from __future__ import annotations

import pytest

from harness.errors import BadInput
from harness.history.history import History
from harness.history.observation import STEP, Verb
from harness.promises.mutations import MUTATIONS, mutate
from harness.promises.verdict import PROMISES, Outcome, judge
from tests.promises.histories import SUBJECT, World, history, rich, whole

CREATED, ASKED, GONE, CHANGED = "added", "modified", "deleted", "modified"

COUNTEREXAMPLES: dict[str, list[tuple[str, str]]] = {
    "ordered start: rising": [("web-4", CREATED)],
    "ordered start: ready": [("web-3", CREATED), ("web-4", CREATED)],
    "ordered start: available": [("web-0", CHANGED), ("web-1", CREATED)],
    "ordered start: terminating": [("web-0", ASKED), ("web", CHANGED), ("web-1", CREATED)],
    "reverse ordered stop: highest": [("web-4", CHANGED), ("web-3", ASKED)],
    "reverse ordered stop: gone": [("web-4", ASKED), ("web-3", ASKED)],
    "reverse ordered stop: healthy": [("web-0", CHANGED), ("web", CHANGED), ("web-3", ASKED)],
    "halts while a predecessor is unhealthy: created": [("web-0", CHANGED), ("web", CHANGED), ("web-1", CREATED)],
    "halts while a predecessor is unhealthy: deleted": [("web-0", CHANGED), ("web", CHANGED), ("web-3", ASKED)],
    "rolling update in reverse order: reverse": [("web-1", CHANGED), ("web-0", ASKED)],
    "rolling update in reverse order: one at a time": [("web-1", CREATED), ("web-0", ASKED)],
    "rolling update in reverse order: available": [("web-2", CHANGED), ("web-1", ASKED)],
    "replaced for a reason: template": [("web", CHANGED), ("web-2", ASKED)],
    "partition respected: closed": [("web-0", CREATED)],
    "partition respected: returns": [("web-0", ASKED), ("web-0", CREATED)],
    "partition respected: open": [("web-2", CREATED)],
    "partition respected: untouched": [("web-0", ASKED)],
    "stable identity: name": [("web-0-x", CREATED)],
    "stable identity: hostname": [("web-0", CREATED)],
    "stable identity: index": [("web-0", CREATED)],
    "stable identity: label": [("web-0", CREATED)],
    "stable identity: subdomain": [("web-0", CREATED)],
    "at most one process per identity: containers": [("web-0", GONE), ("web-0", CHANGED)],
    "at most one process per identity: writers": [("web-1:/data/f", "done")],
    "claim identity: mounts": [("web-0", CREATED)],
    "claim identity: kept": [("www-web-0", GONE)],
    "claim identity: foreign": [("www-web-4", GONE)],
    "claim identity: same claim": [("www-web-0", CREATED), ("www-web-0", CREATED)],
    "claim identity: same volume": [("www-web-0", CREATED), ("www-web-0", CHANGED)],
    "claim identity: reference": [("www-web-0", CREATED), ("pv-www-web-0", CHANGED)],
    "ownership: adopted": [("web-0", CHANGED)],
    "ownership: released": [("web-0", CHANGED)],
    "ownership: own": [("web-0", CHANGED)],
    "data kept: present": [("web-1:/data/f", "done"), ("web-1:/data/f", "done")],
    "data kept: content": [("web-1:/data/f", "done"), ("web-1:/data/f", "done")],
    "acknowledged entries kept: listed": [("web-1:list", "done")],
    "acknowledged entries kept: present": [("web-1:store", "done"), ("web-1:list", "done")],
    "acknowledged entries kept: own": [("web-0:store", "done"), ("web-1:list", "done")],
    "prepared in order: in turn": [("web-0", CHANGED)],
    "prepared in order: before": [("web-0", CHANGED)],
    "DNS identity: pod": [("web-4", CHANGED), ("web-4.web-svc.ns.svc.cluster.local", "done")],
    "DNS identity: absent": [("web-4", GONE), ("web-4.web-svc.ns.svc.cluster.local", "done")],
    "DNS identity: service": [("web-0", CHANGED), ("web-svc.ns.svc.cluster.local", "done")],
    "DNS identity: targets": [("web-0", CHANGED), ("web-svc.ns.svc.cluster.local", "done")],
    "leaves its services before it is gone: listed": [("web-0", ASKED), ("web-svc-1", CHANGED)],
    "leaves its services before it is gone: named": [("web-4", ASKED), ("web-4.web-svc.ns.svc.cluster.local", "done")],
    "one revision for each template: again": [("web-v1", CREATED), ("web-v2", CREATED)],
    "one revision for each template: newest": [("web-v1", CREATED), ("web-v2", CREATED), ("web", CHANGED)],
    "acknowledged writes kept: kept": [("web", "done"), ("web:read", "done")],
    "acknowledged writes kept: known": [("web:read", "done")],
    "acknowledged writes kept: readable": [("web", "done"), ("web:read", "done")],
}


@pytest.fixture(scope="module")
def good() -> History:
    """Give a record in which every promise has its occasion and is kept."""
    return rich()


def test_every_clause_has_a_mutation_and_a_counterexample() -> None:
    """No clause is left without the proof that it can fail."""
    clauses = {f"{promise.name}: {clause.key}" for promise in PROMISES.values() for clause in promise.clauses}
    assert set(MUTATIONS) == clauses
    assert set(COUNTEREXAMPLES) == clauses


@pytest.mark.parametrize("name", PROMISES)
def test_good_record_keeps_every_promise(good: History, name: str) -> None:
    """What the mutations change keeps each promise before."""
    verdict = judge(PROMISES[name], good, SUBJECT, whole(good))
    assert verdict.outcome is Outcome.KEPT, verdict.observed


@pytest.mark.parametrize("name", COUNTEREXAMPLES)
def test_mutation_breaks_its_clause(good: History, name: str) -> None:
    """Each mutation is reported as broken at its own clause, with the fewest events."""
    changed = mutate(name, good)
    promise, clause = MUTATIONS[name].promise, MUTATIONS[name].clause
    verdict = judge(PROMISES[promise], changed, SUBJECT, whole(changed))
    assert (verdict.outcome, verdict.clause) == (Outcome.BROKEN, clause), verdict.observed
    assert [(event.name, str(event.verb)) for event in verdict.events] == COUNTEREXAMPLES[name]
    assert verdict.expected == PROMISES[promise].clause(clause).text


@pytest.mark.parametrize("name", COUNTEREXAMPLES)
def test_mutation_leaves_the_original_alone(good: History, name: str) -> None:
    """A mutation copies: the record it was made from still tells what it told."""
    before = [(seen.seq, seen.at, repr(seen.data)) for seen in good]
    mutate(name, good)
    assert before == [(seen.seq, seen.at, repr(seen.data)) for seen in good]


@pytest.mark.parametrize("name", COUNTEREXAMPLES)
def test_mutated_record_stays_a_history(good: History, name: str) -> None:
    """Time does not go backwards in a mutated record."""
    moments = [seen.at for seen in mutate(name, good)]
    assert moments == sorted(moments)


def test_unknown_mutation_names_the_known_ones() -> None:
    """A control that misspells its mutation is told what there is."""
    with pytest.raises(BadInput, match="ordered start: rising"):
        mutate("ordered start: nothing", World().apply().settle().close())


@pytest.mark.parametrize("name", COUNTEREXAMPLES)
def test_record_without_the_occasion_is_refused(name: str) -> None:
    """A mutation never returns a record in which it has changed nothing."""
    with pytest.raises(BadInput, match="no occasion"):
        mutate(name, history())


def test_what_came_after_the_last_step_is_no_occasion() -> None:
    """When faults are healed at the end of a scenario, a set may go on to grow: no verdict could see that."""
    world = World().apply().change(replicas=4).settle().sync()
    world._emit(STEP, Verb.ENDED, "the last step", "", {})
    recorded = world.change(replicas=6).settle().close()
    changed = mutate("ordered start: ready", recorded)
    assert (changed[changed.end - 1].topic, changed[changed.end - 1].verb) == (STEP, Verb.ENDED)
    assert judge(PROMISES["ordered start"], changed, SUBJECT, whole(changed)).outcome is Outcome.BROKEN
