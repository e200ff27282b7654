"""Changes that break whom a pod belongs to."""

from __future__ import annotations

from collections.abc import Callable

from harness.history.history import History
from harness.history.observation import Verb
from harness.promises.changes import incarnations_of
from harness.promises.mutations.history_editor import HistoryEditor, Raw
from harness.promises.mutations.mutation import breaks
from harness.promises.ownership import ADOPTION_S, controller
from harness.promises.verdict import Subject


@breaks("ownership", "adopted")
def _orphan_a_pod(history: History, subject: Subject) -> History | None:
    return _at_last(history, subject, lambda pod: pod["metadata"].update(ownerReferences=[]))


@breaks("ownership", "released")
def _keep_a_stranger(history: History, subject: Subject) -> History | None:
    return _at_last(history, subject, lambda pod: pod["metadata"].update(labels={}))


@breaks("ownership", "own")
def _give_a_pod_away(history: History, subject: Subject) -> History | None:
    return _at_last(history, subject, lambda pod: pod["metadata"]["ownerReferences"][0].update(name="another"))


def _at_last(history: History, subject: Subject, change: Callable[[Raw], None]) -> History | None:
    """Return the history in which the newest pod is changed right before the last proof, for long enough to count."""
    alive = [life for life in incarnations_of(history, subject) if life.deleted is None and controller(life.last.data)]
    proofs = [history.of(kind, Verb.SYNCED)[-1:] for kind in ("Pod", "StatefulSet")]
    if not alive or not all(proofs):
        return None
    place = min((proof[0] for proof in proofs), key=lambda proof: proof.seq)
    draft = HistoryEditor(history)
    draft.insert(place, alive[-1].last, Verb.MODIFIED, change)
    draft.delay(place, ADOPTION_S + 1)
    return draft.history()
