"""What the cluster's DNS answers about a set's pods, and about the services that lead to them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from harness.history.history import History, Life
from harness.history.observation import ANSWER, SAMPLE, Observation
from harness.history.sampling import NAMED
from harness.model import Object
from harness.promises.changes import in_record, lives_of
from harness.promises.pods import addresses, listed
from harness.promises.series import about_others, moments
from harness.promises.services import (
    Name,
    headless,
    own_addresses,
    publishes_unready,
    read_name,
    selects,
    target,
    why_missing,
)
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
    Judge each answer by pods and services as they were then, or at most STALE_S before.

    Names of the set are those of its pods, in any service, and those of the services that govern it or select one of
    its pods. A terminating or unready pod has no name, unless the service publishes unready addresses. What clients in
    the cluster were answered counts as what we were.
    """
    scene = _Scene(history, subject)
    moment = moments(history)
    asked = [
        question
        for topic in (ANSWER, SAMPLE)
        for answer in history.of(topic, since=window.start, before=window.end)
        if answer.data.get("rcode") in ("NOERROR", "NXDOMAIN")
        and (question := scene.question(answer, moment(answer))) is not None
    ]
    if not asked:
        raise NotApplicable(f'no name of "{subject.name}" was asked for in this window')
    return [breach for question in asked for breach in _judge(scene, question)]


@dataclass(frozen=True, slots=True)
class _Question:
    """An answer, when it was given, and what it is about."""

    answer: Observation
    at: float
    name: Name

    @property
    def text(self) -> str:
        return str(self.answer.data.get("question", self.answer.name))

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
    """What would have been right from observation `seq` on: these records; `silent`: no rule says which."""

    seq: int
    records: frozenset[str] = frozenset()
    exists: bool = False
    silent: bool = False


class _Scene:
    """The pods and services of a record, as names see them."""

    def __init__(self, history: History, subject: Subject) -> None:
        self.history = history
        self._subject = subject
        self._pods = history.lives("Pod")
        self._services: dict[str, list[Life]] = {}
        for life in history.lives("Service"):
            self._services.setdefault(life.name, []).append(life)
        self._selected: dict[tuple[str, str], bool] = {}
        own = lives_of(history, subject)
        self._governing = {str(life.last.data["spec"].get("serviceName") or "") for life in in_record(history, subject)}
        leading = {name for name in self._services if any(self._ever(name, pod) for pod in own)}
        self._names = self._governing | leading
        self._read: dict[str, Name | None] = {}

    def question(self, answer: Observation, at: float) -> _Question | None:
        """Return what an answer is about, None where it is about no name of the set."""
        text, kind = str(answer.data.get("question", answer.name)), answer.data.get("type", "A")
        if text not in self._read:
            self._read[text] = read_name(self.history, text)
        name = self._read[text]
        if name is None or kind not in (*FAMILIES, "SRV"):
            return None
        of_pod = name.host and kind in FAMILIES and self._subject.ordinal(name.host) is not None
        of_service = not name.host and name.service in self._names
        return _Question(answer, at, name) if of_pod or of_service else None

    def concerned(self, name: Name) -> list[Life]:
        """Return the pods that a name may lead to at some time."""
        if name.host:
            return [pod for pod in self._pods if _is_called(pod.last.data, name) and self._belongs(name, pod)]
        return [pod for pod in self._pods if self._belongs(name, pod)]

    def truths(self, question: _Question) -> list[_Truth]:
        """Return what was true at each moment of the time in which the answer may have been made, oldest first."""
        latest, oldest = question.at + self.history.lag, question.at - STALE_S
        pods, services = self.concerned(question.name), self._services.get(question.name.service, [])
        every = sorted(seen.seq for life in [*pods, *services] for seen in life.seen if seen.at <= latest)
        recent = [seq for seq in every if self.history[seq].at >= oldest]
        before = every[: len(every) - len(recent)][-1:]
        return [self._truth(question, pods, services, seq) for seq in before + recent] or [_Truth(0)]

    def _truth(self, question: _Question, pods: list[Life], services: list[Life], seq: int) -> _Truth:
        name, service = question.name, next((state for life in services if (state := life.at(seq))), None)
        if service and not name.host and not headless(service):
            own = own_addresses(service)
            if not own or service["spec"].get("type") == "ExternalName":
                return _Truth(seq, silent=True)
            right = frozenset([name.service]) if question.type == "SRV" else _records(question.type, own)
            return _Truth(seq, right, exists=True)
        if service and not name.host and not service["spec"].get("selector"):
            return _Truth(seq, silent=True)
        unready = bool(service and publishes_unready(service))
        there = [(pod, seen) for pod in pods if pod.at(seq) is not None and (seen := _newest(pod, seq))]
        led = [
            seen.data
            for pod, seen in there
            if listed(seen.data, unready=unready) and self._leads(name, service, pod, seen.data)
        ]
        if question.type == "SRV":
            return _Truth(seq, frozenset(one for pod in led for one in target(pod, name.service)), bool(led))
        return _Truth(seq, _records(question.type, tuple(one for pod in led for one in addresses(pod))), bool(led))

    def _leads(self, name: Name, service: Object | None, pod: Life, state: Object) -> bool:
        """
        Return whether a service leads to a pod at one moment.

        The governing service was to lead to every pod of the set: that it never selected one is the breach.
        """
        if self._ever(name.service, pod):
            return service is not None and selects(service, state)
        return name.service in self._governing

    def _belongs(self, name: Name, pod: Life) -> bool:
        own = self._subject.ordinal(pod.name) is not None and name.service in self._governing
        return own or self._ever(name.service, pod)

    def _ever(self, service: str, pod: Life) -> bool:
        known = self._selected.get((service, pod.uid))
        if known is None:
            states = (state for life in self._services.get(service, []) for state in _beside(life, pod))
            known = any(selects(state, seen.data) for state in states for seen in pod.seen)
            self._selected[service, pod.uid] = known
        return known


def _judge(scene: _Scene, question: _Question) -> Iterator[Breach]:
    truths, name = scene.truths(question), question.name
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
            text = f"{_because(scene, question)}{name.service} was answered with {told}, ready were {right}"
            yield Breach(clause, text, (*_differing(scene, question, then), question.answer))
    elif not any(existing) and (question.found or not missing):
        why = (
            f"it had been gone or unready for {STALE_S:.0f} s"
            if scene.concerned(name)
            else "that service names no pod so"
        )
        text = f"{name.host} in {name.service} was answered with {told}, though {why}"
        yield Breach("absent", text, (*_last(scene.history, question), question.answer))
    elif question.found not in expected or (all(existing) and missing):
        text = f"{_because(scene, question)}{name.host} was answered with {told}, its address was {right}"
        yield Breach("pod", text, (*_last(scene.history, question), question.answer))


def _beside(service: Life, pod: Life) -> Iterator[Object]:
    """Yield the states that a service had while a pod lived."""
    born = service.at(pod.first.seq)
    if born is not None:
        yield born
    for seen in service.seen:
        if seen is not service.deleted and seen.seq > pod.first.seq and (not pod.deleted or seen.seq < pod.deleted.seq):
            yield seen.data


def _because(scene: _Scene, question: _Question) -> str:
    """Return why the name was not there, so far as the record tells it, as the beginning of a sentence."""
    why = "" if question.found else why_missing(scene.history.upto(question.answer.seq + 1), question.text)
    return f"{why}; " if why else ""


def _is_called(pod: Object, name: Name) -> bool:
    return (pod["spec"].get("hostname"), pod["spec"].get("subdomain")) == (name.host, name.service)


def _records(kind: str, known: tuple[str, ...]) -> frozenset[str]:
    return frozenset(address for address in known if _family(address) == FAMILIES[kind])


def _newest(life: Life, seq: int) -> Observation | None:
    index = bisect_right(life.seen, seq, key=lambda seen: seen.seq)
    return life.seen[index - 1] if index else None


def _last(history: History, question: _Question) -> list[Observation]:
    seen = [seen for seen in history.of("Pod", name=question.name.host, before=question.answer.seq) if seen.is_state]
    return seen[-1:]


def _differing(scene: _Scene, question: _Question, truth: _Truth) -> list[Observation]:
    """Return the last observation of one pod that the answer has wrongly or lacks."""
    wrong = question.found ^ truth.records
    for life in reversed(scene.concerned(question.name)):
        seen = _newest(life, question.answer.seq)
        if seen and wrong & {*addresses(seen.data), *target(seen.data, question.name.service)}:
            return [seen]
    return []


def _family(text: str) -> int:
    try:
        return ip_address(text).version
    except ValueError:
        return 0
