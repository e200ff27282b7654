"""Changes that break what stands for a version."""

from __future__ import annotations

from harness.history.history import History, Incarnation
from harness.promises import statefulsets
from harness.promises.mutations.history_editor import HistoryEditor
from harness.promises.mutations.mutation import breaks
from harness.promises.verdict import Subject


@breaks("one revision for each template", "again")
def _make_a_second_one(history: History, subject: Subject) -> History | None:
    own = _own(history, subject)
    if len(own) < 2 or not own[-1].created or own[-2].at(own[-1].first.seq) is None:
        return None
    draft = HistoryEditor(history)
    draft.rewrite_incarnation(own[-1], lambda revision: revision.update(data=own[-2].last.data.get("data")))
    return draft.history()


@breaks("one revision for each template", "newest")
def _number_backwards(history: History, subject: Subject) -> History | None:
    told = [
        statefulsets.update_revision(seen.data)
        for seen in history.of("StatefulSet", name=subject.name)
        if seen.is_state
    ]
    own = _own(history, subject)
    used = [life for life in own if told and life.name == told[-1]]
    if len(own) < 2 or not used:
        return None
    draft = HistoryEditor(history)
    draft.rewrite_incarnation(used[0], lambda revision: revision.update(revision=0))
    return draft.history()


def _own(history: History, subject: Subject) -> list[Incarnation]:
    """Return the revisions of the set, oldest first."""
    owned = [
        life
        for life in history.incarnations("ControllerRevision")
        if any(owner["name"] == subject.name for owner in life.last.data["metadata"].get("ownerReferences") or [])
    ]
    return sorted(owned, key=lambda life: life.first.seq)
