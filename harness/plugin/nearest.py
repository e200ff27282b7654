"""What somebody may have meant whose sentence nobody has defined."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from pytest_bdd.parser import Step

from harness.plugin.compat import Definition
from harness.plugin.vocabulary import VocabularyEntry, sentences

__all__ = ["remedy"]

_LISTED = "`statefulspec steps` lists the sentences there are"
_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'))
"""What word processors make of straight quotation marks."""
_LIKENESS = 0.75
"""Of two sentences without their names and numbers, as difflib has it: a slip is above, another thought below."""
_GAPS = re.compile(r'"[^"]*"|\{[^}]*\}|\d+')
_MARKS = re.compile(r"[()]|/\S+")
"""In a sentence as it is listed: what may be left out, and the second of two ways to say a word."""


def remedy(step: Step, defined: Iterable[Definition]) -> str:
    """Return what to write instead, as far as that can be told, and where all sentences stand."""
    parsers = [(context.type, context.parser) for _, context in defined]
    plain = " ".join(step.name.translate(_QUOTES).split())
    others = sorted({str(kind) for kind, parser in parsers if kind and parser.is_matching(step.name)} - {step.type})
    if others:
        return f"it is known after {' and '.join(map(str.capitalize, others))}; {_LISTED}"
    if plain != step.name and any(kind in (None, step.type) and parser.is_matching(plain) for kind, parser in parsers):
        return f'write it with plain blanks, one between two words, and with plain quotation marks ("): {plain}'
    close = get_close_matches(_gapped(plain), _known(step.type), n=1, cutoff=_LIKENESS)
    return f"perhaps: {_known(step.type)[close[0]]}; {_LISTED}" if close else _LISTED


@cache
def _known(kind: str) -> dict[str, str]:
    """Return the sentences of a kind, by what is the same whatever they are said of."""
    return {_gapped(_MARKS.sub("", one.text)): _said(one) for one in sentences() if one.type == kind}


def _said(one: VocabularyEntry) -> str:
    return f"{one.type.capitalize()} {one.text}"


def _gapped(text: str) -> str:
    return _GAPS.sub("#", text)
