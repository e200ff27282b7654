"""Why a set replaces its pods: for a template that has changed, and for nothing else of its own accord."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.history.history import History
from harness.history.observation import Observation
from harness.model import Object
from harness.promises import statefulsets
from harness.promises.changes import Initiator, deletions, in_record
from harness.promises.interruptions import harmless_to_order
from harness.promises.pods import revision
from harness.promises.verdict import Breach, Subject, Window, promise

__all__ = ["replaced_for_a_reason"]


@promise(
    "replaced for a reason",
    "A set replaces a pod only for a template that differs from the one that the pod was made of",
    clauses={"template": "No pod is deleted for a revision whose template is that of its own revision"},
    kinds=("Pod", "StatefulSet"),
    source="https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#rolling-updates",
    bears=harmless_to_order,
)
def replaced_for_a_reason(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """
    Judge each deletion for an update by the templates of the two revisions.

    They are those that the set's spec had when its status named the revision: a controller of another version may
    write the same template down otherwise, and take it for a new one (seen upstream from 1.33 to 1.34.0).
    """
    in_record(history, subject)
    return list(_needless(history, subject, window))


def _needless(history: History, subject: Subject, window: Window) -> Iterator[Breach]:
    told = [seen for seen in history.of("StatefulSet", name=subject.name) if seen.is_state]
    for change in deletions(history, subject, window):
        if change.by is not Initiator.UPDATE or not change.certain:
            continue
        former = _template(told, revision(change.event.data))
        for newest in {statefulsets.update_revision(state) for state in change.states}:
            later = _template(told, newest)
            if former and later and former[1] == later[1]:
                text = f"{change.life.name} of {revision(change.event.data)} was deleted for {newest}, "
                yield Breach("template", text + "whose template is the same", (later[0], change.event))


def _template(told: list[Observation], name: str) -> tuple[Observation, Object] | None:
    """Return the first state that named a revision as the one to update to, and the template that it had then."""
    for seen in told:
        if statefulsets.update_revision(seen.data) == name and statefulsets.acknowledged(seen.data):
            return seen, dict(seen.data["spec"]["template"])
    return None
