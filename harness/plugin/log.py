"""What a run prints about its scenarios and writes into its report folder, in the process that controls the run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.plugin.features import template_of
from harness.plugin.keys import SETTINGS
from harness.plugin.options import Settings
from harness.plugin.outcome import result_of
from harness.plugin.progress import Progress
from harness.reports.results import ScenarioResult, write_results
from harness.reports.terminal import closing_lines, report_lines, scenario_lines

__all__ = ["Log"]


class Log:
    """Collects the results of all scenarios, also those of xdist workers, in the order in which they end."""

    def __init__(self, config: pytest.Config, progress: Progress) -> None:
        self._settings: Settings = config.stash[SETTINGS]
        self._progress = progress
        self._reporter: pytest.TerminalReporter = config.pluginmanager.getplugin("terminalreporter")
        self._results: list[ScenarioResult] = []
        self._feature = ""
        self._began = datetime.now(UTC)

    def pytest_report_collectionfinish(self, items: Sequence[pytest.Item]) -> list[str]:
        """Say what the scenarios will run on, where any was collected."""
        scenarios = sum(1 for item in items if template_of(item))
        if not scenarios:
            return []
        if scenarios == len(items):
            self._reporter.showfspath = False
        asked, where = self._settings, "no cluster, recordings only"
        if asked.replay is None:
            nodes = f", nodes: {asked.nodes}" if asked.nodes else ""
            where = f"cluster: {asked.cluster}{nodes}{', context: ' + asked.context if asked.context else ''}"
        return [f"statefulspec: {scenarios} scenario{'s' if scenarios > 1 else ''}, {where}, report: {asked.report}"]

    def pytest_report_teststatus(self, report: pytest.TestReport | pytest.CollectReport) -> tuple[str, str, str] | None:
        """Count a scenario without a letter: it gets lines of its own."""
        if not isinstance(report, pytest.TestReport) or result_of(report) is None:
            return None
        category = "error" if report.failed and report.when != "call" else report.outcome
        return (category, "", "" if report.passed else category.upper())

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print a scenario with its steps as soon as it has ended."""
        result = result_of(report)
        if result is not None:
            self._results.append(result)
            heading = [f"\n{result.feature}"] if result.feature != self._feature else []
            self._feature = result.feature
            self._progress.lines([*heading, *scenario_lines(result)])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the report and say where it lies."""
        if not self._results:
            return
        folder = self._settings.report
        write_results(self._results, folder / "results.jsonl")
        (folder / "report.txt").write_text("\n".join(report_lines(self._results)) + "\n", encoding="utf-8")
        self._write_page(folder)
        terminalreporter.section("stateful promises")
        for line in closing_lines(self._results, folder):
            terminalreporter.write_line(line)

    def _write_page(self, folder: Path) -> None:
        from harness.reports.page import Run, facts_of, write_page

        took_s = (datetime.now(UTC) - self._began).total_seconds()
        run = Run(self._began.isoformat(timespec="seconds"), took_s, facts_of(self._results))
        write_page(self._results, folder / "report.html", run)
