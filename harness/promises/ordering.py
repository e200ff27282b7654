"""
The order in which an OrderedReady set starts and stops its pods.

Judged over the Pod stream, whose order is exact; states of the set count only beyond the measured lag.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from harness.history.history import History, Life
from harness.promises import sets
from harness.promises.changes import (
    Ailment,
    Author,
    Change,
    creations,
    deletions,
    ill,
    lives_of,
    ordered,
)
from harness.promises.interruptions import harmless_to_order
from harness.promises.pods import available, condemned, instant, standing, turned_ready
from harness.promises.verdict import Breach, NotApplicable, Subject, Window, promise

__all__ = ["halts_while_unhealthy", "ordered_start", "reverse_ordered_stop"]

CLAUSES = {Ailment.MISSING: "rising", Ailment.UNREADY: "ready", Ailment.TERMINATING: "terminating"}
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
    lives = lives_of(history, subject)
    return [
        breach
        for change in made
        for ordinal in _predecessors(change)
        for breach in _premature(history, subject, lives, change, ordinal)
    ]


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
    left = [change for change in deletions(history, subject, window) if change.by is Author.SCALE_DOWN]
    if not left:
        raise NotApplicable("no pod was deleted by scaling down in this window")
    lives = lives_of(history, subject)
    before = Window(0, window.end, window.asked)
    going = {change.life.uid for change in deletions(history, subject, before) if change.by is Author.SCALE_DOWN}
    return [breach for change in left for breach in _early(history, subject, lives, going, change)]


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
    if not _told_of_illness(history, subject, window):
        raise NotApplicable("no pod was known to be unhealthy in this window")
    lives = lives_of(history, subject)
    created = [("created", change) for change in creations(history, subject, window)]
    deleted = [
        ("deleted", change)
        for change in deletions(history, subject, window)
        if change.by in (Author.SCALE_DOWN, Author.UPDATE)
    ]
    return [
        Breach(clause, f"{change.life.name} was {clause} while {found.text}", (*found.events, change.event))
        for clause, change in created + deleted
        for ordinal in _staying_below(change)
        if (found := ill(history, subject, lives, ordinal, change.event)) and found.events
    ]


def _predecessors(change: Change) -> list[int]:
    """Return the ordinals that come before a pod by every state that may have governed."""
    lowest = max(sets.start(state) for state in change.states)
    return list(range(lowest, change.ordinal))


def _staying_below(change: Change) -> list[int]:
    wanted = set.intersection(*(set(sets.ordinals(state)) for state in change.states))
    return [ordinal for ordinal in sorted(wanted) if ordinal < change.ordinal]


def _premature(history: History, subject: Subject, lives: list[Life], change: Change, ordinal: int) -> Iterator[Breach]:
    found = ill(history, subject, lives, ordinal, change.event)
    if found:
        text = f"{change.life.name} was created while {found.text}"
        yield Breach(CLAUSES[found.ailment], text, (*found.events, change.event))
        return
    life = standing(lives, subject, change.event.seq).get(ordinal)
    min_ready_s = min(sets.min_ready_s(state) for state in change.states)
    if life is None or min_ready_s == 0:
        return
    created_at = instant(change.event.data["metadata"]["creationTimestamp"])
    past = [seen for seen in life.seen if seen.seq < change.event.seq]
    if not any(available(seen.data, min_ready_s, created_at) for seen in past):
        text = f"{change.life.name} was created before {life.name} had been ready for {min_ready_s} s"
        yield Breach("available", text, (turned_ready(past) or past[-1], change.event))


def _early(history: History, subject: Subject, lives: list[Life], going: set[str], change: Change) -> Iterator[Breach]:
    for ordinal, life in standing(lives, subject, change.event.seq).items():
        if ordinal <= change.ordinal or any(ordinal in sets.ordinals(state) for state in change.states):
            continue
        began = condemned(life)
        if began is None or began.seq > change.event.seq:
            there = next(seen for seen in reversed(life.seen) if seen.seq < change.event.seq)
            yield Breach("highest", f"{change.life.name} was deleted while {life.name} stayed", (there, change.event))
        elif life.uid in going:
            text = f"{change.life.name} was deleted while {life.name} was still terminating"
            yield Breach("gone", text, (began, change.event))
    for ordinal in _staying_below(change):
        found = ill(history, subject, lives, ordinal, change.event)
        if found:
            text = f"{change.life.name} was deleted while {found.text}"
            yield Breach("healthy", text, (*found.events, change.event))


def _told_of_illness(history: History, subject: Subject, window: Window) -> bool:
    """Whether a status of the set in the window has fewer pods ready than created, or fewer than before."""
    told = [seen.data for seen in history.of("StatefulSet", name=subject.name, since=window.start) if seen.is_state]
    fell = any(sets.status(b, "readyReplicas") < sets.status(a, "readyReplicas") for a, b in pairwise(told))
    return fell or any(sets.status(state, "readyReplicas") < sets.status(state, "replicas") for state in told)
