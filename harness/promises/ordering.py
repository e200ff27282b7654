"""
The order in which an OrderedReady set starts and stops its pods.

Judged over the Pod stream, whose order is exact; states of the set count only beyond the measured lag.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from harness.history.history import History, Incarnation
from harness.promises import statefulsets
from harness.promises.changes import (
    Change,
    Initiator,
    Problem,
    creations,
    deletions,
    ordered,
    problem_of,
)
from harness.promises.interruptions import harmless_to_order
from harness.promises.pods import available, condemned, instant, turned_ready
from harness.promises.roster import Roster
from harness.promises.verdict import Breach, NotApplicable, Subject, Window, promise

__all__ = ["halts_while_unhealthy", "ordered_start", "reverse_ordered_stop"]

CLAUSES = {Problem.MISSING: "rising", Problem.UNREADY: "ready", Problem.TERMINATING: "terminating"}
SOURCE = "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees"


@promise(
    "ordered start",
    "Pods are created in the order of their ordinals, each only when all before it are ready",
    clauses={
        "rising": "No pod is created while one of a lower ordinal is missing",
        "ready": "No pod is created while one of a lower ordinal is not running and ready",
        "available": "No pod is created before those of lower ordinals have been ready for minReadySeconds",
        "terminating": "No pod is created while one of a lower ordinal is terminating",
    },
    kinds=("Pod", "StatefulSet"),
    source=SOURCE,
    bears=harmless_to_order,
)
def ordered_start(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """Judge each creation, also of a pod that takes the place of a deleted one, by the pods before it."""
    ordered(history, subject)
    made = [change for change in creations(history, subject, window) if _predecessors(change)]
    if not made:
        raise NotApplicable("no pod that has one before it was created in this window")
    roster = Roster(history, subject)
    return [breach for change in made for breach in _premature(history, subject, roster, change)]


@promise(
    "reverse ordered stop",
    "When a set is scaled down its pods are deleted from the highest ordinal down, each only after the former is gone",
    clauses={
        "highest": "No pod is deleted while one of a higher ordinal, that is to go as well, stays",
        "gone": "No pod is deleted before the one deleted before it is gone",
        "healthy": "No pod is deleted while one that stays, of a lower ordinal, is not running and ready",
    },
    kinds=("Pod", "StatefulSet"),
    source=SOURCE,
    bears=harmless_to_order,
)
def reverse_ordered_stop(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """
    Judge each deletion by scaling down; the deletion of a set promises no order.

    Of two pods that are to go, the controller (v1.36) deletes the higher one even if the lower one is not ready.
    """
    ordered(history, subject)
    left = [change for change in deletions(history, subject, window) if change.by is Initiator.SCALE_DOWN]
    if not left:
        raise NotApplicable("no pod was deleted by scaling down in this window")
    roster = Roster(history, subject)
    before = Window(0, window.end, window.asked)
    going = {change.life.uid for change in deletions(history, subject, before) if change.by is Initiator.SCALE_DOWN}
    return [breach for change in left for breach in _early(history, subject, roster, going, change)]


@promise(
    "halts while a predecessor is unhealthy",
    "While a pod is known to be unhealthy, none of a higher ordinal is created or deleted",
    clauses={
        "created": "While a pod is known to be unhealthy, none of a higher ordinal is created",
        "deleted": "While a pod is known to be unhealthy, none of a higher ordinal is deleted for scaling or updating",
    },
    kinds=("Pod", "StatefulSet"),
    source=SOURCE,
    bears=harmless_to_order,
)
def halts_while_unhealthy(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """Judge what the controller did while its own status told of an unhealthy pod."""
    ordered(history, subject)
    if any(statefulsets.recreates(life.last.data) for life in history.incarnations("StatefulSet", subject.name)):
        raise NotApplicable(f'"{subject.name}" is updated all at once (Recreate), whatever is wrong with its pods')
    if not _told_of_illness(history, subject, window):
        raise NotApplicable("no pod was known to be unhealthy in this window")
    roster = Roster(history, subject)
    created = [("created", change) for change in creations(history, subject, window)]
    deleted = [
        ("deleted", change)
        for change in deletions(history, subject, window)
        if change.by in (Initiator.SCALE_DOWN, Initiator.UPDATE)
    ]
    return [
        Breach(clause, f"{change.life.name} was {clause} while {found.text}", (*found.events, change.event))
        for clause, change in created + deleted
        for ordinal in roster.unwell(_staying_below(change), change.event.seq)
        if (found := problem_of(history, subject, roster, ordinal, change.event)) and found.events
    ]


def _predecessors(change: Change) -> range:
    """Return the ordinals that come before a pod by every state that may have governed."""
    return range(max(statefulsets.start(state) for state in change.states), change.ordinal)


def _staying_below(change: Change) -> range:
    wanted = [statefulsets.ordinals(state) for state in change.states]
    return range(max(span.start for span in wanted), min(change.ordinal, *(span.stop for span in wanted)))


def _premature(history: History, subject: Subject, roster: Roster, change: Change) -> Iterator[Breach]:
    min_ready_s = min(statefulsets.min_ready_s(state) for state in change.states)
    before, seq = _predecessors(change), change.event.seq
    for ordinal in before if min_ready_s else roster.unwell(before, seq):
        found, life = problem_of(history, subject, roster, ordinal, change.event), roster.standing(ordinal, seq)
        if found:
            text = f"{change.life.name} was created while {found.text}"
            yield Breach(CLAUSES[found.problem], text, (*found.events, change.event))
        elif life and min_ready_s:
            yield from _unavailable(life, change, min_ready_s)


def _unavailable(life: Incarnation, change: Change, min_ready_s: int) -> Iterator[Breach]:
    created_at = instant(change.event.data["metadata"]["creationTimestamp"])
    past = [seen for seen in life.seen if seen.seq < change.event.seq]
    if not any(available(seen.data, min_ready_s, created_at) for seen in past):
        text = f"{change.life.name} was created before {life.name} had been ready for {min_ready_s} s"
        yield Breach("available", text, (turned_ready(past) or past[-1], change.event))


def _early(history: History, subject: Subject, roster: Roster, going: set[str], change: Change) -> Iterator[Breach]:
    wanted = [statefulsets.ordinals(state) for state in change.states]
    for ordinal in roster.above(change.ordinal, change.event.seq, wanted):
        life = roster.standing(ordinal, change.event.seq)
        if life:
            yield from _overtaken(life, going, change)
    for ordinal in roster.unwell(_staying_below(change), change.event.seq):
        found = problem_of(history, subject, roster, ordinal, change.event)
        if found:
            text = f"{change.life.name} was deleted while {found.text}"
            yield Breach("healthy", text, (*found.events, change.event))


def _overtaken(higher: Incarnation, going: set[str], change: Change) -> Iterator[Breach]:
    """Yield the breach where a pod of a higher ordinal, that is to go as well, was there or was still going."""
    began = condemned(higher)
    if began is None or began.seq > change.event.seq:
        there = next(seen for seen in reversed(higher.seen) if seen.seq < change.event.seq)
        yield Breach("highest", f"{change.life.name} was deleted while {higher.name} stayed", (there, change.event))
    elif higher.uid in going:
        text = f"{change.life.name} was deleted while {higher.name} was still terminating"
        yield Breach("gone", text, (began, change.event))


def _told_of_illness(history: History, subject: Subject, window: Window) -> bool:
    """Whether a status of the set in the window has fewer pods ready than created, or fewer than before."""
    told = [seen.data for seen in history.of("StatefulSet", name=subject.name, since=window.start) if seen.is_state]
    fell = any(
        statefulsets.status(b, "readyReplicas") < statefulsets.status(a, "readyReplicas") for a, b in pairwise(told)
    )
    return fell or any(
        statefulsets.status(state, "readyReplicas") < statefulsets.status(state, "replicas") for state in told
    )
