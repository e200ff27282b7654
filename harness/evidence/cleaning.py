"""Text that strangers wrote (logs, messages, names), made fit for files, terminals and CI logs."""

from __future__ import annotations

import re

__all__ = ["LONGEST", "clean", "file_name"]

LONGEST = 64 << 10
"""Characters kept of one text, from its end."""

_SEQUENCES = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CREDENTIALS = re.compile(
    r"(?i)\b([\w.-]*(?:passw(?:or)?d|secret|token|api[_-]?key|credential)[\w.-]*[\"']?\s*[:=]\s*[\"']?)([^\s\"',;&]+)"
    r"|\b(authorization:\s*(?:\w+\s+)?|bearer\s+)([\w.~+/=-]{8,})"
)
_COMMANDS = re.compile(r"(?m)^([^\S\n]*)::|##(?=\[|vso\[|teamcity\[)")
"""
How commands to CI systems begin: GitHub takes `::` after white space, and `##[` anywhere in a line (ActionCommand.cs of
its runner); Azure Pipelines and TeamCity have `##` with their names.
"""
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


def clean(text: str, longest: int = LONGEST) -> str:
    """
    Return a text without terminal sequences, control characters, commands to CI systems and likely credentials.

    Line ends and tabs stay. Of a long text the last `longest` characters are kept, marked as truncated.
    """
    if len(text) > longest:
        text = "[truncated]\n" + text[-longest:]
    text = _CONTROLS.sub("", _SEQUENCES.sub("", text.replace("\r\n", "\n")))
    text = _COMMANDS.sub(lambda found: f"{found[1]}: :" if found[1] is not None else "# #", text)
    return _CREDENTIALS.sub(lambda found: (found[1] or found[3]) + "[redacted]", text)


def file_name(name: str) -> str:
    """Return a name that is safe as one part of a path on every file system."""
    return _UNSAFE.sub("-", name).strip(".-")[:100] or "unnamed"
