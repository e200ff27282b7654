"""Conditions about what names lead to: the newest answer since the event, held against the pods as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from harness.history.history import History, Incarnation
from harness.history.observation import ANSWER, Observation
from harness.promises.condition import Answer, Condition, absent, unmet
from harness.promises.pods import addresses, healthy, listed
from harness.promises.services import publishes_unready, read_name, selects, target, why_missing
from harness.promises.verdict import Subject

__all__ = ["leads_nowhere", "leads_to", "leads_to_ready", "leads_to_selected", "no_record", "serves"]


def leads_to(name: str, *pods: str, new: bool = False) -> Condition:
    """
    The name is answered with exactly the addresses of these pods.

    With `new` each of the pods must be another one than before the event.
    """

    def ask(history: History, since: int) -> Answer:
        alive = history.alive("Pod")
        missing = [pod for pod in pods if pod not in alive]
        if missing:
            return unmet(f"{', '.join(missing)} does not exist")
        lives = [alive[pod] for pod in pods]
        former = history.upto(since).alive("Pod")
        old = [life.name for life in lives if new and life.name in former and former[life.name].uid == life.uid]
        answer = _newest(history, since, name, "A", lambda found: _compare(found, lives))
        return unmet(f"{', '.join(old)} is still the pod it was; {answer.observed}") if old else answer

    which = f"{'a new ' * new}{', '.join(pods)}"
    return Condition(f"{name} leads to exactly {which}", ("Pod",), ask)


def leads_to_ready(name: str, set_name: str) -> Condition:
    """The name is answered with the addresses of exactly the ready pods of the set."""

    def ask(history: History, since: int) -> Answer:
        answer = _newest(history, since, name, "A", lambda found: _compare(found, _ready(history, set_name)))
        chosen = {life.name for life in _selected(history, name)}
        if answer.met or chosen == {life.name for life in _ready(history, set_name)}:
            return answer
        return replace(answer, observed=f"{answer.observed}; its service leads to {_spell(chosen)}")

    return Condition(f'{name} leads to exactly the ready pods of "{set_name}"', ("Pod",), ask)


def leads_to_selected(name: str, service: str) -> Condition:
    """
    The name is answered with the addresses of exactly the pods that a service leads to.

    Those are the ready pods that it selects, whoever owns them; the unready ones too where it publishes them.
    """

    def ask(history: History, since: int) -> Answer:
        found = history.current("Service", service)
        if found is None:
            return absent(history, "Service", service)
        lives = _selected(history, service)
        return _newest(history, since, name, "A", lambda answer: _compare(answer, lives))

    return Condition(f"{name} leads to exactly the ready pods that {service} selects", ("Pod", "Service"), ask)


def serves(name: str, set_name: str) -> Condition:
    """The SRV records of the name list exactly the ready pods of the set."""

    def ask(history: History, since: int) -> Answer:
        wanted = {life.name for life in _ready(history, set_name)}
        about = read_name(history, name)
        service = about.service if about else ""
        pods = history.alive("Pod").values()
        called = {label: life.name for life in pods for label in target(life.last.data, service)}

        def compare(found: Observation) -> Answer:
            labels = [record.split()[-1].partition(".")[0] for record in found.data["records"]]
            listed = {called.get(label, label) for label in labels}
            return Answer(bool(wanted) and listed == wanted, f"{_told(found)}; ready: {_spell(wanted)}", (found,))

        return _newest(history, since, name, "SRV", compare)

    return Condition(f'{name} lists exactly the ready pods of "{set_name}"', ("Pod",), ask)


def leads_nowhere(name: str) -> Condition:
    """There is no such name (NXDOMAIN)."""

    def ask(history: History, since: int) -> Answer:
        return _newest(
            history, since, name, "A", lambda found: Answer(found.data["rcode"] == "NXDOMAIN", _told(found), (found,))
        )

    return Condition(f"there is no name {name}", (), ask)


def no_record(name: str, record_type: str) -> Condition:
    """The name exists, but has no record of this type."""

    def compare(found: Observation) -> Answer:
        nodata = found.data["rcode"] == "NOERROR" and not found.data["records"]
        return Answer(nodata, _told(found), (found,))

    def ask(history: History, since: int) -> Answer:
        return _newest(history, since, name, record_type, compare)

    return Condition(f"{name} exists without a record of type {record_type}", (), ask)


def _newest(
    history: History, since: int, name: str, record_type: str, compare: Callable[[Observation], Answer]
) -> Answer:
    found = [answer for answer in history.of(ANSWER, name=name, since=since) if answer.data["type"] == record_type]
    if not found:
        return unmet(f"{name} has not been asked for yet")
    answer = compare(found[-1])
    why = "" if answer.met or _led_to_a_pod(history, found[-1]) else why_missing(history, name)
    return replace(answer, observed=f"{why}; {answer.observed}") if why else answer


def _led_to_a_pod(history: History, found: Observation) -> bool:
    """Return whether an answer has an address of a pod, or a pod's name: that a name is wrong says nothing of why."""
    pods = history.alive("Pod").values()
    known = {address for life in pods for address in addresses(life.last.data)} | {life.name for life in pods}
    return any(record in known or record.split()[-1].partition(".")[0] in known for record in found.data["records"])


def _compare(found: Observation, lives: list[Incarnation]) -> Answer:
    wanted = {address for life in lives for address in addresses(life.last.data) if ":" not in address}
    text = f"{_told(found)}; {', '.join(f'{life.name} has {_spell(addresses(life.last.data))}' for life in lives)}"
    led = bool(wanted) and set(found.data["records"]) == wanted  # to lead to nothing is no way to lead
    return Answer(led, text, (*(life.last for life in lives), found))


def _ready(history: History, set_name: str) -> list[Incarnation]:
    subject = Subject(set_name)
    lives = history.alive("Pod").values()
    return [life for life in lives if subject.ordinal(life.name) is not None and healthy(life.last.data)]


def _selected(history: History, name: str) -> list[Incarnation]:
    """Return the pods that the service of a name leads to now, whoever owns them; none where there is no service."""
    about = read_name(history, name)
    service = history.current("Service", about.service) if about else None
    if service is None:
        return []
    unready = publishes_unready(service)
    chosen = (life for life in history.alive("Pod").values() if selects(service, life.last.data))
    return [life for life in chosen if listed(life.last.data, unready=unready)]


def _told(found: Observation) -> str:
    records = ", ".join(found.data["records"]) or "nothing"
    return f"{found.name} was answered with {records} ({found.data['rcode']})"


def _spell(texts: set[str] | tuple[str, ...]) -> str:
    return ", ".join(sorted(texts)) or "none"
