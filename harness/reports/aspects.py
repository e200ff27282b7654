"""
What a record says of volumes, services and clients, in words that two runs can have in common.

Problem: a volume has a random name, a service a random address, and a client asks as often as it finds the time. So has
a pod of a deployment, whose name is generated.
Solution: a volume is known by the claim that it was bound to, a service by what it promises and by the pods it leads
to, a pod without an identity by its deployment, and of a client only which answers it got counts, not how many of each
nor which came last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from harness.history.history import History, Incarnation
from harness.history.observation import SAMPLE, Observation
from harness.history.sampling import NAMED, WRITTEN
from harness.model import Object
from harness.promises.ownership import controller
from harness.promises.pods import addresses
from harness.reports.signature import stable

__all__ = ["Normalizer", "clients", "led_to", "sequence", "services", "volumes"]

_UNCLAIMED = "volumes that no claim has had"

_SERVICE_LABEL = "kubernetes.io/service-name"
_PASSING = ("", "Pending", "Available")
"""Phases that one run may see and another miss: of volumes that are alike, chance takes one."""


class Normalizer:
    """Takes the scenario's namespace, its token and all other random parts out of the texts of a record."""

    def __init__(self, namespace: str, history: History) -> None:
        self._namespace, self._token = namespace, namespace.rpartition("-")[2]
        self._nameless = dict(_nameless(history))

    def __call__(self, text: str) -> str:
        """Return a text as another run might have it, too."""
        text = text.replace(self._namespace, "NAMESPACE") if self._namespace else text
        for name, instead in self._nameless.items():
            text = text.replace(name, instead)
        return stable(text.removesuffix(f"-{self._token}") if self._token else text)

    def pod(self, name: str) -> str:
        """Return the name of a pod; one of a deployment is "of DEPLOYMENT", like all the others of it."""
        return self._nameless.get(name, name)

    def incarnations(self, history: History, kind: str) -> Iterator[tuple[Incarnation, str, int]]:
        """Yield every life of a kind with its name and which of that name it is; pods without a name share one."""
        counted: Counter[str] = Counter()
        for life in history.incarnations(kind):
            name = self.pod(life.name) if kind == "Pod" else life.name
            counted[name] += name == life.name
            yield life, name, counted[name] or 1


def sequence(texts: Iterable[str]) -> str:
    """Return the texts in their order, equal ones in a row said once."""
    return ", then ".join(text for text, _ in groupby(texts))


def volumes(history: History, words: Normalizer) -> dict[str, str]:
    """Return what became of the volumes, each known by its claim; those that none has had are only counted."""
    found: dict[str, list[Incarnation]] = {}
    for life in history.incarnations("PersistentVolume"):
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


def services(history: History, words: Normalizer) -> dict[str, str]:
    """Return what each service promises and, of those that select pods, to which it has led."""
    facts: dict[str, str] = {}
    for name in dict.fromkeys(life.name for life in history.incarnations("Service")):
        seen = [one.data for life in history.incarnations("Service", name) for one in life.seen]
        facts[f"service {name} is"] = sequence(_service(one, words) for one in seen)
        if seen[-1].get("spec", {}).get("selector"):
            facts[f"service {name} has led to"] = ", ".join(_led_to(history, name, words)) or "nobody"
    return facts


def clients(history: History, words: Normalizer) -> dict[str, str]:
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


def led_to(history: History, answer: Observation, words: Normalizer) -> str:
    """Return to whom an answer of the DNS led, by pod instead of address; empty where it led nowhere."""
    view = history.upto(answer.seq)
    owners = {one: life.name for life in view.incarnations("Pod") for seen in life.seen for one in addresses(seen.data)}
    records = map(str, answer.data.get("records", ()))
    return ", ".join(sorted(words.pod(owners[one]) if one in owners else words(one) for one in records))


def _nameless(history: History) -> Iterator[tuple[str, str]]:
    """Yield the name of each pod of a deployment, or of a replica set, and what it is called instead."""
    for life in history.incarnations("Pod"):
        metadata = life.last.data["metadata"]
        template = (metadata.get("labels") or {}).get("pod-template-hash", "")
        owner = controller(life.last.data)
        if owner and owner["kind"] == "ReplicaSet":
            yield life.name, f"of {str(owner['name']).removesuffix(f'-{template}')}"


def _claim(volume: Object) -> str:
    return str((volume.get("spec", {}).get("claimRef") or {}).get("name", ""))


def _volume(volume: Object, words: Normalizer) -> str:
    spec = volume.get("spec", {})
    told = (
        (spec.get("capacity") or {}).get("storage"),
        *(spec.get("accessModes") or ()),
        spec.get("persistentVolumeReclaimPolicy"),
        f"class {words(spec['storageClassName'])}" if spec.get("storageClassName") else "",
    )
    return " ".join(str(part) for part in told if part)


def _service(service: Object, words: Normalizer) -> str:
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


def _led_to(history: History, service: str, words: Normalizer) -> list[str]:
    """Return the names of the pods that a service has led to; how long it did so, their readiness tells."""
    slices = [seen.data for life in history.incarnations("EndpointSlice") for seen in life.seen]
    ours = [one for one in slices if (one["metadata"].get("labels") or {}).get(_SERVICE_LABEL) == service]
    ends = [end for one in ours for end in one.get("endpoints") or () if _is_ready(end)]
    return sorted({words.pod(str((end.get("targetRef") or {}).get("name") or "somebody")) for end in ends})


def _is_ready(end: Mapping[str, Any]) -> bool:
    return (end.get("conditions") or {}).get("ready") is not False
