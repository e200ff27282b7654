"""Which revision stands for a version: one for each template, and the same one again after a rollback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from harness.history.history import History, Incarnation
from harness.history.observation import Observation
from harness.model import Object
from harness.promises import statefulsets
from harness.promises.changes import in_record
from harness.promises.verdict import Breach, NotApplicable, Subject, Window, promise

__all__ = ["one_revision_each"]


@promise(
    "one revision for each template",
    "A set that goes back to a template it had before uses the former revision again, under its name",
    clauses={
        "again": "No revision is made of a template that has one already",
        "newest": "The revision that a set updates to has the highest number of its revisions",
    },
    kinds=("StatefulSet", "ControllerRevision"),
    source="https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#revision-history",
)
def one_revision_each(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """
    Judge each revision by those that were there when it was made, and each status by the numbers it could know.

    A revision that was dropped, for the limit of the history, may be made anew under any name.
    """
    owners = {life.uid for life in in_record(history, subject)}
    own = [life for life in history.incarnations("ControllerRevision") if _owner(life.last.data) in owners]
    if len(own) < 2:
        raise NotApplicable(f'"{subject.name}" had one version only')
    return [*_twice(own, window), *_outnumbered(history, subject, own, window)]


def _owner(found: Object) -> str:
    owners = found["metadata"].get("ownerReferences") or []
    return next((str(owner["uid"]) for owner in owners if owner.get("controller")), "")


def _twice(own: list[Incarnation], window: Window) -> Iterator[Breach]:
    for former, later in combinations(sorted(own, key=lambda life: life.first.seq), 2):
        there = former.at(later.first.seq)
        made = later.created and window.start <= later.first.seq < window.end
        if made and there and _template(there) == _template(later.first.data):
            text = f"revision {later.name} was made of the template that {former.name} stands for"
            yield Breach("again", text, (former.first, later.first))


def _outnumbered(history: History, subject: Subject, own: list[Incarnation], window: Window) -> Iterator[Breach]:
    """Compare at the measured lag around a status: what came about within it may be of the next template."""
    for told in history.of("StatefulSet", name=subject.name, since=window.start, before=window.end):
        if not told.is_state or not statefulsets.acknowledged(told.data):
            continue
        used = [life for life in own if life.name == statefulsets.update_revision(told.data)]
        last = _known(used[0], told.at + history.lag) if used else None
        if last is None:
            continue
        for other in own:
            seen = None if other is used[0] else _known(other, told.at - history.lag)
            if seen and _number(seen.data) > _number(last.data) and other.at(told.seq):
                text = f"{last.name}, to which the set updates, has number {_number(last.data)}"
                text += f", and {other.name} {_number(seen.data)}"
                yield Breach("newest", text, tuple(sorted((seen, last, told), key=lambda one: one.seq)))


def _known(life: Incarnation, at: float) -> Observation | None:
    return next((seen for seen in reversed(life.seen) if seen.at <= at), None)


def _number(revision: Object) -> int:
    return int(revision.get("revision", 0))


def _template(revision: Object) -> Object:
    return dict(revision.get("data") or {})
