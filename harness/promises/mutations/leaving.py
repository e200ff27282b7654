"""Changes that send clients to pods on their way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from harness.history.history import History, Incarnation
from harness.history.observation import ANSWER, Observation, Verb
from harness.model import Object
from harness.promises.changes import incarnations_of
from harness.promises.leaving import LEAVING_S
from harness.promises.mutations.history_editor import HistoryEditor, Raw
from harness.promises.mutations.mutation import breaks
from harness.promises.pods import addresses, condemned
from harness.promises.services import read_name
from harness.promises.verdict import Subject

LATE_S = 2 * LEAVING_S


@breaks("leaves its services before it is gone", "listed")
def _stay_listed(history: History, subject: Subject) -> History | None:
    for pod, event in _leaving(history, subject):
        for life in reversed(history.incarnations("EndpointSlice")):
            listed = [seen for seen in life.seen if seen.seq < event.seq and _ready(seen.data, pod.uid)]
            after = [seen for seen in life.seen if seen.seq > event.seq]
            if listed and after and after[0] is not life.deleted:
                draft = HistoryEditor(history)
                draft.delay(after[0], LATE_S)
                return draft.history()
    return None


@breaks("leaves its services before it is gone", "named")
def _keep_the_name(history: History, subject: Subject) -> History | None:
    for pod, event in _leaving(history, subject):
        told = [seen for seen in history.of(ANSWER) if _about(history, seen, pod) and seen.data["records"]]
        known = [address for address in addresses(pod.last.data) if ":" not in address]
        if told and known and pod.deleted:
            draft = HistoryEditor(history)
            draft.delay(pod.deleted, LATE_S)
            late = replace(pod.deleted, at=event.at + LATE_S - 1)
            draft.insert(late, told[-1], Verb.DONE, _answer(known))
            return draft.history()
    return None


def _leaving(history: History, subject: Subject) -> Iterator[tuple[Incarnation, Observation]]:
    """Yield the pods that were seen to go, and when their deletion was asked for, the newest first."""
    for life in reversed(incarnations_of(history, subject)):
        event = condemned(life)
        if event and event is not life.deleted:
            yield life, event


def _ready(endpoint_slice: Object, uid: str) -> bool:
    ready = [one for one in endpoint_slice.get("endpoints") or [] if one.get("conditions", {}).get("ready", True)]
    return any(one.get("targetRef", {}).get("uid") == uid for one in ready)


def _about(history: History, answer: Observation, pod: Incarnation) -> bool:
    name = read_name(history, str(answer.data["question"]))
    return name is not None and name.host == pod.name and answer.data.get("type") == "A"


def _answer(records: list[str]) -> Callable[[Raw], None]:
    return lambda answer: answer.update(records=records, rcode="NOERROR")
