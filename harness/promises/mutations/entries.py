"""Changes that break what servers have acknowledged."""

from __future__ import annotations

from harness.history.history import History
from harness.history.observation import Observation
from harness.promises.entries import ACKNOWLEDGED, FOUND
from harness.promises.mutations.history_editor import HistoryEditor
from harness.promises.mutations.mutation import breaks
from harness.promises.mutations.occasions import outputs_of, rewrite_newest
from harness.promises.outputs import content
from harness.promises.verdict import Subject


@breaks("acknowledged entries kept", "listed")
def _fall_silent(history: History, subject: Subject) -> History | None:
    silent = {"code": 1, "stdout": "", "stderr": "the server does not answer"}
    return rewrite_newest(history, outputs_of(history, subject, FOUND), lambda output: output.update(silent))


@breaks("acknowledged entries kept", "present")
def _lose_entry(history: History, subject: Subject) -> History | None:
    for found in reversed(outputs_of(history, subject, FOUND)):
        if keys := content(found).split():
            return _having(history, found, keys[1:])
    return None


@breaks("acknowledged entries kept", "own")
def _mix_entries(history: History, subject: Subject) -> History | None:
    for found in reversed(outputs_of(history, subject, FOUND)):
        for stored in outputs_of(history, subject, ACKNOWLEDGED):
            if stored.data["pod"] != found.data["pod"] and stored.seq < found.seq and content(stored):
                return _having(history, found, [*content(found).split(), *content(stored).split()])
    return None


def _having(history: History, found: Observation, keys: list[str]) -> History:
    draft = HistoryEditor(history)
    draft.rewrite(found, lambda output: output.update(stdout="\n".join(keys), content="\n".join(keys)))
    return draft.history()
