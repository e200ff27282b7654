"""
What must never be stored: credentials, and bookkeeping that repeats them.

Redaction comes before recording, so that the verdicts on a stored history are those of the live one.
"""

from __future__ import annotations

import re
from typing import Any

from harness.model import Object

__all__ = ["REDACTED", "redact"]

REDACTED = "[redacted]"
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_CREDENTIAL = re.compile(
    r"pass(word|wd|phrase)|secret|token|credential|(api|access|private).?key|auth(?!or)", re.IGNORECASE
)


def redact(item: Object) -> Object:
    """
    Return the object without what is secret, whatever holds it: a pod, a template, a revision's copy of a template.

    Gone are managedFields and the last applied configuration; replaced are the values of a Secret and those of
    environment variables that are named like a credential.
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
    redacted: Object = _redact_env(shown)
    return redacted


def _redact_env(value: Any) -> Any:
    """Return the very value where there is nothing to redact in it, which is nearly always, else a copy."""
    changed: dict[Any, Any] = {}
    for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(entry, (dict, list)):
            shown = _redact_env(entry)
            if key == "env" and isinstance(shown, list):
                shown = [_redact_variable(variable) for variable in shown]
            if shown is not entry:
                changed[key] = shown
    if not changed:
        return value
    return value | changed if isinstance(value, dict) else [changed.get(i, entry) for i, entry in enumerate(value)]


def _redact_variable(entry: Any) -> Any:
    if isinstance(entry, dict) and "value" in entry and _CREDENTIAL.search(str(entry.get("name", ""))):
        return entry | {"value": REDACTED}
    return entry
