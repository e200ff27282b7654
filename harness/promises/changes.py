"""
Creations and deletions of a set's pods: who caused them, by which state of the set, and what was known by then.

Problem: a deletion does not say who asked for it. Solution: our own deletions are in the record; evictions and
failures show in the pod's status; the rest is ascribed to the controller if a state of the set that may have governed
explains it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from harness.history.history import History, Incarnation
from harness.history.observation import Observation
from harness.model import Object
from harness.promises import statefulsets
from harness.promises.own_actions import removals
from harness.promises.pods import condemned, disrupted, ended, instant, ready, revision, terminating
from harness.promises.roster import Roster
from harness.promises.subjects import incarnations_of_subject
from harness.promises.verdict import NotApplicable, Subject, Window

__all__ = [
    "Change",
    "Initiator",
    "PodProblem",
    "Problem",
    "creations",
    "deletions",
    "in_record",
    "incarnations_of",
    "ordered",
    "problem_of",
    "requested",
]


class Initiator(StrEnum):
    """Who caused the deletion of a pod."""

    US = "us"
    DISRUPTION = "disruption"
    """Eviction, preemption, a tainted or lost node."""
    FAILURE = "failure"
    """The pod had ended, Failed or Succeeded."""
    SET_DELETED = "deletion of the set"
    SCALE_DOWN = "scale down"
    UPDATE = "update"
    UNKNOWN = "unknown"
    """Nothing in the record explains it, or two things do."""


@dataclass(frozen=True, slots=True)
class Change:
    """
    The creation or deletion of one pod.

    `states`: the states of the set that explain it and may have governed. `certain`: whether the status has told of
    each spec that may have governed; without that, nobody knows which revisions were meant.
    """

    ordinal: int
    life: Incarnation
    event: Observation
    states: tuple[Object, ...]
    by: Initiator = Initiator.UNKNOWN
    certain: bool = False


class Problem(StrEnum):
    """What can be wrong with a pod that others wait for."""

    MISSING = "missing"
    UNREADY = "unready"
    TERMINATING = "terminating"


@dataclass(frozen=True, slots=True)
class PodProblem:
    """What was wrong with a pod, in words, and the observations that prove that the controller knew."""

    problem: Problem
    text: str
    events: tuple[Observation, ...] = ()


def incarnations_of(history: History, subject: Subject) -> list[Incarnation]:
    """Return the lives of all pods that bear a name of the set, or of the pods that the scenario has named so."""
    return incarnations_of_subject(history, subject.name)


def in_record(history: History, subject: Subject) -> list[Incarnation]:
    """Return the lives of the set; raise NotApplicable where the record has none."""
    lives = history.incarnations("StatefulSet", subject.name)
    if not lives:
        raise NotApplicable(f'the record has no StatefulSet "{subject.name}"')
    return lives


def ordered(history: History, subject: Subject) -> None:
    """Raise NotApplicable unless the set is in the record and manages its pods in order."""
    if any(statefulsets.parallel(life.last.data) for life in in_record(history, subject)):
        raise NotApplicable(f'"{subject.name}" manages its pods in parallel, which promises no order')


def creations(history: History, subject: Subject, window: Window) -> list[Change]:
    """Return the creations of wanted pods in the window, oldest first."""
    made = []
    for life in incarnations_of(history, subject):
        if life.created and window.start <= life.first.seq < window.end:
            ordinal = subject.ordinal(life.name) or 0
            states = statefulsets.governing(history, subject.name, life.first)
            wanting = tuple(state for state in states if ordinal in statefulsets.ordinals(state))
            made.append(Change(ordinal, life, life.first, wanting, certain=all(map(statefulsets.acknowledged, states))))
    return [change for change in made if change.states]


def deletions(history: History, subject: Subject, window: Window) -> list[Change]:
    """Return the deletions of pods that were asked for or first seen in the window, oldest first."""
    ours, ends = removals(history), statefulsets.ends(history, subject.name)
    found = []
    for life in incarnations_of(history, subject):
        event = condemned(life)
        if event and window.start <= event.seq < window.end:
            by = Initiator.US if life.uid in ours else _outsider(life, event, ends, history.lag)
            governing = statefulsets.governing(history, subject.name, event)
            states: tuple[Object, ...] = ()
            if by is Initiator.UNKNOWN:
                by, states = _controller(governing, subject, life, event)
            certain = all(map(statefulsets.acknowledged, governing))
            found.append(Change(subject.ordinal(life.name) or 0, life, event, states, by, certain))
    return sorted(found, key=lambda change: change.event.seq)


def requested(deletion: Observation) -> datetime:
    """Return when a deletion was asked for, by the API server's clock in whole seconds where it says so."""
    metadata = deletion.data["metadata"]
    if not metadata.get("deletionTimestamp"):
        return instant(deletion.wall)
    grace = timedelta(seconds=int(metadata.get("deletionGracePeriodSeconds") or 0))
    return instant(metadata["deletionTimestamp"]) - grace


def problem_of(
    history: History, subject: Subject, roster: Roster, ordinal: int, event: Observation
) -> PodProblem | None:
    """
    Return what the controller knew to be wrong with a pod when it caused `event`; None where all was well or unknown.

    What has never been true in a pod's life cannot be in any cache, so it counts at once. What ceased to be true
    counts from the status that tells of it, beyond the measured lag.
    """
    name = f"{subject.name}-{ordinal}"
    life = roster.standing(ordinal, event.seq)
    if life is None:
        there = roster.of(ordinal)
        former = [one for one in there if one.name == name and one.deleted and one.deleted.seq < event.seq]
        if not former:
            return PodProblem(Problem.MISSING, f"{name} had never existed")
        return _known(history, subject, event, former[-1].last, PodProblem(Problem.MISSING, f"{name} was gone"))
    past = [seen for seen in life.seen if seen.seq < event.seq]
    if terminating(past[-1].data):
        began = condemned(life) or past[-1]
        return _known(history, subject, event, began, PodProblem(Problem.TERMINATING, f"{name} was terminating"))
    if not any(ready(seen.data) for seen in past):
        return PodProblem(Problem.UNREADY, f"{name} had never been ready", (life.first,))
    if not ready(past[-1].data):
        stopped = next(later for former, later in _backwards(past) if ready(former.data))
        return _known(history, subject, event, stopped, PodProblem(Problem.UNREADY, f"{name} was not ready any more"))
    return None


def _backwards(past: list[Observation]) -> list[tuple[Observation, Observation]]:
    return list(pairwise(past))[::-1]


def _known(
    history: History, subject: Subject, event: Observation, began: Observation, found: PodProblem
) -> PodProblem | None:
    """Return the ill if the set's status told of its beginning before the event, beyond the lag."""
    fields = ["replicas", "readyReplicas", "availableReplicas"]
    fields += ["currentReplicas", "updatedReplicas"] if found.problem is not Problem.UNREADY else []
    told = [
        later
        for life in history.incarnations("StatefulSet", subject.name)
        for former, later in pairwise(life.seen)
        if later.at >= began.at - history.lag and _fell(former.data, later.data, fields)
    ]
    notice = next((seen for seen in told if seen.seq > began.seq), told[-1] if told else None)
    if notice is None or event.at <= max(notice.at, began.at) + history.lag:
        return None
    return replace(found, events=tuple(sorted((began, notice), key=lambda seen: seen.seq)))


def _fell(former: Object, later: Object, fields: list[str]) -> bool:
    same = all(
        former.get("status", {}).get(field) == later.get("status", {}).get(field)
        for field in ("currentRevision", "updateRevision")
    )
    compared = fields if same else fields[:3]
    return any(statefulsets.status(later, field) < statefulsets.status(former, field) for field in compared)


def _outsider(life: Incarnation, event: Observation, ends: list[Observation], lag: float) -> Initiator:
    before = [seen.data for seen in life.seen if seen.seq <= event.seq]
    if any(disrupted(pod) for pod in before):
        return Initiator.DISRUPTION
    if len(before) > 1 and ended(before[-2]):
        return Initiator.FAILURE
    if any(end.at - lag <= event.at and _owned(life, end.uid) for end in ends):
        return Initiator.SET_DELETED
    return Initiator.UNKNOWN


def _owned(life: Incarnation, uid: str) -> bool:
    owners = life.last.data["metadata"].get("ownerReferences", [])
    return not owners or any(owner.get("uid") == uid for owner in owners)


def _controller(
    governing: list[Object], subject: Subject, life: Incarnation, event: Observation
) -> tuple[Initiator, tuple[Object, ...]]:
    explained: dict[Initiator, list[Object]] = {}
    for state in governing:
        if subject.ordinal(life.name) not in statefulsets.ordinals(state):
            explained.setdefault(Initiator.SCALE_DOWN, []).append(state)
        elif not statefulsets.on_delete(state) and revision(event.data) != statefulsets.update_revision(state):
            explained.setdefault(Initiator.UPDATE, []).append(state)
    if len(explained) != 1:
        return Initiator.UNKNOWN, ()
    by, states = explained.popitem()
    return by, tuple(states)
