"""The types of words that sentences have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pytest_bdd import parsers

from harness.model import seconds

__all__ = ["Word", "sentence"]


@dataclass(frozen=True, slots=True)
class Word:
    """A type of words: the regular expression of their spelling, and what reads their meaning."""

    pattern: str
    read: Callable[[str], object]

    def __call__(self, text: str) -> object:
        """Return what the word means."""
        return self.read(text)


_POLICIES = {
    "always": {"unhealthyPodEvictionPolicy": "AlwaysAllow"},
    "if enough others are healthy": {"unhealthyPodEvictionPolicy": "IfHealthyBudget"},
    "as it does by default": {},
}


def _demand(text: str) -> dict[str, object]:
    """Return the fields of a disruption budget's spec that say what a text like `at least 60% healthy` says."""
    _, bound, amount, _ = text.split()
    return {"minAvailable" if bound == "least" else "maxUnavailable": amount if "%" in amount else int(amount)}


PROGRAMS = {
    "API server": "kube-apiserver",
    "controller manager": "kube-controller-manager",
    "scheduler": "kube-scheduler",
}
"""What a program of the control plane is called in a sentence, and by itself."""

WORDS = {
    "Name": Word(r'[^"]+', str),
    "Names": Word(r'"[^"]+"(?:, "[^"]+")* and "[^"]+"', lambda text: text.split('"')[1::2]),
    "Number": Word(r"\d+", int),
    "Program": Word("|".join(PROGRAMS), PROGRAMS.__getitem__),
    "Replicas": Word(r"\d+ (?:ready )?replicas?", lambda text: int(text.partition(" ")[0])),
    "Demand": Word(r"at (?:least \d+%? healthy|most \d+%? missing)", _demand),
    "Evictions": Word(r"(?:no|\d+) evictions?", lambda text: int(text.split()[0].replace("no", "0"))),
    "Policy": Word("|".join(_POLICIES), _POLICIES.__getitem__),
    "Phase": Word("available|bound|released", str.capitalize),
    "Size": Word(r"\d+[MG]i", str),
    "Span": Word(r"\d+ (?:second|minute)s?", seconds),
}
"""
A name is written between quotes; `"a", "b" and "c"`; a count; `3 ready replicas`; `at least 60% healthy`, `at most 1
missing`; `no eviction`; `always`, `if enough others are healthy`, `as it does by default`; `released`; `64Mi`;
`60 seconds`.
"""


def sentence(text: str) -> parsers.parse:
    """Return the parser of a step's sentence, whose placeholders are `{what:Type}` with a type of WORDS."""
    return parsers.parse(text, extra_types=WORDS)
