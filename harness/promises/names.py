"""What the cluster's DNS answers about a set's pods and its service."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from harness.history.history import History, Life
from harness.history.observation import ANSWER, SAMPLE, Observation
from harness.history.sampling import NAMED
from harness.promises.changes import in_record, lives_of
from harness.promises.pods import addresses, listed
from harness.promises.series import about_others, moments
from harness.promises.verdict import Breach, NotApplicable, Subject, Window, promise

__all__ = ["STALE_S", "dns_identity"]

SOURCE = "https://github.com/kubernetes/dns/blob/master/docs/specification.md"

STALE_S = 8.0
"""
For how many seconds an answer may be of the past: 5 s that CoreDNS lets clients and its own cache keep an answer (the
default TTL of its kubernetes plugin), and 3 s for the endpoint slice to follow the pod and the server the slice.
"""

FAMILIES = {"A": 4, "AAAA": 6}


@promise(
    "DNS identity",
    "A pod's name is answered with exactly its address, the service's name with those of the ready pods",
    clauses={
        "pod": "The name of a pod that is ready is answered with its address and no other",
        "absent": "The name of a pod that is gone or not ready does not exist",
        "service": "The name of the service is answered with the addresses of exactly the ready pods",
        "targets": "The service's SRV record names exactly the ready pods",
    },
    kinds=("Pod", "StatefulSet", "Service", SAMPLE),
    source=SOURCE,
    bears=lambda _history, _subject, gap: about_others(gap, NAMED),
)
def dns_identity(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """
    Judge each answer by the pods as they were then, or at most STALE_S before.

    A terminating or unready pod has no name, unless the service publishes unready addresses. What clients in the
    cluster were answered counts as what we were.
    """
    governing = {str(life.last.data["spec"].get("serviceName", "")) for life in in_record(history, subject)}
    services = governing | _selecting(history, lives_of(history, subject))
    moment = moments(history)
    asked = [
        question
        for topic in (ANSWER, SAMPLE)
        for answer in history.of(topic, since=window.start, before=window.end)
        if answer.data.get("rcode") in ("NOERROR", "NXDOMAIN")
        and (question := _question(answer, moment(answer), subject, services))
    ]
    if not asked:
        raise NotApplicable(f'no name of "{subject.name}" was asked for in this window')
    return [breach for question in asked for breach in _judge(history, subject, question)]


@dataclass(frozen=True, slots=True)
class _Question:
    """An answer, when it was given, and what it is about: a pod, or a service where `pod` is empty."""

    answer: Observation
    at: float
    pod: str
    service: str

    @property
    def type(self) -> str:
        return str(self.answer.data.get("type", "A"))

    @property
    def found(self) -> frozenset[str]:
        records = [str(record) for record in self.answer.data.get("records", [])]
        if self.type == "SRV":
            return frozenset(record.split()[-1].partition(".")[0] for record in records)
        return frozenset(record for record in records if _family(record) == FAMILIES[self.type])


@dataclass(frozen=True, slots=True)
class _Truth:
    """What would have been right from observation `seq` on: the listed pods, by their last observations."""

    seq: int
    pods: tuple[Observation, ...]

    def expected(self, kind: str) -> frozenset[str]:
        if kind == "SRV":
            return frozenset(seen.name for seen in self.pods)
        every = [address for seen in self.pods for address in addresses(seen.data)]
        return frozenset(address for address in every if _family(address) == FAMILIES[kind])


def _question(answer: Observation, at: float, subject: Subject, services: set[str]) -> _Question | None:
    labels = str(answer.data.get("question", answer.name)).rstrip(".").split(".")
    kind = answer.data.get("type", "A")
    while labels and labels[0].startswith("_"):
        labels = labels[1:]
    if kind in FAMILIES and len(labels) > 1 and subject.ordinal(labels[0]) is not None:
        return _Question(answer, at, labels[0], labels[1])
    if kind in (*FAMILIES, "SRV") and labels and labels[0] in services:
        return _Question(answer, at, "", labels[0])
    return None


def _selecting(history: History, pods: list[Life]) -> set[str]:
    """Return the headless services that select a pod of the set."""
    names = set()
    for life in history.lives("Service"):
        selector = (life.last.data["spec"].get("selector") or {}).items()
        chosen = any(selector <= pod.first.data["metadata"].get("labels", {}).items() for pod in pods)
        if selector and chosen and life.last.data["spec"].get("clusterIP") == "None":
            names.add(life.name)
    return names


def _judge(history: History, subject: Subject, question: _Question) -> Iterator[Breach]:
    truths = _truths(history, subject, question)
    expected = [truth.expected(question.type) for truth in truths]
    existing = [bool(truth.pods) for truth in truths]
    name = question.pod or question.service
    missing = question.answer.data.get("rcode") == "NXDOMAIN"
    told = ", ".join(sorted(question.found)) or question.answer.data.get("rcode")
    then = next((truth for truth in reversed(truths) if truth.seq < question.answer.seq), truths[-1])
    right = ", ".join(sorted(then.expected(question.type))) or "none"
    if not question.pod:
        if question.found not in expected:
            clause = "targets" if question.type == "SRV" else "service"
            text = f"{name} was answered with {told}, ready were {right}"
            yield Breach(clause, text, (*_differing(history, subject, question, then), question.answer))
    elif not any(existing) and (question.found or not missing):
        text = f"{name} was answered with {told}, though it had been gone or unready for {STALE_S:.0f} s"
        yield Breach("absent", text, (*_last(history, question), question.answer))
    elif question.found not in expected or (all(existing) and missing):
        text = f"{name} was answered with {told}, its address was {right}"
        yield Breach("pod", text, (*_last(history, question), question.answer))


def _truths(history: History, subject: Subject, question: _Question) -> list[_Truth]:
    """Return what was true at each moment of the time in which the answer may have been made, oldest first."""
    latest, oldest = question.at + history.lag, question.at - STALE_S
    lives = [life for life in lives_of(history, subject) if question.pod in ("", life.name)]
    services = history.lives("Service", question.service)
    every = sorted(seen.seq for life in [*lives, *services] for seen in life.seen if seen.at <= latest)
    recent = [seq for seq in every if history[seq].at >= oldest]
    before = every[: len(every) - len(recent)][-1:]
    return [_truth(lives, services, seq) for seq in before + recent] or [_Truth(0, ())]


def _truth(lives: list[Life], services: list[Life], seq: int) -> _Truth:
    published = [state for life in services if (state := life.at(seq))]
    unready = any(state["spec"].get("publishNotReadyAddresses") for state in published)
    last = [_newest(life, seq) for life in lives if life.at(seq) is not None]
    return _Truth(seq, tuple(seen for seen in last if seen and listed(seen.data, unready=unready)))


def _newest(life: Life, seq: int) -> Observation | None:
    index = bisect_right(life.seen, seq, key=lambda seen: seen.seq)
    return life.seen[index - 1] if index else None


def _last(history: History, question: _Question) -> list[Observation]:
    seen = [seen for seen in history.of("Pod", name=question.pod, before=question.answer.seq) if seen.is_state]
    return seen[-1:]


def _differing(history: History, subject: Subject, question: _Question, truth: _Truth) -> list[Observation]:
    """Return the last observation of one pod that the answer has wrongly or lacks."""
    wrong = question.found ^ truth.expected(question.type)
    for life in reversed(lives_of(history, subject)):
        seen = _newest(life, question.answer.seq)
        if seen and wrong & {life.name, *addresses(seen.data)}:
            return [seen]
    return []


def _family(text: str) -> int:
    try:
        return ip_address(text).version
    except ValueError:
        return 0
