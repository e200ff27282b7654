"""Says what takes long: one rewritten line on a terminal, plain lines elsewhere, nothing in an xdist worker."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterable

import pytest

from harness.model import spell_seconds

__all__ = ["Progress"]

QUIET_S = 10.0
"""Seconds between two plain lines about the same wait: a CI log should show life, not noise."""


class Progress:
    """Writes past pytest's capturing, from whichever thread has something to say."""

    def __init__(self, config: pytest.Config) -> None:
        self._reporter: pytest.TerminalReporter | None = config.pluginmanager.get_plugin("terminalreporter")
        self._capture = config.pluginmanager.get_plugin("capturemanager")
        self._live = bool(self._reporter and self._reporter.isatty)
        self._began = self._said = time.monotonic()
        self._dirty = False
        self._width = shutil.get_terminal_size().columns - 1

    def say(self, text: str) -> None:
        """Write a line that stays."""
        self._write([text])

    def waiting(self, note: str) -> None:
        """Say what a scenario is waiting for: at once on a terminal, every ten seconds elsewhere."""
        if self._live:
            self._rewrite(f"  … {note}")
        elif time.monotonic() - self._said >= QUIET_S:
            self._write([f"  … {note}, {spell_seconds(time.monotonic() - self._began)} since the last result"])

    def lines(self, lines: Iterable[str]) -> None:
        """Write the lines of a result; a wait's live line is gone afterwards."""
        self._write(list(lines))
        self._began = time.monotonic()

    def _write(self, lines: list[str]) -> None:
        if self._reporter is None:
            return
        with self._uncaptured():
            self._clear()
            self._reporter.ensure_newline()
            for line in lines:
                self._reporter.write_line(line)
        self._said = time.monotonic()

    def _rewrite(self, text: str) -> None:
        if self._reporter is not None:
            with self._uncaptured():
                self._reporter.rewrite(text[: self._width], erase=True)
            self._dirty = True

    def _clear(self) -> None:
        if self._dirty and self._reporter is not None:
            self._reporter.rewrite("", erase=True)
            self._reporter.rewrite("")
            self._dirty = False

    def _uncaptured(self) -> contextlib.AbstractContextManager[None]:
        return self._capture.global_and_fixture_disabled() if self._capture else contextlib.nullcontext()
