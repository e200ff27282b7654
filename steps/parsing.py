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


WORDS = {
    "Name": Word(r'[^"]+', str),
    "Names": Word(r'"[^"]+"(?:, "[^"]+")* and "[^"]+"', lambda text: text.split('"')[1::2]),
    "Number": Word(r"\d+", int),
    "Replicas": Word(r"\d+ (?:ready )?replicas?", lambda text: int(text.partition(" ")[0])),
    "Span": Word(r"\d+ (?:second|minute)s?", seconds),
}
"""A name is written between quotes; `"a", "b" and "c"`; a count; `3 ready replicas`; `60 seconds`."""


def sentence(text: str) -> parsers.parse:
    """Return the parser of a step's sentence, whose placeholders are `{what:Type}` with a type of WORDS."""
    return parsers.parse(text, extra_types=WORDS)
