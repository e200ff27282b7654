"""What is said of work that goes on: lines that hold until the next one, each with the seconds it has taken so far."""

from __future__ import annotations

import time
from collections.abc import Callable

from harness.model import format_seconds

__all__ = ["PACE_S", "PASSING", "QUIET_S", "Counted", "Voice"]

PASSING = "… "
"""How a line begins that the next one may take the place of."""
PACE_S = 1.0
"""Seconds between two such lines of the same work."""
QUIET_S = 10.0
"""The same where no line can be taken back: a log should show life, not noise."""


class Counted:
    """Work of known size whose parts are heard of one by one; `text` has a place for how many are done."""

    def __init__(self, text: str, progress: Callable[[str], None]) -> None:
        self._text, self._progress = text, progress
        self._began = self._told = time.monotonic()
        self._done = 0

    def heard(self, _: str) -> None:
        """Take note of one more part, and say so if nothing was said for a second."""
        self._done += 1
        now = time.monotonic()
        if now - self._told >= PACE_S:
            self._progress(f"{self._text.format(self._done)}, {format_seconds(now - self._began)}")
            self._told = now


class Voice:
    """Says lines to `write`: on a terminal a passing one is replaced by the next, elsewhere there is one in a while."""

    def __init__(self, write: Callable[[str], object], *, terminal: bool) -> None:
        self._write, self._terminal = write, terminal
        self._said = -QUIET_S
        self._passing = False

    def say(self, text: str) -> None:
        """Say a line."""
        passing = text.startswith(PASSING)
        if passing and not self._terminal and time.monotonic() - self._said < QUIET_S:
            return
        over = "\r\x1b[K" if self._passing else ""
        self._passing = passing and self._terminal
        self._write(f"{over}{text}{'' if self._passing else chr(10)}")
        self._said = time.monotonic()
