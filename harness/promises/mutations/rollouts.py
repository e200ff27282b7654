"""Changes that break rolling updates and partitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harness.history.history import History, Incarnation
from harness.history.observation import Observation, Verb
from harness.model import Object
from harness.promises import statefulsets
from harness.promises.changes import Change, Initiator, creations, deletions, incarnations_of
from harness.promises.mutations.history_editor import HistoryEditor, Raw
from harness.promises.mutations.mutation import breaks
from harness.promises.mutations.occasions import (
    demand_availability,
    everything,
    newest_before,
    scale_downs,
    swap,
    terminate,
)
from harness.promises.own_actions import removals
from harness.promises.pods import healthy, revision, standing
from harness.promises.verdict import Subject


@breaks("rolling update in reverse order", "reverse")
def _update_lower_first(history: History, subject: Subject) -> History | None:
    return swap(history, subject, Initiator.UPDATE)


@breaks("rolling update in reverse order", "one at a time")
def _update_two_at_once(history: History, subject: Subject) -> History | None:
    for higher, lower in scale_downs(history, subject, Initiator.UPDATE):
        again = [life for life in history.incarnations("Pod", higher.life.name) if life.first.seq > higher.event.seq]
        if again and again[0].created and again[0].seen[1].seq < lower.event.seq:
            draft = HistoryEditor(history)
            draft.move(lower.event, again[0].seen[1])
            return draft.history()
    return None


@breaks("rolling update in reverse order", "available")
def _update_before_available(history: History, subject: Subject) -> History | None:
    return demand_availability(history, subject) if any(scale_downs(history, subject, Initiator.UPDATE)) else None


@breaks("partition respected", "closed")
def _open_below_after_failure(history: History, subject: Subject) -> History | None:
    def fail(pod: Raw) -> None:
        pod["status"]["phase"] = "Failed"

    for staged, closed, open_pod in _staged(history, subject):
        draft, last = HistoryEditor(history), newest_before(closed, staged)
        draft.insert(staged, last, Verb.MODIFIED, fail)
        draft.insert(staged, last, Verb.DELETED, fail)
        draft.insert(staged, last, Verb.ADDED, _reborn(open_pod))
        draft.rewrite_incarnation(closed, _reborn(open_pod), since=staged.seq)
        return draft.history()
    return None


@breaks("partition respected", "returns")
def _return_at_update_revision(history: History, subject: Subject) -> History | None:
    for change in reversed(_returned(history, subject)):
        if all(change.ordinal < statefulsets.first_open(state) for state in change.states):
            other = _of_other_revision(history, subject, change)
            if other:
                draft = HistoryEditor(history)
                draft.rewrite_incarnation(change.life, _made_like(other))
                return draft.history()
    return None


@breaks("partition respected", "open")
def _stay_at_current_revision(history: History, subject: Subject) -> History | None:
    for change in reversed(creations(history, subject, everything(history))):
        other = _of_other_revision(history, subject, change)
        held = any(
            statefulsets.current_revision(state) != statefulsets.update_revision(state) for state in change.states
        )
        if held and other and all(change.ordinal >= statefulsets.first_open(state) > 0 for state in change.states):
            draft = HistoryEditor(history)
            draft.rewrite_incarnation(change.life, _made_like(other))
            return draft.history()
    return None


@breaks("partition respected", "untouched")
def _replace_below(history: History, subject: Subject) -> History | None:
    for staged, closed, _ in _staged(history, subject):
        draft = HistoryEditor(history)
        draft.insert(staged, newest_before(closed, staged), Verb.MODIFIED, terminate)
        return draft.history()
    return None


def _staged(history: History, subject: Subject) -> Iterator[tuple[Observation, Incarnation, Object]]:
    """Yield moments of a held back update, a pod below the partition, and a pod that has the update revision."""
    lives = incarnations_of(history, subject)
    ours = removals(history)
    for seen in reversed(history.of("Pod")):
        there = standing(lives, subject, seen.seq)
        states = statefulsets.governing(history, subject.name, seen)
        for life in there.values():
            ordinal = subject.ordinal(life.name) or 0
            pod = life.at(seen.seq - 1)
            held = [statefulsets.current_revision(state) != statefulsets.update_revision(state) for state in states]
            below = [ordinal < statefulsets.first_open(state) for state in states]
            other = _with_revision(lives, {statefulsets.update_revision(state) for state in states})
            fit = pod and healthy(pod) and life.uid not in (seen.uid, *ours)
            if states and all(held) and all(below) and other and fit:
                yield seen, life, other


def _with_revision(lives: list[Incarnation], revisions: set[str]) -> Object | None:
    return next((life.first.data for life in lives if {revision(life.first.data)} == revisions), None)


def _of_other_revision(history: History, subject: Subject, change: Change) -> Object | None:
    own = revision(change.event.data)
    held = {
        name
        for state in change.states
        for name in (statefulsets.current_revision(state), statefulsets.update_revision(state))
    }
    return _with_revision(incarnations_of(history, subject), held - {own})


def _made_like(other: Object) -> Callable[[Raw], None]:
    """Return the change that gives a pod the revision and the containers of another one."""

    def make(pod: Raw) -> None:
        labels = other["metadata"]["labels"]
        kept = {key: value for key, value in pod["metadata"]["labels"].items() if key in _OWN_LABELS}
        pod["metadata"]["labels"] = {**labels, **kept}
        pod["spec"]["containers"] = other["spec"]["containers"]

    return make


_OWN_LABELS = ("apps.kubernetes.io/pod-index", "statefulset.kubernetes.io/pod-name")


def _reborn(other: Object) -> Callable[[Raw], None]:
    """Return the change that makes a pod another one of its name, made like `other`."""

    def make(pod: Raw) -> None:
        _made_like(other)(pod)
        pod["metadata"]["uid"] += "-reborn"

    return make


def _returned(history: History, subject: Subject) -> list[Change]:
    """Return the creations of pods whose former life was ended by us or by a disruption."""
    foreign = (Initiator.US, Initiator.DISRUPTION)
    left = [change for change in deletions(history, subject, everything(history)) if change.by in foreign]
    return [
        change
        for change in creations(history, subject, everything(history))
        if any(
            former.life.name == change.life.name and former.life.deleted and former.event.seq < change.event.seq
            for former in left
        )
    ]
