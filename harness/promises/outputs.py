"""
What was written to and read from the volumes of a set's pods.

A command that writes or reads a file of a pod leaves an OUTPUT observation whose data has, beside the facts of every
OUTPUT: `pod` (its name), `file` (the path), `purpose` (`wrote`, `read` or `journal`) and `content` (the text; without
it what was printed counts). An output without an exit code is no fact about the file: the command was not followed.
"""

from __future__ import annotations

from harness.history.history import History
from harness.history.observation import OUTPUT, Observation
from harness.promises.subjects import bears
from harness.promises.verdict import Subject, Window

__all__ = ["JOURNAL", "READ", "WROTE", "about", "content"]

WROTE = "wrote"
READ = "read"
JOURNAL = "journal"


def about(history: History, subject: Subject, window: Window, *purposes: str) -> list[Observation]:
    """Return the outputs of these purposes about pods of the set in the window, oldest first."""
    own = bears(history, subject.name)
    return [
        seen
        for seen in history.of(OUTPUT, since=window.start, before=window.end)
        if seen.data.get("purpose") in purposes
        and own(str(seen.data.get("pod", "")))
        and seen.data.get("code") is not None
    ]


def content(output: Observation) -> str:
    """Return the text that was written or read, without a final line break."""
    return str(output.data.get("content", output.data.get("stdout", ""))).rstrip("\n")
