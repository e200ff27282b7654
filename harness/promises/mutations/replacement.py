"""Changes after which a set replaces pods for no reason."""

from __future__ import annotations

from harness.history.history import History
from harness.history.observation import STEP, Observation, Verb
from harness.promises import statefulsets
from harness.promises.mutations.history_editor import HistoryEditor, Raw
from harness.promises.mutations.mutation import breaks
from harness.promises.mutations.occasions import newest_before, terminate
from harness.promises.own_actions import removals
from harness.promises.pods import healthy, revision
from harness.promises.verdict import Subject


@breaks("replaced for a reason", "template")
def _name_the_template_anew(history: History, subject: Subject) -> History | None:
    """Let the status name another revision of the same template, and the highest pod be deleted for it."""

    def rename(state: Raw) -> None:
        state["status"]["updateRevision"] += "-again"

    moment = _moment(history)
    view = history.upto(moment.seq) if moment else history
    found = view.alive("StatefulSet").get(subject.name)
    if (
        not moment
        or not found
        or not statefulsets.acknowledged(found.last.data)
        or statefulsets.on_delete(found.last.data)
    ):
        return None
    newest = statefulsets.update_revision(found.last.data)
    for pod in sorted(view.alive("Pod").values(), key=lambda life: life.name, reverse=True):
        ordinal, told = subject.ordinal(pod.name), pod.last.data
        fit = (
            ordinal is not None
            and ordinal in statefulsets.ordinals(found.last.data)
            and pod.uid not in removals(history)
        )
        if newest and fit and healthy(told) and revision(told) == newest:
            draft = HistoryEditor(history)
            draft.insert(moment, newest_before(found, moment), Verb.MODIFIED, rename)
            draft.insert(moment, newest_before(pod, moment), Verb.MODIFIED, terminate)
            return draft.history()
    return None


def _moment(history: History) -> Observation | None:
    """Return the begin of the last step, when whatever was judged had happened, else the last change of a pod."""
    found = history.of(STEP, Verb.BEGAN) or [seen for seen in history.of("Pod") if seen.is_state]
    return found[-1] if found else None
