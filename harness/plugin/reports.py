"""
The reports that a run leaves behind, in the process that controls it.

Each is written by itself: what keeps one from being written is said at the end and fails the run, and neither the other
reports nor the session are lost over it.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from harness.plugin.run_settings import Settings
from harness.reports.github import LIMIT, job_summary
from harness.reports.results import SHARD, ResultsFile, ScenarioResult
from harness.reports.signature import append_history
from harness.reports.tally import ResultCollector
from harness.reports.terminal import report_lines

__all__ = ["Reports"]


class Reports:
    """Writes results as they come in and all reports at the end; `root` is the folder that features are named from."""

    def __init__(self, settings: Settings, root: Path) -> None:
        self._settings, self._root = settings, root
        self._results = ResultsFile(settings.report / "results.jsonl")
        self._began = datetime.now(UTC)
        self._unwritten: dict[str, str] = {}

    @property
    def unwritten(self) -> list[str]:
        """A sentence on each report that could not be written, and why."""
        return [f"{name} could not be written: {reason}" for name, reason in self._unwritten.items()]

    def append(self, result: ScenarioResult) -> None:
        """Write the result of a scenario that has ended."""
        self._attempt("results.jsonl", lambda: self._results.append(result))

    def close(self, tally: ResultCollector) -> None:
        """Write every report of a run that had results."""
        self._unwritten.clear()  # what could not be written while it ran is written again, as a whole
        results, folder = tally.results, self._settings.report
        self._attempt("results.jsonl", lambda: self._results.replace(results))
        text = "\n".join(report_lines(results)) + "\n"
        self._attempt("report.txt", lambda: (folder / "report.txt").write_text(text, encoding="utf-8"))
        if self._settings.shard != (1, 1):
            part = "{}/{}\n".format(*self._settings.shard)
            self._attempt(SHARD, lambda: (folder / SHARD).write_text(part, encoding="utf-8"))
        self._attempt("report.html", lambda: self._write_page(results))
        began = self._began.isoformat(timespec="seconds")
        self._attempt("history.jsonl", lambda: append_history(results, folder / "history.jsonl", began))
        self._attempt(str(self._settings.messages), lambda: self._write_messages(tally))
        self._attempt("the job summary", lambda: _summarise(results))

    def _attempt(self, name: str, write: Callable[[], object]) -> None:
        try:
            write()
        except OSError as error:
            self._unwritten[name] = str(error)
        except Exception as error:  # noqa: BLE001 - said at the end, where it fails the run
            frame = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(frame.filename).name}:{frame.lineno}"
            self._unwritten[name] = f"{type(error).__name__} at {where}: {error}. This is a bug in the harness."

    def _write_page(self, results: list[ScenarioResult]) -> None:
        from harness.reports.page import Run, facts_of, write_page

        took_s = (datetime.now(UTC) - self._began).total_seconds()
        run = Run(self._began.isoformat(timespec="seconds"), took_s, facts_of(results))
        write_page(results, self._settings.report / "report.html", run)

    def _write_messages(self, tally: ResultCollector) -> None:
        if self._settings.messages:
            from harness.reports.messages import write_messages

            write_messages(tally.attempts, self._settings.messages, self._root, self._began.timestamp())


def _summarise(results: list[ScenarioResult]) -> None:
    """Write the job summary where GitHub runs this; elsewhere do nothing."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(job_summary(results, LIMIT - file.tell()))
