"""What the cluster's DNS answers about a set's pods, and about the services that lead to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.history.history import History
from harness.history.observation import ANSWER, SAMPLE, Observation
from harness.history.sampling import NAMED
from harness.promises.clients import about_others, moments
from harness.promises.directory import STALE_S, Directory, Question, Truth, newest
from harness.promises.pods import addresses
from harness.promises.services import target, why_missing
from harness.promises.verdict import Breach, NotApplicable, Subject, Window, promise

__all__ = ["STALE_S", "dns_identity"]

SOURCE = "https://github.com/kubernetes/dns/blob/master/docs/specification.md"


@promise(
    "DNS identity",
    "A pod's name is answered with exactly its address, a service's name with those of the ready pods that it selects",
    clauses={
        "pod": "The name of a pod that is ready is answered with its address and no other",
        "absent": "The name of a pod that is gone or not ready does not exist, nor does one in a service not its own",
        "service": "The name of a service is answered with the addresses of exactly the ready pods that it selects",
        "targets": "The service's SRV record names exactly the ready pods that it selects",
    },
    kinds=("Pod", "StatefulSet", "Service", SAMPLE),
    source=SOURCE,
    bears=lambda _history, _subject, gap: about_others(gap, NAMED),
)
def dns_identity(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """
    Judge each answer by pods and services as they were then, or at most `allowed_s`, or STALE_S, before.

    Names of the set are those of its pods, in any service, and those of the services that govern it or select one of
    its pods. A terminating or unready pod has no name, unless the service publishes unready addresses. What clients in
    the cluster were answered counts as what we were.
    """
    directory = Directory(history, subject, STALE_S if window.allowed_s is None else window.allowed_s)
    moment = moments(history)
    asked = [
        question
        for topic in (ANSWER, SAMPLE)
        for answer in history.of(topic, since=window.start, before=window.end)
        if answer.data.get("rcode") in ("NOERROR", "NXDOMAIN")
        and (question := directory.question(answer, moment(answer))) is not None
    ]
    if not asked:
        raise NotApplicable(f'no name of "{subject.name}" was asked for in this window')
    return [breach for question in asked for breach in _judge(directory, question)]


def _judge(directory: Directory, question: Question) -> Iterator[Breach]:
    truths, name = directory.truths(question), question.name
    if any(truth.silent for truth in truths):
        return
    expected, existing = [truth.records for truth in truths], [truth.exists for truth in truths]
    missing = question.answer.data.get("rcode") == "NXDOMAIN"
    then = next((truth for truth in reversed(truths) if truth.seq < question.answer.seq), truths[-1])
    told = ", ".join(sorted(question.found)) or question.answer.data.get("rcode")
    right = ", ".join(sorted(then.records)) or "none"
    if not name.host:
        if question.found not in expected:
            clause = "targets" if question.type == "SRV" else "service"
            text = f"{_because(directory, question)}{name.service} was answered with {told}, ready were {right}"
            yield Breach(clause, text, (*_differing(directory, question, then), question.answer))
    elif not any(existing) and (question.found or not missing):
        gone = f"it had been gone or unready for {directory.stale_s:.0f} s"
        why = gone if directory.concerned(name) else "that service names no pod so"
        text = f"{name.host} in {name.service} was answered with {told}, though {why}"
        yield Breach("absent", text, (*_last(directory.history, question), question.answer))
    elif question.found not in expected or (all(existing) and missing):
        text = f"{_because(directory, question)}{name.host} was answered with {told}, its address was {right}"
        yield Breach("pod", text, (*_last(directory.history, question), question.answer))


def _because(directory: Directory, question: Question) -> str:
    """Return why the name was not there, so far as the record tells it, as the beginning of a sentence."""
    why = "" if question.found else why_missing(directory.history.upto(question.answer.seq + 1), question.text)
    return f"{why}; " if why else ""


def _last(history: History, question: Question) -> list[Observation]:
    seen = [seen for seen in history.of("Pod", name=question.name.host, before=question.answer.seq) if seen.is_state]
    return seen[-1:]


def _differing(directory: Directory, question: Question, truth: Truth) -> list[Observation]:
    """Return the last observation of one pod that the answer has wrongly or lacks."""
    wrong = question.found ^ truth.records
    for life in reversed(directory.concerned(question.name)):
        seen = newest(life, question.answer.seq)
        if seen and wrong & {*addresses(seen.data), *target(seen.data, question.name.service)}:
            return [seen]
    return []
