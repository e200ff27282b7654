"""Changes that break the order of starting and stopping."""

from __future__ import annotations

from collections.abc import Callable

from harness.history.history import History
from harness.promises import statefulsets
from harness.promises.changes import Change, Initiator, creations, deletions
from harness.promises.mutations.history_editor import HistoryEditor
from harness.promises.mutations.mutation import Mutate, breaks
from harness.promises.mutations.occasions import (
    demand_availability,
    everything,
    healthy_below,
    make_unhealthy,
    replacements,
    scale_downs,
    swap,
    terminate,
    unready,
)
from harness.promises.verdict import Subject


def _breaks(promise: str, clause: str) -> Callable[[Mutate], Mutate]:
    """Make the decorated function a mutation of sets that manage their pods in order; others promise none."""

    def register(apply: Mutate) -> Mutate:
        def orderly(history: History, subject: Subject) -> History | None:
            states = [life.last.data for life in history.incarnations("StatefulSet", subject.name)]
            return None if any(map(statefulsets.parallel, states)) else apply(history, subject)

        return breaks(promise, clause)(orderly)

    return register


@_breaks("ordered start", "rising")
def _start_before_former_exists(history: History, subject: Subject) -> History | None:
    for change, former in replacements(history, subject):
        if history.incarnations("Pod", former.name)[0].uid == former.uid:
            draft = HistoryEditor(history)
            draft.move(change.event, former.first)
            return draft.history()
    return None


@_breaks("ordered start", "ready")
def _start_before_former_is_ready(history: History, subject: Subject) -> History | None:
    for change, former in replacements(history, subject):
        draft = HistoryEditor(history)
        draft.move(change.event, former.seen[1])
        return draft.history()
    return None


@_breaks("ordered start", "available")
def _start_before_former_is_available(history: History, subject: Subject) -> History | None:
    return demand_availability(history, subject) if any(replacements(history, subject)) else None


@_breaks("ordered start", "terminating")
def _start_while_former_terminates(history: History, subject: Subject) -> History | None:
    for change in reversed(creations(history, subject, everything(history))):
        for former in healthy_below(history, subject, change):
            return make_unhealthy(history, subject, change, former, terminate)
    return None


@_breaks("reverse ordered stop", "highest")
def _stop_lower_first(history: History, subject: Subject) -> History | None:
    return swap(history, subject, Initiator.SCALE_DOWN)


@_breaks("reverse ordered stop", "gone")
def _stop_before_former_is_gone(history: History, subject: Subject) -> History | None:
    for higher, lower in scale_downs(history, subject, Initiator.SCALE_DOWN):
        gone = higher.life.deleted
        if gone and gone.seq != higher.event.seq:
            draft = HistoryEditor(history)
            draft.move(lower.event, gone)
            return draft.history()
    return None


@_breaks("reverse ordered stop", "healthy")
def _stop_above_unhealthy(history: History, subject: Subject) -> History | None:
    return _act_above_unhealthy(
        history, subject, deletions(history, subject, everything(history)), Initiator.SCALE_DOWN
    )


@_breaks("halts while a predecessor is unhealthy", "created")
def _create_above_unhealthy(history: History, subject: Subject) -> History | None:
    return _act_above_unhealthy(history, subject, creations(history, subject, everything(history)), Initiator.UNKNOWN)


@_breaks("halts while a predecessor is unhealthy", "deleted")
def _delete_above_unhealthy(history: History, subject: Subject) -> History | None:
    left = deletions(history, subject, everything(history))
    stop = _act_above_unhealthy(history, subject, left, Initiator.SCALE_DOWN)
    return stop or _act_above_unhealthy(history, subject, left, Initiator.UPDATE)


def _act_above_unhealthy(history: History, subject: Subject, changes: list[Change], by: Initiator) -> History | None:
    for change in reversed(changes):
        if change.by is by and change.states:
            for lower in healthy_below(history, subject, change):
                return make_unhealthy(history, subject, change, lower, unready)
    return None
