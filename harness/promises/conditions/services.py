"""Conditions about the names of services, of addresses, and those that a pod knows by itself."""

from __future__ import annotations

from collections.abc import Collection

from harness.history.history import History
from harness.history.observation import ANSWER, Observation
from harness.promises.condition import Answer, Condition, absent, unmet
from harness.promises.conditions.dns import leads_to

__all__ = ["answers_with", "knows_itself", "leads_to_service"]

HOSTS = "/etc/hosts"
"""The server of an answer that a pod found in its own file."""


def answers_with(name: str, record_type: str, wanted: Collection[str]) -> Condition:
    """
    The newest answer about the name has exactly these records of a type.

    Of an SRV record only its target counts.
    """

    def ask(history: History, since: int) -> Answer:
        found = _newest(history, since, name, record_type)
        if found is None:
            return unmet(f"{name} has not been asked for yet")
        told = {record.split()[-1] for record in found.data["records"]}
        return Answer(bool(wanted) and told == set(wanted), _told(found), (found,))

    return Condition(f"the {record_type} records of {name} are {_spell(wanted)}", (), ask)


def leads_to_service(name: str, service: str) -> Condition:
    """The name is answered with the one address that the service has of its own."""

    def ask(history: History, since: int) -> Answer:
        known = history.alive("Service").get(service)
        if known is None:
            return absent(history, "Service", service)
        address = str(known.last.data["spec"].get("clusterIP") or "None")
        if address == "None":
            return unmet(f"service {service} has no address of its own", known.last)
        answer = answers_with(name, "A", [address]).ask(history, since)
        return Answer(answer.met, f"{answer.observed}; the service has {address}", (known.last, *answer.events))

    return Condition(f"{name} leads to service {service} itself", ("Service",), ask)


def knows_itself(name: str, pod: str) -> Condition:
    """The pod finds its own address under the name in its own files, asking no server."""

    def ask(history: History, since: int) -> Answer:
        answer, found = leads_to(name, pod).ask(history, since), _newest(history, since, name, "A")
        server = found.data["server"] if found else "nobody"
        return Answer(answer.met and server == HOSTS, f"{answer.observed}; told by {server}", answer.events)

    return Condition(f"{pod} knows its own address by the name {name}", ("Pod",), ask)


def _newest(history: History, since: int, name: str, record_type: str) -> Observation | None:
    found = [answer for answer in history.of(ANSWER, name=name, since=since) if answer.data["type"] == record_type]
    return found[-1] if found else None


def _told(found: Observation) -> str:
    return f"{found.name} was answered with {_spell(found.data['records'])} ({found.data['rcode']})"


def _spell(texts: Collection[str]) -> str:
    return ", ".join(sorted(texts)) or "nothing"
