"""
The secret values that a scenario's own manifests hold, taken out of every text that is kept.

Problem: applications print what they were given, and servers repeat what they refuse; no pattern finds a password in
that. Solution: the values are known from the manifests, and are replaced wherever they stand in somebody's words.
Names, labels and numbers, on which verdicts rest, are no such words: a recording is judged as its scenario was.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from harness.history.observation import ANSWER, OUTPUT, SAMPLE, Observation
from harness.history.redaction import REDACTED, is_credential
from harness.model import Object

__all__ = ["Secrets"]

_SHORTEST = 6
"""Characters of a value that is told from any other word; a shorter one is guessed sooner than found in a log."""
_WORDS = ("message", "note", "reason")
"""The fields of objects in which programs speak."""


class Secrets:
    """The values that one scenario keeps to itself; what its feature says is no secret."""

    def __init__(self, feature: str = "") -> None:
        self._feature = feature
        self._values: set[str] = set()

    def learn(self, body: Object) -> None:
        """Take note of what a manifest holds: the data of a Secret, and variables that are named like a credential."""
        for value in (*_of_secret(body), *_of_variables(body)):
            forms = (value, base64.b64encode(value.encode()).decode(), *(line.strip() for line in value.splitlines()))
            self._values |= {form for form in forms if len(form) >= _SHORTEST and form not in self._feature}

    def mask(self, text: str) -> str:
        """Return a text without these values; the longer ones go first, since one may hold another."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, REDACTED)
        return text

    def mask_all(self, value: Any) -> Any:
        """Return an object that nobody judges, without these values in whatever text."""
        return self._masked(value, everywhere=True)

    def masked(self, seen: Observation) -> Object:
        """Return what an observation holds, without these values in what applications and servers have said."""
        if not self._values:
            return seen.data
        found: Object = self._masked(seen.data, everywhere=seen.topic in (ANSWER, OUTPUT, SAMPLE))
        return found

    def _masked(self, value: Any, *, everywhere: bool) -> Any:
        if isinstance(value, Mapping):
            return {key: self._masked(part, everywhere=everywhere or key in _WORDS) for key, part in value.items()}
        if isinstance(value, list):
            return [self._masked(part, everywhere=everywhere) for part in value]
        return self.mask(value) if everywhere and isinstance(value, str) else value


def _of_secret(body: Object) -> Iterator[str]:
    if body.get("kind") == "Secret":
        yield from (str(value) for value in _mapping(body.get("stringData")).values())
        for value in _mapping(body.get("data")).values():
            try:
                yield base64.b64decode(str(value), validate=True).decode("utf-8", "replace")
            except binascii.Error:
                yield str(value)  # what the server will refuse, and may repeat


def _of_variables(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("name"), str) and "value" in value and is_credential(value["name"]):
            yield str(value["value"])
        for part in value.values():
            yield from _of_variables(part)
    elif isinstance(value, list):
        for part in value:
            yield from _of_variables(part)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
