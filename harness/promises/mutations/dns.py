"""Changes that break what DNS answers."""

from __future__ import annotations

from harness.history.history import History
from harness.history.observation import ANSWER, SAMPLE, Observation
from harness.promises.dns import dns_identity
from harness.promises.mutations.mutation import breaks
from harness.promises.mutations.occasions import everything, rewrite_newest
from harness.promises.services import read_name
from harness.promises.verdict import Subject, judge


@breaks("DNS identity", "pod")
def _answer_with_a_stranger(history: History, subject: Subject) -> History | None:
    answers = [seen for seen in _answers(history, "A") if _about_pod(history, seen, subject) and seen.data["records"]]
    return rewrite_newest(history, answers, lambda answer: answer.update(records=["192.0.2.1"]))


@breaks("DNS identity", "absent")
def _answer_for_the_gone(history: History, subject: Subject) -> History | None:
    for seen in reversed(_answers(history, "A")):
        if _about_pod(history, seen, subject) and seen.data["rcode"] == "NXDOMAIN":
            changed = rewrite_newest(
                history, [seen], lambda answer: answer.update(records=["192.0.2.1"], rcode="NOERROR")
            )
            if changed and judge(dns_identity, changed, subject, everything(changed)).clause == "absent":
                return changed
    return None


@breaks("DNS identity", "service")
def _leave_out_a_ready_pod(history: History, subject: Subject) -> History | None:
    answers = [
        seen for seen in _answers(history, "A") if not _about_pod(history, seen, subject) and seen.data["records"]
    ]
    return rewrite_newest(
        history, answers, lambda answer: answer.update(records=answer["records"][1:] or ["192.0.2.1"])
    )


@breaks("DNS identity", "targets")
def _leave_out_a_target(history: History, subject: Subject) -> History | None:
    answers = [
        seen for seen in _answers(history, "SRV") if not _about_pod(history, seen, subject) and seen.data["records"]
    ]
    return rewrite_newest(history, answers, lambda answer: answer.update(records=answer["records"][1:]))


def _answers(history: History, kind: str) -> list[Observation]:
    return [seen for topic in (SAMPLE, ANSWER) for seen in history.of(topic) if seen.data.get("type") == kind]


def _about_pod(history: History, answer: Observation, subject: Subject) -> bool:
    name = read_name(history, str(answer.data["question"]))
    return name is not None and subject.ordinal(name.host) is not None
