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
    shown: dict[str, Any] = _redact_env(dict(item))
    metadata = shown.get("metadata")
    if isinstance(metadata, dict):
        metadata.pop("managedFields", None)
        annotations = metadata.get("annotations")
        if isinstance(annotations, dict):
            annotations.pop(_LAST_APPLIED, None)
    if shown.get("kind") == "Secret":
        for field in ("data", "stringData"):
            shown |= {field: dict.fromkeys(shown[field], REDACTED)} if shown.get(field) else {}
    return shown


def _redact_env(value: Any) -> Any:
    if isinstance(value, list):
        return [_redact_env(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    copy = {key: _redact_env(entry) for key, entry in value.items()}
    if isinstance(copy.get("env"), list):
        copy["env"] = [_redact_variable(entry) for entry in copy["env"]]
    return copy


def _redact_variable(entry: Any) -> Any:
    if isinstance(entry, dict) and "value" in entry and _CREDENTIAL.search(str(entry.get("name", ""))):
        return entry | {"value": REDACTED}
    return entry
