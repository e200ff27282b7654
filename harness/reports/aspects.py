"""
What a record says of volumes, services and clients, in words that two runs can have in common.

Problem: a volume has a random name, a service a random address, and a client asks as often as it finds the time.
Solution: a volume is known by the claim that it was bound to, a service by what it promises and by the pods it leads
to, and of a client only which answers it got counts, not how many of each nor which came last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from harness.history.history import History, Life
from harness.history.observation import SAMPLE, Observation
from harness.history.sampling import NAMED, WRITTEN
from harness.model import Object
from harness.promises.pods import addresses
from harness.reports.signature import stable

__all__ = ["Portable", "clients", "led_to", "portable", "sequence", "services", "volumes"]

_UNCLAIMED = "volumes that no claim has had"

Portable = Callable[[str], str]
"""Takes out of a text what differs from run to run."""

_SERVICE_LABEL = "kubernetes.io/service-name"
_PASSING = ("", "Pending", "Available")
"""Phases that one run may see and another miss: of volumes that are alike, chance takes one."""


def portable(namespace: str) -> Portable:
    """Return what takes the scenario's namespace, its token and all other random parts out of a text."""
    token = namespace.rpartition("-")[2]

    def without(text: str) -> str:
        text = text.replace(namespace, "NAMESPACE") if namespace else text
        return stable(text.removesuffix(f"-{token}") if token else text)

    return without


def sequence(texts: Iterable[str]) -> str:
    """Return the texts in their order, equal ones in a row said once."""
    return ", then ".join(text for text, _ in groupby(texts))


def volumes(history: History, words: Portable) -> dict[str, str]:
    """Return what became of the volumes, each known by its claim; those that none has had are only counted."""
    found: dict[str, list[Life]] = {}
    for life in history.lives("PersistentVolume"):
        claims = [claim for seen in life.seen if (claim := _claim(seen.data))]
        name = f"volume of claim {claims[0]}" if claims else _UNCLAIMED
        found.setdefault(name, []).append(life)
    unclaimed = Counter(_volume(life.last.data, words) for life in found.pop(_UNCLAIMED, []))
    facts = {_UNCLAIMED: ", ".join(f"{count} of {told}" for told, count in sorted(unclaimed.items()))}
    for name, lives in found.items():
        phases = [str(seen.data.get("status", {}).get("phase", "")) for life in lives for seen in life.seen]
        facts[f"{name} was"] = sequence(phase for phase in phases if phase not in _PASSING)
        facts[f"{name} is"] = "; ".join(_volume(life.last.data, words) for life in lives)
    return facts


def services(history: History, words: Portable) -> dict[str, str]:
    """Return what each service promises and, of those that select pods, to which it has led."""
    facts: dict[str, str] = {}
    for name in dict.fromkeys(life.name for life in history.lives("Service")):
        seen = [one.data for life in history.lives("Service", name) for one in life.seen]
        facts[f"service {name} is"] = sequence(_service(one, words) for one in seen)
        if seen[-1].get("spec", {}).get("selector"):
            facts[f"service {name} has led to"] = ", ".join(_led_to(history, name)) or "nobody"
    return facts


def clients(history: History, words: Portable) -> dict[str, str]:
    """Return which answers each client got of whom, what came of its writes, and to whom names led it."""
    found: dict[str, set[str]] = {}
    for seen in history.of(SAMPLE):
        kind, subject, outcome = (str(seen.data.get(part, "")) for part in ("kind", "subject", "outcome"))
        if kind == WRITTEN:
            told, what = outcome, f"writes of client {seen.name}"
        elif kind == NAMED:
            told = outcome if outcome in ("none", "failed") else led_to(history, seen, words)
            what = f"for client {seen.name} name {words(subject)}"
        else:
            told, what = outcome, f"for client {seen.name} member {words(subject)}"
        if kind and told != "began":
            found.setdefault(what, set()).add(told)
    return {what: "; ".join(sorted(told)) for what, told in found.items()}


def led_to(history: History, answer: Observation, words: Portable) -> str:
    """Return to whom an answer of the DNS led, by pod instead of address; empty where it led nowhere."""
    view = history.upto(answer.seq)
    owners = {one: life.name for life in view.lives("Pod") for seen in life.seen for one in addresses(seen.data)}
    return ", ".join(sorted(owners.get(one) or words(one) for one in map(str, answer.data.get("records", ()))))


def _claim(volume: Object) -> str:
    return str((volume.get("spec", {}).get("claimRef") or {}).get("name", ""))


def _volume(volume: Object, words: Portable) -> str:
    spec = volume.get("spec", {})
    told = (
        (spec.get("capacity") or {}).get("storage"),
        *(spec.get("accessModes") or ()),
        spec.get("persistentVolumeReclaimPolicy"),
        f"class {words(spec['storageClassName'])}" if spec.get("storageClassName") else "",
    )
    return " ".join(str(part) for part in told if part)


def _service(service: Object, words: Portable) -> str:
    spec = service.get("spec", {})
    ports = [f"{one.get('protocol', 'TCP')} {one.get('port')}" for one in spec.get("ports") or ()]
    selected = sorted(f"{key}={told}" for key, told in (spec.get("selector") or {}).items())
    told = (
        str(spec.get("type", "")),
        "headless" if spec.get("clusterIP") == "None" else "",
        f"of {words(str(spec['externalName']))}" if spec.get("externalName") else "",
        f"ports {', '.join(ports)}" if ports else "",
        f"for {', '.join(selected)}" if selected else "",
        "also of pods that are not ready" if spec.get("publishNotReadyAddresses") else "",
    )
    return " ".join(part for part in told if part)


def _led_to(history: History, service: str) -> list[str]:
    """Return the names of the pods that a service has led to; how long it did so, their readiness tells."""
    slices = [seen.data for life in history.lives("EndpointSlice") for seen in life.seen]
    ours = [one for one in slices if (one["metadata"].get("labels") or {}).get(_SERVICE_LABEL) == service]
    ends = [end for one in ours for end in one.get("endpoints") or () if _is_ready(end)]
    return sorted({str((end.get("targetRef") or {}).get("name") or "somebody") for end in ends})


def _is_ready(end: Mapping[str, Any]) -> bool:
    return (end.get("conditions") or {}).get("ready") is not False
