"""
Which names should lead where, at each moment of a record: what an answer should have been.

A pod is called by the hostname and the subdomain of its spec, in the service of that subdomain; a service leads to the
ready pods that its selector matches.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from harness.history.history import History, Incarnation
from harness.history.observation import Observation
from harness.model import Object
from harness.promises.changes import in_record, incarnations_of
from harness.promises.pods import addresses, listed
from harness.promises.services import Name, headless, own_addresses, publishes_unready, read_name, selects, target
from harness.promises.verdict import Subject

__all__ = ["STALE_S", "Directory", "Question", "Truth", "newest"]

STALE_S = 8.0
"""
For how many seconds an answer may be of the past: 5 s that CoreDNS lets clients and its own cache keep an answer (the
default TTL of its kubernetes plugin), and 3 s for the endpoint slice to follow the pod and the server the slice.
"""

FAMILIES = {"A": 4, "AAAA": 6}


@dataclass(frozen=True, slots=True)
class Question:
    """An answer, when it was given, and what it is about."""

    answer: Observation
    at: float
    name: Name

    @property
    def text(self) -> str:
        """The name as it was asked for."""
        return str(self.answer.data.get("question", self.answer.name))

    @property
    def type(self) -> str:
        """The type of the records asked for."""
        return str(self.answer.data.get("type", "A"))

    @property
    def found(self) -> frozenset[str]:
        """The addresses that were told, or of SRV records the first label of each target."""
        records = [str(record) for record in self.answer.data.get("records", [])]
        if self.type == "SRV":
            return frozenset(record.split()[-1].partition(".")[0] for record in records)
        return frozenset(record for record in records if _family(record) == FAMILIES[self.type])


@dataclass(frozen=True, slots=True)
class Truth:
    """What would have been right from observation `seq` on: these records; `silent`: no rule says which."""

    seq: int
    records: frozenset[str] = frozenset()
    exists: bool = False
    silent: bool = False


class Directory:
    """The pods and services of a record, as names see them."""

    def __init__(self, history: History, subject: Subject, stale_s: float = STALE_S) -> None:
        self.history = history
        self.stale_s = stale_s
        self._subject = subject
        self._pods = history.incarnations("Pod")
        self._services: dict[str, list[Incarnation]] = {}
        for life in history.incarnations("Service"):
            self._services.setdefault(life.name, []).append(life)
        self._selected: dict[tuple[str, str], bool] = {}
        own = incarnations_of(history, subject)
        self._governing = {str(life.last.data["spec"].get("serviceName") or "") for life in in_record(history, subject)}
        leading = {name for name in self._services if any(self._ever(name, pod) for pod in own)}
        self._names = self._governing | leading
        self._read: dict[str, Name | None] = {}

    def question(self, answer: Observation, at: float) -> Question | None:
        """Return what an answer is about, None where it is about no name of the set."""
        text, kind = str(answer.data.get("question", answer.name)), answer.data.get("type", "A")
        if text not in self._read:
            self._read[text] = read_name(self.history, text)
        name = self._read[text]
        if name is None or kind not in (*FAMILIES, "SRV"):
            return None
        of_pod = name.host and kind in FAMILIES and self._subject.ordinal(name.host) is not None
        of_service = not name.host and name.service in self._names
        return Question(answer, at, name) if of_pod or of_service else None

    def concerned(self, name: Name) -> list[Incarnation]:
        """Return the pods that a name may lead to at some time."""
        if name.host:
            return [pod for pod in self._pods if _is_called(pod.last.data, name) and self._belongs(name, pod)]
        return [pod for pod in self._pods if self._belongs(name, pod)]

    def truths(self, question: Question) -> list[Truth]:
        """Return what was true at each moment of the time in which the answer may have been made, oldest first."""
        latest, oldest = question.at + self.history.lag, question.at - self.stale_s
        pods, services = self.concerned(question.name), self._services.get(question.name.service, [])
        every = sorted(seen.seq for life in [*pods, *services] for seen in life.seen if seen.at <= latest)
        recent = [seq for seq in every if self.history[seq].at >= oldest]
        before = every[: len(every) - len(recent)][-1:]
        return [self._truth(question, pods, services, seq) for seq in before + recent] or [Truth(0)]

    def _truth(self, question: Question, pods: list[Incarnation], services: list[Incarnation], seq: int) -> Truth:
        name, service = question.name, next((state for life in services if (state := life.at(seq))), None)
        if service and not name.host and not headless(service):
            own = own_addresses(service)
            if not own or service["spec"].get("type") == "ExternalName":
                return Truth(seq, silent=True)
            right = frozenset([name.service]) if question.type == "SRV" else _records(question.type, own)
            return Truth(seq, right, exists=True)
        if service and not name.host and not service["spec"].get("selector"):
            return Truth(seq, silent=True)
        unready = bool(service and publishes_unready(service))
        there = [(pod, seen) for pod in pods if pod.at(seq) is not None and (seen := newest(pod, seq))]
        led = [
            seen.data
            for pod, seen in there
            if listed(seen.data, unready=unready) and self._leads(name, service, pod, seen.data)
        ]
        if question.type == "SRV":
            return Truth(seq, frozenset(one for pod in led for one in target(pod, name.service)), bool(led))
        return Truth(seq, _records(question.type, tuple(one for pod in led for one in addresses(pod))), bool(led))

    def _leads(self, name: Name, service: Object | None, pod: Incarnation, state: Object) -> bool:
        """
        Return whether a service leads to a pod at one moment.

        The governing service was to lead to every pod of the set: that it never selected one is the breach.
        """
        if self._ever(name.service, pod):
            return service is not None and selects(service, state)
        return name.service in self._governing

    def _belongs(self, name: Name, pod: Incarnation) -> bool:
        own = self._subject.ordinal(pod.name) is not None and name.service in self._governing
        return own or self._ever(name.service, pod)

    def _ever(self, service: str, pod: Incarnation) -> bool:
        known = self._selected.get((service, pod.uid))
        if known is None:
            states = (state for life in self._services.get(service, []) for state in _beside(life, pod))
            known = any(selects(state, seen.data) for state in states for seen in pod.seen)
            self._selected[service, pod.uid] = known
        return known


def _beside(service: Incarnation, pod: Incarnation) -> Iterator[Object]:
    """Yield the states that a service had while a pod lived."""
    born = service.at(pod.first.seq)
    if born is not None:
        yield born
    for seen in service.seen:
        if seen is not service.deleted and seen.seq > pod.first.seq and (not pod.deleted or seen.seq < pod.deleted.seq):
            yield seen.data


def _is_called(pod: Object, name: Name) -> bool:
    return (pod["spec"].get("hostname"), pod["spec"].get("subdomain")) == (name.host, name.service)


def _records(kind: str, known: tuple[str, ...]) -> frozenset[str]:
    return frozenset(address for address in known if _family(address) == FAMILIES[kind])


def newest(life: Incarnation, seq: int) -> Observation | None:
    """Return the last observation of an object at `seq`; None before its first."""
    index = bisect_right(life.seen, seq, key=lambda seen: seen.seq)
    return life.seen[index - 1] if index else None


def _family(text: str) -> int:
    try:
        return ip_address(text).version
    except ValueError:
        return 0
