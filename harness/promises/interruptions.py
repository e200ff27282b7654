"""
Which gaps of the record a promise about the order of a set's pods bears.

Problem: an API server that is restarted leaves a gap of a second or more, in which pods may come and go unseen.
Solution: such a promise judges each creation and deletion by the other pods of the set. Where none came or went, or
where all but one are known to have been well throughout, there is nothing in the gap that could break it.
"""

from __future__ import annotations

from harness.history.history import Gap, History
from harness.history.observation import Observation, Verb
from harness.model import Object
from harness.promises import statefulsets
from harness.promises.changes import incarnations_of
from harness.promises.pods import condemned, healthy, revision, standing
from harness.promises.verdict import Subject

__all__ = ["harmless_to_order", "unchanged_meanwhile"]


def harmless_to_order(history: History, subject: Subject, gap: Gap) -> bool:
    """Return whether no pod of the set came or went in a gap, or one alone while all others were well."""
    return unchanged_meanwhile(history, subject, gap) or _one_changed_alone(history, subject, gap)


def unchanged_meanwhile(history: History, subject: Subject, gap: Gap) -> bool:
    """
    Return whether a promise about creations and deletions bears a gap: no pod of the set came or went while it lasted.

    Such a promise looks at an object only as it was when a pod was created or deleted. An object that was the same
    before and after the gap is known again from there on, whatever became of it in between.
    """
    if not gap.spanned:
        return False
    gaps = {(lost.uid, lost.seq) for lost in history.of("Pod", Verb.GAP) if lost.uid}
    changes = [
        event for life in incarnations_of(history, subject) for event in (life.created, condemned(life)) if event
    ]
    return not any(
        (gap.since <= event.at and event.seq <= gap.seen.seq) or (event.uid, event.seq - 1) in gaps for event in changes
    )


def _one_changed_alone(history: History, subject: Subject, gap: Gap) -> bool:
    """
    Return whether all wanted pods but one stood ready and untouched throughout a gap, of a set that nobody changed.

    Then whatever happened to the one, however often, happened while no other was missing, terminating or unready, and
    while those above it had the update revision. With minReadySeconds a ready pod may be one that nobody may count on.
    """
    wanted = _unchanged_set(history, subject, gap)
    if wanted is None or statefulsets.min_ready_s(wanted) or not statefulsets.acknowledged(wanted):
        return False
    touched = {subject.ordinal(seen.name) for seen in history.of("Pod") if _in(gap, seen)}
    if gap.topic == "Pod" and not gap.spanned:
        touched.add(subject.ordinal(gap.name))
    lives = incarnations_of(history, subject)
    stood = {
        ordinal: life.at(gap.seen.seq) or {}
        for ordinal, life in standing(lives, subject, gap.seen.seq + 1).items()
        if ordinal not in touched and life.first.at < gap.since
    }
    alone = ({subject.ordinal(life.name) or 0 for life in lives} | set(statefulsets.ordinals(wanted))) - stood.keys()
    if len(alone) > 1:
        return False
    one = min(alone, default=max(stood, default=0))
    return all(
        ordinal in statefulsets.ordinals(wanted)
        and healthy(pod)
        and (ordinal <= one or revision(pod) == statefulsets.update_revision(wanted))
        for ordinal, pod in stood.items()
    )


def _unchanged_set(history: History, subject: Subject, gap: Gap) -> Object | None:
    """Return the set as it was before a gap; None where it was not there, or its spec or revision changed meanwhile."""
    states = [seen for seen in history.of("StatefulSet", name=subject.name) if seen.is_state]
    before = [seen.data for seen in states if seen.at < gap.since][-1:]
    lost = {seen.seq + 1 for seen in history.of("StatefulSet", Verb.GAP, name=subject.name) if _in(gap, seen)}
    during = [seen for seen in states if _in(gap, seen) or seen.seq in lost]
    if any(seen.verb is Verb.DELETED for seen in during):
        return None
    specs = {
        (statefulsets.generation(state), statefulsets.update_revision(state))
        for state in (*before, *(one.data for one in during))
    }
    return before[0] if before and len(specs) == 1 else None


def _in(gap: Gap, seen: Observation) -> bool:
    """Whether an observation falls into a gap, or is itself of a gap that overlaps with it."""
    began = float(seen.data.get("since", seen.at)) if seen.verb is Verb.GAP else seen.at
    return began <= gap.seen.at and gap.since <= seen.at
