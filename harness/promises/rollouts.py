"""How a rolling update goes through a set: from the highest ordinal down, one at a time, as far as the partition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from harness.history.history import History, Incarnation
from harness.model import Object
from harness.promises import statefulsets
from harness.promises.changes import (
    Change,
    Initiator,
    creations,
    deletions,
    in_record,
    problem_of,
    requested,
)
from harness.promises.interruptions import harmless_to_order, unchanged_meanwhile
from harness.promises.pods import available, condemned, revision, terminating, turned_ready
from harness.promises.roster import Roster
from harness.promises.server import server_of
from harness.promises.verdict import Breach, NotApplicable, Subject, Window, promise

__all__ = ["partition_respected", "rolling_update"]

ROLLING = "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#rolling-updates"
PARTITIONS = "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#partitions"


@promise(
    "rolling update in reverse order",
    "An update replaces pods from the highest ordinal down, one at a time, each only when those above are ready again",
    clauses={
        "reverse": "No pod is replaced while one of a higher ordinal still has the old revision",
        "one at a time": "No pod is replaced while one of a higher ordinal is missing, terminating or not ready",
        "available": "No pod is replaced before those above have been ready for minReadySeconds",
    },
    kinds=("Pod", "StatefulSet"),
    source=ROLLING,
    bears=harmless_to_order,
)
def rolling_update(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """
    Judge each deletion for an update by the pods above it; up to Kubernetes 1.36 in the same way for all sets.

    Since 1.37 a set that manages its pods in parallel first gives up all old ones that are not available, in no order
    (source: stateful_set_control.go, the first of two phases); the others go one by one, once none is unavailable.
    """
    _rolling(history, subject)
    opened = map(_opened, deletions(history, subject, window))
    left = [change for change in opened if change.states and not _given_up(history, change)]
    if not left:
        raise NotApplicable("no pod was replaced for an update in this window")
    roster = Roster(history, subject)
    return [breach for change in left for breach in _hasty(history, subject, roster, change)]


@promise(
    "partition respected",
    "An update reaches the ordinals from the partition on and no other, also where pods are deleted meanwhile",
    clauses={
        "closed": "No pod below the partition is made of the update revision",
        "returns": "A pod below the partition that somebody deleted comes back with the current revision",
        "open": "A pod at or above the partition is made of the update revision",
        "untouched": "No pod below the partition is deleted for the update",
    },
    kinds=("Pod", "StatefulSet"),
    source=PARTITIONS,
    bears=unchanged_meanwhile,
)
def partition_respected(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """
    Judge each creation by the partition and revisions that may have governed it, each deletion by its cause.

    The partition counts from the start ordinal.
    """
    _rolling(history, subject)
    if not any(_staged(state) for state in _states(history, subject, window)):
        raise NotApplicable("no update was held back by a partition in this window")
    before = Window(0, window.end, window.asked)
    foreign = {
        change.life.uid
        for change in deletions(history, subject, before)
        if change.by in (Initiator.US, Initiator.DISRUPTION)
    }
    made = [change for change in creations(history, subject, window) if change.certain]
    return [breach for change in made for breach in _wrong(history, foreign, change)] + [
        Breach("untouched", f"{change.life.name}, below the partition, was deleted for the update", (change.event,))
        for change in deletions(history, subject, window)
        if change.by is Initiator.UPDATE
        and change.certain
        and all(change.ordinal < statefulsets.first_open(state) for state in change.states)
    ]


def _opened(change: Change) -> Change:
    """Return a deletion for an update with those states only that open its ordinal; without them it breaks others."""
    opening = [state for state in change.states if change.ordinal >= statefulsets.first_open(state)]
    return replace(change, states=tuple(opening) if change.by is Initiator.UPDATE and change.certain else ())


def _given_up(history: History, change: Change) -> bool:
    """Return whether a pod may go before its turn, as its controller may have seen it, at most the lag ago."""
    server = server_of(history, change.event.seq)
    if server is None or server.minor < (1, 37) or not all(map(statefulsets.parallel, change.states)):
        return False
    least_s, asked_at = max(map(statefulsets.min_ready_s, change.states)), requested(change.event)
    past = [seen for seen in change.life.seen if seen.seq < change.event.seq]
    recent = [seen for seen in past if seen.at >= change.event.at - history.lag]
    return any(not available(seen.data, least_s, asked_at) for seen in [*past[-1:], *recent])


def _rolling(history: History, subject: Subject) -> None:
    states = [life.last.data for life in in_record(history, subject)]
    if any(statefulsets.on_delete(state) for state in states):
        raise NotApplicable(f'"{subject.name}" is updated by deletion only (OnDelete)')
    if any(statefulsets.recreates(state) for state in states):
        raise NotApplicable(f'"{subject.name}" is updated all at once (Recreate)')
    if any(_max_unavailable(state) not in (None, 1) for state in states):
        raise NotApplicable(f'"{subject.name}" sets maxUnavailable, which lets several pods be replaced at once')


def _max_unavailable(state: Object) -> object:
    return state["spec"].get("updateStrategy", {}).get("rollingUpdate", {}).get("maxUnavailable")


def _states(history: History, subject: Subject, window: Window) -> list[Object]:
    seen = [one for one in history.of("StatefulSet", name=subject.name) if one.is_state]
    return [one.data for one in seen if one.seq >= window.start] + [one.data for one in seen if one.seq < window.start][
        -1:
    ]


def _staged(state: Object) -> bool:
    return statefulsets.partition(state) > 0 and statefulsets.current_revision(state) != statefulsets.update_revision(
        state
    )


def _hasty(history: History, subject: Subject, roster: Roster, change: Change) -> Iterator[Breach]:
    wanted, seq = [statefulsets.ordinals(state) for state in change.states], change.event.seq
    above = range(max(change.ordinal + 1, *(span.start for span in wanted)), min(span.stop for span in wanted))
    newest = {statefulsets.update_revision(state) for state in change.states}
    doubtful = {*roster.unwell(above, seq), *roster.unlike(newest, above, seq)}
    for ordinal in above if _min_ready_s(change) else sorted(doubtful):
        life = roster.standing(ordinal, seq)
        if life and _old(life, change):
            past = [seen for seen in life.seen if seen.seq < change.event.seq]
            text = f"{change.life.name} was replaced while {life.name} still had revision {revision(past[-1].data)}"
            yield Breach("reverse", text, (past[-1], change.event))
            continue
        found = problem_of(history, subject, roster, ordinal, change.event)
        if found:
            text = f"{change.life.name} was replaced while {found.text}"
            yield Breach("one at a time", text, (*found.events, change.event))
        elif life:
            yield from _unavailable(life, change)


def _min_ready_s(change: Change) -> int:
    return min(statefulsets.min_ready_s(state) for state in change.states)


def _old(life: Incarnation, change: Change) -> bool:
    pod = life.at(change.event.seq - 1)
    newest = {statefulsets.update_revision(state) for state in change.states}
    return pod is not None and not terminating(pod) and revision(pod) not in newest


def _unavailable(life: Incarnation, change: Change) -> Iterator[Breach]:
    min_ready_s = _min_ready_s(change)
    past = [seen for seen in life.seen if seen.seq < change.event.seq]
    asked_at = requested(change.event)
    if min_ready_s and not any(available(seen.data, min_ready_s, asked_at) for seen in past):
        text = f"{change.life.name} was replaced before {life.name} had been ready for {min_ready_s} s"
        yield Breach("available", text, (turned_ready(past) or past[-1], change.event))


def _wrong(history: History, foreign: set[str], change: Change) -> Iterator[Breach]:
    made_of = revision(change.event.data)
    below = [change.ordinal < statefulsets.first_open(state) for state in change.states]
    name = change.life.name
    if all(below) and all(made_of != statefulsets.current_revision(state) for state in change.states):
        former = [life for life in history.incarnations("Pod", name) if life.first.seq < change.event.seq]
        if former and former[-1].uid in foreign:
            text = f"{name}, below the partition, came back with revision {made_of}"
            yield Breach("returns", text, tuple(filter(None, (condemned(former[-1]), change.event))))
        else:
            text = f"{name}, below the partition, was made of revision {made_of}"
            yield Breach("closed", text, (change.event,))
    if not any(below) and all(made_of != statefulsets.update_revision(state) for state in change.states):
        text = f"{name}, at or above the partition, was made of revision {made_of}"
        yield Breach("open", text, (change.event,))
