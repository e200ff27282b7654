"""
What must never be stored: credentials, and bookkeeping that repeats them.

Redaction comes before recording, so that the verdicts on a stored history are those of the live one.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from harness.model import Object

__all__ = ["REDACTED", "is_credential", "redact"]

REDACTED = "[redacted]"
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_CREDENTIAL = re.compile(
    r"pass(word|wd|phrase)|secret|token|credential|(api|access|private).?key|auth(?!or)", re.IGNORECASE
)
_OPTION = re.compile(r"--?[A-Za-z][\w.-]*|[A-Z][A-Z0-9_]*")
"""An option of a command, or a variable that is set before one."""


def redact(item: Object) -> Object:
    """
    Return the object without what is secret, whatever holds it: a pod, a template, a revision's copy of a template.

    Gone are managedFields and the last applied configuration; replaced are the values of a Secret, those of environment
    variables, whatever their names, and those that a command is given for an option named like a credential.
    """
    shown = dict(item)
    metadata = shown.get("metadata")
    if isinstance(metadata, dict):
        shown["metadata"] = metadata = {key: value for key, value in metadata.items() if key != "managedFields"}
        annotations = metadata.get("annotations")
        if isinstance(annotations, dict):
            metadata["annotations"] = {key: value for key, value in annotations.items() if key != _LAST_APPLIED}
    if shown.get("kind") == "Secret":
        for field in ("data", "stringData"):
            shown |= {field: dict.fromkeys(shown[field], REDACTED)} if shown.get(field) else {}
    redacted: Object = _redact_containers(shown)
    return redacted


def is_credential(name: str) -> bool:
    """Return whether a variable or an option of this name holds a credential, as far as the name tells."""
    return bool(_CREDENTIAL.search(name))


def _redact_containers(value: Any) -> Any:
    """Return the very value where there is nothing to redact in it, which is nearly always, else a copy."""
    changed: dict[Any, Any] = {}
    for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(entry, (dict, list)):
            shown = _redact_containers(entry)
            if isinstance(shown, list) and key in _REDACTORS:
                changes = _REDACTORS[key](shown)
                shown = shown if changes == shown else changes
            if shown is not entry:
                changed[key] = shown
    if not changed:
        return value
    return value | changed if isinstance(value, dict) else [changed.get(i, entry) for i, entry in enumerate(value)]


def _redact_variables(variables: list[Any]) -> list[Any]:
    held = (isinstance(variable, dict) and bool(variable.get("value")) for variable in variables)
    return [one | {"value": REDACTED} if has else one for one, has in zip(variables, held, strict=True)]


def _redact_words(words: list[Any]) -> list[Any]:
    """Replace what follows `--password`, as a word of its own or after `=`."""
    shown: list[Any] = []
    for former, word in pairwise([None, *words]):
        name, equals, _ = str(word).partition("=")
        if equals and _OPTION.fullmatch(name) and is_credential(name):
            shown.append(f"{name}={REDACTED}")
        elif _OPTION.fullmatch(str(former)) and is_credential(str(former)) and not str(word).startswith("-"):
            shown.append(REDACTED)
        else:
            shown.append(word)
    return shown


_REDACTORS = {"env": _redact_variables, "command": _redact_words, "args": _redact_words}
"""The fields of a container that may hold what is secret."""
