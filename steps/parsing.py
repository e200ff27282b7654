"""The types of words that sentences have in common."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pytest_bdd import parsers

from harness.actions.views import Client, Fate
from harness.model import Since, TimeWord, seconds

from .former import present

__all__ = ["CLAIM", "POD", "VOLUME", "WORDS", "Named", "Sentence", "Word", "sentence"]

POD, CLAIM, VOLUME = "Pod", "PersistentVolumeClaim", "PersistentVolume"


@dataclass(frozen=True, slots=True)
class Word:
    """A type of words: the regular expression of their spelling, and what reads their meaning."""

    pattern: str
    read: Callable[[str], object]

    def __call__(self, text: str) -> object:
        """Return what the word means; raises ValueError where it means nothing, as parsers expect it."""
        try:
            return self.read(text)
        except KeyError as error:
            raise ValueError(text) from error


@dataclass(frozen=True, slots=True)
class Named:
    """Objects of one kind of the API, by their names."""

    kind: str
    names: list[str]


_KINDS = {
    "pod": POD,
    "claim": CLAIM,
    "volume": VOLUME,
    "disruption budget": "PodDisruptionBudget",
    "snapshot": "VolumeSnapshot",
}
"""What a kind of object is called in a sentence, and by the API."""

_POLICY = "unhealthyPodEvictionPolicy"
_SPAN = r"\d+ (?:second|minute)s?"


def _bound(text: str) -> TimeWord:
    word, _, span = text.partition(" ")
    return TimeWord(word, seconds(span))


def _demand(text: str) -> dict[str, object]:
    """Return the fields of a disruption budget's spec that a text like `minAvailable 60%` sets, maybe with a policy."""
    demand, _, policy = text.partition(f" and {_POLICY} ")
    field, _, amount = demand.partition(" ")
    fields: dict[str, object] = {field: amount if "%" in amount else int(amount)}
    return fields if policy in ("", "unset") else fields | {_POLICY: policy}


def _labels(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split(","))
    return {key.strip(): value.strip() for key, _, value in pairs}


def _quoted(text: str) -> str:
    """Return what stands between quotes, nothing where there are none."""
    return (*text.split('"'), "")[1]


def _rate(text: str) -> int:
    number, _, unit = text.partition(" ")
    return int(number) * (1024 if unit == "KiB" else 1)


def _setting(text: str) -> dict[str, object]:
    """Return the fields of a StatefulSet's spec that a text like `start ordinal 3` sets."""
    name, _, value = text.rpartition(" ")
    fields: dict[str, Callable[[], dict[str, object]]] = {
        "parallel pod": lambda: {"podManagementPolicy": "Parallel"},
        "no start": lambda: {"ordinals": None},
        "start ordinal": lambda: {"ordinals": {"start": int(value)}},
        "maxUnavailable": lambda: {
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": int(value)}}
        },
        "minReadySeconds": lambda: {"minReadySeconds": int(value)},
        "revision history limit": lambda: {"revisionHistoryLimit": int(value)},
        "update strategy": lambda: {"updateStrategy": {"type": value}},
        "service": lambda: {"serviceName": value.strip('"')},
        "no claim": lambda: {"volumeClaimTemplates": []},
        "claim retention policy Delete when": lambda: {
            "persistentVolumeClaimRetentionPolicy": {f"when{value.capitalize()}": "Delete"}
        },
    }
    return fields[name]()


def _named(text: str) -> Named:
    kind, *names = text.split('"')
    word = kind.strip()
    return Named(_KINDS.get(word) or _KINDS[word.removesuffix("s")], names[::2])


def _objects(*kinds: str) -> str:
    """Return the pattern of one object of these kinds or several: `pod "a"`, `pods "a" and "b"`."""
    kind = "|".join(kinds)
    return rf'(?:{kind}) "[^"]+"|(?:{kind})s "[^"]+"(?:, "[^"]+")* and "[^"]+"'


def _cut_off(text: str) -> tuple[str, bool]:
    """Return the pod of `pod "a"` or `the node of pod "a"`, and whether its node is meant."""
    return text.split('"')[1], text.startswith("the node")


PROGRAMS = {
    "API server": "kube-apiserver",
    "controller manager": "kube-controller-manager",
    "scheduler": "kube-scheduler",
}
"""What a program of the control plane is called in a sentence, and by itself."""


def _client(text: str) -> Client:
    """Return who `the scheduler`, `the DNS of the cluster` or `the kubelet of pod "a"` is to the API server."""
    name, _, pod = text.removeprefix("the ").partition(" of pod ")
    return Client(PROGRAMS.get(name) or _CLIENTS[name], pod.strip('"'))


_CLIENTS = {"DNS of the cluster": "coredns", "kubelet": "kubelet", "kube-proxy": "kube-proxy"}

_REFUSED = {
    "fails": {"code": 500},
    "meets a conflict": {"code": 409},
    "is one too many": {"code": 429},
}
_FATES = {said: Fate(said, {"do": "fail", **rule}) for said, rule in _REFUSED.items()}
_FATES["takes effect but gets no answer"] = Fate("takes effect but gets no answer", {"do": "late"})

_SEEN_KINDS = {
    "pods": POD,
    "claims": CLAIM,
    "nodes": "Node",
    "services": "Service",
    "endpoint slices": "EndpointSlice",
    "controller revisions": "ControllerRevision",
    "StatefulSets": "StatefulSet",
}
"""What a program may see late or wrong, and write in vain."""

WORDS = {
    "All": Word(r"all \d+ replicas|the only replica", lambda text: int((re.findall(r"\d+", text) or ["1"])[0])),
    "Claims": Word(_objects("claim"), lambda text: _named(text).names),
    "Client": Word(
        r'the (?:controller manager|scheduler|DNS of the cluster|(?:kubelet|kube-proxy) of pod "[^"]+")', _client
    ),
    "Count": Word(r"no|\d+", lambda text: int(text.replace("no", "0"))),
    "Demand": Word(
        rf"(?:minAvailable|maxUnavailable) \d+%?(?: and {_POLICY} (?:AlwaysAllow|IfHealthyBudget|unset))?", _demand
    ),
    "Fate": Word("|".join(_FATES), _FATES.__getitem__),
    "Kind": Word("|".join(_SEEN_KINDS), _SEEN_KINDS.__getitem__),
    "Labels": Word(r'[^"=,]+=[^"=,]*(?:,[^"=,]+=[^"=,]*)*', _labels),
    "Name": Word(r'[^"]+', str),
    "Names": Word(r'"[^"]+"(?:, "[^"]+")* and "[^"]+"', lambda text: text.split('"')[1::2]),
    "Nth": Word(r"\d+(?:st|nd|rd|th)", lambda text: int(text[:-2])),
    "Nodes": Word(r'all nodes|the node of pod "[^"]+"', _quoted),
    "Number": Word(r"\d+", int),
    "Objects": Word(_objects(*_KINDS), _named),
    "Outcome": Word("granted|refused", str),
    "Owner": Word(r"[A-Z][A-Za-z0-9]*", str),
    "Phase": Word("available|bound|pending|released", str.capitalize),
    "Pods": Word(_objects("pod"), lambda text: _named(text).names),
    "PodOrNode": Word(r'(?:the node of )?pod "[^"]+"', _cut_off),
    "Program": Word("|".join(PROGRAMS), PROGRAMS.__getitem__),
    "Rate": Word(r"\d+ (?:bytes|KiB)", _rate),
    "Replicas": Word(r"\d+ (?:ready )?replicas?", lambda text: int(text.partition(" ")[0])),
    "Reported": Word("ready|available", str),
    "Setting": Word(
        r"parallel pod management|no start ordinal|start ordinal \d+|maxUnavailable \d+|minReadySeconds \d+|"
        r"revision history limit \d+|update strategy (?:OnDelete|Recreate)|"
        r'claim retention policy Delete when (?:deleted|scaled)|service "[^"]+"|no claim templates',
        _setting,
    ),
    "Since": Word("|".join(Since), Since),
    "Size": Word(r"\d+[MG]i", str),
    "Span": Word(_SPAN, seconds),
    "Source": Word(r'(?:claim|snapshot) "[^"]+"', _named),
    "Stop": Word("had been shut down cleanly|had crashed", lambda text: text.split()[-1].replace("cleanly", "clean")),
    "Storage": Word(_objects("claim", "volume"), _named),
    "Time": Word(rf"(?:within|for) {_SPAN}", _bound),
    "Wait": Word(r'for its claim|in init container "[^"]+"', _quoted),
}
"""
- All: `all 3 replicas`, `the only replica`
- Claims, Pods: `pod "a"`, `pods "a", "b" and "c"`; Objects: likewise of pods, claims, volumes, budgets, snapshots;
  Storage: of claims, volumes
- Client: of the API server, `the scheduler`, `the kubelet of pod "a"`
- Demand: of a disruption budget, `minAvailable 60%`, `maxUnavailable 1 and unhealthyPodEvictionPolicy AlwaysAllow`
- Count: `no`, `2`
- Fate: of a write, `fails`, `meets a conflict`
- Kind: `pods`, `StatefulSets`; Labels: `app=db,role=primary`; Owner: the kind of what owns pods, `Database`
- Name: what stands between quotes; Names: `"a", "b" and "c"`; Nth: `3rd`
- Nodes: `all nodes`, `the node of pod "a"`
- Outcome: of an eviction, `granted`, `refused`
- Phase: of a claim or volume, `released`
- PodOrNode: `pod "a"`, `the node of pod "a"`
- Rate: of what is written or sent, per second, `50 bytes`, `1 KiB`
- Replicas: `3 ready replicas`
- Reported: a count in a StatefulSet's status, `available`
- Setting: a field of a StatefulSet's spec, `minReadySeconds 4`
- Since: where a window begins, `since the event`
- Source: of a copy, `snapshot "a"`; Stop: how a server ended, `had crashed`
- Size: `64Mi`; Span: `60 seconds`; Time: `within 60 seconds`, `for 10 seconds`
- Wait: of a pod, `for its claim`, `in init container "a"`
"""

_PLACEHOLDER = re.compile(r"\{(\w+):([\w/ ]+)\}")
_OPTIONAL = re.compile(r"\(([^()]+)\)")
_ALTERNATIVE = re.compile(r"\b([a-z]+)/([a-z]+)\b")
_SPECIAL = re.compile(r"[.?*+^$()\[\]{}|\\]")


class Sentence(parsers.StepParser):
    """
    The parser of one sentence, which also understands what was said for it before 0.1.0.

    `expression` is a regular expression of all that says it in present words, as Python and JavaScript read it.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.expression = _expression(text, "({})")
        self._said = re.compile(_expression(text, "(?P<{name}>{})"))
        self._words = {name: WORDS.get(kind, _LITERAL) for name, kind in _PLACEHOLDER.findall(text)}

    def is_matching(self, name: str) -> bool:
        """Return whether a step says this sentence, in present or former words."""
        return self._read(name) is not None

    def parse_arguments(self, name: str) -> dict[str, Any]:
        """
        Return the meaning of each placeholder by its name, None where it stands in a part that is not said.

        Raises KeyError for a step that does not say this sentence.
        """
        found = self._read(name)
        if found is None:
            raise KeyError(name)
        return found

    def _read(self, name: str) -> dict[str, Any] | None:
        for text in (name, *present(name)):
            if found := self._said.fullmatch(text):
                said = found.groupdict()
                return {name: None if said[name] is None else word(said[name]) for name, word in self._words.items()}
        return None


_LITERAL = Word("", str)
"""How one of the words that a placeholder lists is read: as it is said."""


def _expression(text: str, form: str) -> str:
    """Return the regular expression of a sentence, the pattern of each placeholder in this form."""
    parts = _OPTIONAL.split(text)
    said = (f"(?:{_plain(part, form)})?" if number % 2 else _plain(part, form) for number, part in enumerate(parts))
    return "".join(said)


def _plain(text: str, form: str) -> str:
    """Return the expression of what has no optional part; of words with a stroke between them one is said."""
    literals, names, kinds = (_PLACEHOLDER.split(text)[first::3] for first in range(3))
    patterns = [WORDS[kind].pattern if kind in WORDS else kind.replace("/", "|") for kind in kinds]
    placeholders = [form.format(pattern, name=name) for name, pattern in zip(names, patterns, strict=True)]
    spelled = [_ALTERNATIVE.sub(r"(?:\1|\2)", _SPECIAL.sub(r"\\\g<0>", literal)) for literal in literals]
    return "".join(map(str.__add__, spelled, [*placeholders, ""]))


@cache
def sentence(text: str) -> Sentence:
    """
    Return the parser of a step's sentence.

    Placeholders are `{what:Type}` with a type of WORDS, or list the words of which a step says one, as in
    `{how:stopped/frozen}`. Of words with a stroke between them, as in `is/are`, a step says one; what stands in
    parentheses it may leave out: both as in Cucumber expressions. Letters match in their own case only.
    """
    return Sentence(text)
