"""Changes that break the order in which the containers of a pod start."""

from __future__ import annotations

from collections.abc import Callable

from harness.history.history import History
from harness.promises.changes import incarnations_of
from harness.promises.mutations.history_editor import HistoryEditor, Raw
from harness.promises.mutations.mutation import breaks
from harness.promises.verdict import Subject


@breaks("prepared in order", "in turn")
def _start_second_early(history: History, subject: Subject) -> History | None:
    def hurry(pod: Raw) -> None:
        first, second = pod["status"]["initContainerStatuses"][:2]
        first["state"]["terminated"]["finishedAt"] = second["state"]["terminated"]["finishedAt"]
        second["state"]["terminated"]["startedAt"] = "2000-01-01T00:00:00Z"

    return _at_start(history, subject, 2, hurry)


@breaks("prepared in order", "before")
def _start_early(history: History, subject: Subject) -> History | None:
    def hurry(pod: Raw) -> None:
        pod["status"]["initContainerStatuses"][-1]["state"] = {"waiting": {"reason": "PodInitializing"}}

    return _at_start(history, subject, 1, hurry)


def _at_start(history: History, subject: Subject, least: int, change: Callable[[Raw], None]) -> History | None:
    """Return the history in which the first state of the newest pod that runs was changed."""
    for life in reversed(incarnations_of(history, subject)):
        for seen in life.seen:
            status = seen.data.get("status", {})
            states = [one.get("state", {}) for one in status.get("containerStatuses") or []]
            if any("running" in state for state in states):
                if len(status.get("initContainerStatuses") or []) >= least:
                    draft = HistoryEditor(history)
                    draft.rewrite(seen, change)
                    return draft.history()
                break
    return None
