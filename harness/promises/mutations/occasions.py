"""Where a recording offers the occasion for a change, and the changes that several clauses share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from harness.history.history import History, Incarnation
from harness.history.observation import OUTPUT, Observation, Verb
from harness.promises import statefulsets
from harness.promises.changes import Change, Initiator, creations, deletions, incarnations_of
from harness.promises.mutations.history_editor import HistoryEditor, Raw
from harness.promises.pods import healthy, standing
from harness.promises.verdict import Subject, Window

__all__ = [
    "demand_availability",
    "everything",
    "healthy_below",
    "make_unhealthy",
    "newest_before",
    "outputs_of",
    "replacements",
    "rewrite_newest",
    "rewrite_newest_pod",
    "scale_downs",
    "swap",
    "terminate",
    "unready",
]


def everything(history: History) -> Window:
    """Return the window over a whole history."""
    return Window(0, history.end, history.now)


def replacements(history: History, subject: Subject) -> Iterator[tuple[Change, Incarnation]]:
    """Yield creations, newest first, with the pod before, created when both were wanted and neither there."""
    lives = incarnations_of(history, subject)
    for change in reversed(creations(history, subject, everything(history))):
        former = standing(lives, subject, change.event.seq).get(change.ordinal - 1)
        if former and former.created and len(former.seen) > 1 and former.seen[1].seq < change.event.seq:
            states = statefulsets.governing(history, subject.name, former.first)
            wanted = any(change.ordinal in statefulsets.ordinals(state) for state in states)
            if wanted and change.life.name not in history.upto(former.seen[1].seq).alive("Pod"):
                yield change, former


def scale_downs(history: History, subject: Subject, by: Initiator) -> Iterator[tuple[Change, Change]]:
    """Yield pairs of deletions in a row, a higher ordinal and then a lower one, newest first."""
    left = [change for change in deletions(history, subject, everything(history)) if change.by is by]
    for higher, lower in reversed(list(pairwise(left))):
        if higher.ordinal > lower.ordinal:
            yield higher, lower


def swap(history: History, subject: Subject, by: Initiator) -> History | None:
    """Return the history in which of two deletions in a row the later one comes right before the earlier one."""
    for higher, lower in scale_downs(history, subject, by):
        draft = HistoryEditor(history)
        draft.move(lower.event, higher.event)
        return draft.history()
    return None


def demand_availability(history: History, subject: Subject) -> History:
    """Return the history in which the set has always asked for an hour of minReadySeconds."""
    draft = HistoryEditor(history)
    for life in history.incarnations("StatefulSet", subject.name):
        draft.rewrite_incarnation(life, lambda state: state["spec"].update(minReadySeconds=3600))
    return draft.history()


def healthy_below(history: History, subject: Subject, change: Change) -> Iterator[Incarnation]:
    """Yield the healthy pods of lower ordinals that were to stay when a change happened."""
    there = standing(incarnations_of(history, subject), subject, change.event.seq)
    for ordinal, life in there.items():
        wanted = all(ordinal in statefulsets.ordinals(state) for state in change.states)
        if ordinal < change.ordinal and wanted and healthy(life.at(change.event.seq - 1) or {}):
            yield life


def make_unhealthy(
    history: History, subject: Subject, change: Change, pod: Incarnation, illness: Callable[[Raw], None]
) -> History | None:
    """Return the history in which the pod falls ill 2 s before the change, and the set's status tells of it."""

    def tell(state: Raw) -> None:
        for field in ("replicas", "readyReplicas", "availableReplicas", "currentReplicas", "updatedReplicas"):
            state["status"][field] = max(0, state["status"].get(field, 0) - 1)

    told = [seen for seen in history.of("StatefulSet", name=subject.name, before=change.event.seq) if seen.is_state]
    if not told or "status" not in told[-1].data:
        return None
    draft = HistoryEditor(history)
    draft.insert(change.event, newest_before(pod, change.event), Verb.MODIFIED, illness)
    draft.insert(change.event, told[-1], Verb.MODIFIED, tell)
    draft.delay(change.event, 2)
    return draft.history()


def unready(pod: Raw) -> None:
    """Make a pod not ready."""
    for condition in pod["status"]["conditions"]:
        if condition["type"] in ("Ready", "ContainersReady"):
            condition["status"] = "False"


def terminate(pod: Raw) -> None:
    """Make a pod one whose deletion was asked for."""
    pod["metadata"]["deletionTimestamp"] = pod["metadata"].get("creationTimestamp", "2000-01-01T00:00:00Z")


def newest_before(life: Incarnation, event: Observation) -> Observation:
    """Return the newest observation of a life before an event."""
    return next(seen for seen in reversed(life.seen) if seen.seq < event.seq)


def rewrite_newest_pod(
    history: History, subject: Subject, change: Callable[[Raw], None], suffix: str = ""
) -> History | None:
    """Return the history in which the newest life of a pod of the set was changed; None where there is none."""
    lives = incarnations_of(history, subject)
    if not lives:
        return None
    draft = HistoryEditor(history)
    draft.rewrite_incarnation(lives[-1], change, lives[-1].name + suffix)
    return draft.history()


def rewrite_newest(history: History, found: list[Observation], change: Callable[[Raw], None]) -> History | None:
    """Return the history in which the last of these observations was changed; None where there are none."""
    if not found:
        return None
    draft = HistoryEditor(history)
    draft.rewrite(found[-1], change)
    return draft.history()


def outputs_of(history: History, subject: Subject, purpose: str) -> list[Observation]:
    """Return what was printed for this purpose about pods of the set, oldest first."""
    return [
        seen
        for seen in history.of(OUTPUT)
        if seen.data.get("purpose") == purpose and subject.ordinal(str(seen.data.get("pod", ""))) is not None
    ]
