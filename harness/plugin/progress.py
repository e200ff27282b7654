"""
Says what takes long: a live view on a terminal, plain lines elsewhere.

A worker of xdist has no terminal. It writes what is to be seen of its scenario into the run's folder, and the process
that controls the run shows all of them.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from harness.cluster.passing import PACE_S, PASSING, QUIET_S
from harness.model import format_seconds
from harness.reports.live_status import LiveStatus

__all__ = ["PACE_S", "Progress", "WorkerStatusFile"]


class WorkerStatusFile:
    """Where a worker leaves its glimpses."""

    def __init__(self, folder: Path, worker: str) -> None:
        self._path = folder / f"glimpse-{worker}"

    def waiting(self, glimpse: LiveStatus) -> None:
        """Leave what is to be seen now, in place of what was there."""
        draft = self._path.with_name(f".{self._path.name}")
        draft.write_text(glimpse.to_json(), encoding="utf-8")
        draft.replace(self._path)

    @staticmethod
    def read(folder: Path) -> list[LiveStatus]:
        """Return what the workers have left within the last seconds."""
        recent = time.time() - 5
        found = [path for path in sorted(folder.glob("glimpse-*")) if path.stat().st_mtime > recent]
        return [LiveStatus.from_json(path.read_text(encoding="utf-8")) for path in found]


class Progress:
    """Writes past pytest's capturing, from whichever thread has something to say."""

    def __init__(self, config: pytest.Config) -> None:
        self._reporter: pytest.TerminalReporter | None = config.pluginmanager.get_plugin("terminalreporter")
        self._capture = config.pluginmanager.get_plugin("capturemanager")
        self._live = bool(self._reporter and self._reporter.isatty)
        self._began = self._said = time.monotonic()
        self._shown = 0
        self._size = shutil.get_terminal_size()
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._follower: threading.Thread | None = None

    def say(self, text: str) -> None:
        """Write a line that stays; one that passes is shown until there is another, elsewhere once in a while."""
        if not text.startswith(PASSING):
            self._write([text])
        elif self._live:
            self._show([text])
        elif time.monotonic() - self._said >= QUIET_S:
            self._write([text])

    def waiting(self, *glimpses: LiveStatus) -> None:
        """Show what the scenarios wait for: at once on a terminal, one line each every ten seconds elsewhere."""
        if self._live:
            lines = [line for glimpse in glimpses for line in glimpse.lines(self._size.columns - 1)]
            self._show(lines[: self._size.lines - 2])
        elif time.monotonic() - self._said >= QUIET_S:
            since = f"{format_seconds(time.monotonic() - self._began)} since the last result"
            several = len(glimpses) > 1
            self._write([f"  … {f'{one.scenario}: ' if several else ''}{one.note}, {since}" for one in glimpses])

    def follow(self, folder: Path) -> None:
        """Show what workers leave in the folder, from a thread of its own, until `end`."""

        def follow() -> None:
            while not self._over.wait(PACE_S):
                glimpses = WorkerStatusFile.read(folder)
                if glimpses:
                    self.waiting(*glimpses)

        self._follower = threading.Thread(target=follow, name="progress", daemon=True)
        self._follower.start()

    def end(self) -> None:
        """Show nothing any more."""
        self._over.set()
        if self._follower is not None:
            self._follower.join()
        with self._lock:
            self._clear()
            self._live = False

    def lines(self, lines: Iterable[str]) -> None:
        """Write the lines of a result; the live view is gone until something is to be seen again."""
        self._write(list(lines))
        self._began = time.monotonic()

    def _write(self, lines: list[str]) -> None:
        if self._reporter is None:
            return
        with self._lock, self._uncaptured():
            self._clear()
            self._reporter.ensure_newline()
            for line in lines:
                self._reporter.write_line(line)
        self._said = time.monotonic()

    def _show(self, lines: list[str]) -> None:
        if self._reporter is not None:
            with self._lock, self._uncaptured():
                if not self._shown:
                    self._reporter.ensure_newline()
                self._clear()
                for line in lines:
                    self._reporter.write_line(line)
                self._reporter.flush()
            self._shown = len(lines)

    def _clear(self) -> None:
        """Take the live view away: the cursor goes up to its first line, and all below it is erased."""
        if self._shown and self._reporter is not None:
            self._reporter.write(f"\r\x1b[{self._shown}A\x1b[J")
            self._shown = 0

    def _uncaptured(self) -> contextlib.AbstractContextManager[None]:
        return self._capture.global_and_fixture_disabled() if self._capture else contextlib.nullcontext()
