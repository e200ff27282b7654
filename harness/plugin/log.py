"""What a run prints about its scenarios and writes into its report folder, in the process that controls the run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.plugin.features import template_of
from harness.plugin.keys import SETTINGS
from harness.plugin.options import Settings
from harness.plugin.outcome import result_of, timing_of, unfit_feature
from harness.plugin.progress import Progress
from harness.plugin.proving import Proved, prove_clauses
from harness.reports.github import LIMIT, error_commands, job_summary
from harness.reports.results import ResultsFile, ScenarioResult
from harness.reports.signature import append_history
from harness.reports.tally import Tally
from harness.reports.terminal import closing_lines, report_lines, scenario_lines

__all__ = ["Log"]

LAST = ("teardown", "???")
"""The phase whose report is a scenario's last one; xdist gives the second to a scenario whose worker died."""


class Log:
    """Collects the results of all scenarios, also those of xdist workers, in the order in which they end."""

    def __init__(self, config: pytest.Config, progress: Progress) -> None:
        self._settings: Settings = config.stash[SETTINGS]
        self._progress = progress
        self._reporter: pytest.TerminalReporter = config.pluginmanager.getplugin("terminalreporter")
        self._root = config.rootpath
        self._tally = Tally()
        self._results = ResultsFile(self._settings.report / "results.jsonl")
        self._feature = ""
        self._began = datetime.now(UTC)
        self._proved: Proved | None = None

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
        """Print a scenario with its steps as soon as it has ended; write its result when it has been cleaned up."""
        result, timing = result_of(report, self._root), timing_of(report)
        if timing:
            self._tally.took(report.nodeid, timing)
        if result is not None:
            self._take(result, report)
        if str(report.when) in LAST and report.nodeid in self._tally:
            self._results.append(self._tally.last(report.nodeid))

    def _take(self, result: ScenarioResult, report: pytest.TestReport) -> None:
        if report.when == "teardown":
            self._tally.clean_up_failed(result)
        else:
            self._tally.add(result)
        heading = [f"\n{result.feature}"] if result.feature != self._feature else []
        self._feature = result.feature
        self._progress.lines([*heading, *scenario_lines(result)])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take a feature that cannot be run for what it is: broken; each worker of xdist tells of it."""
        unfit = unfit_feature(report)
        if unfit is not None and unfit.id not in self._tally:
            self._tally.add(unfit)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Under --harness-prove hold every clause against a changed recording; one that lets it pass fails the run."""
        self._progress.end()
        results = self._tally.results
        if not (self._settings.prove and results):
            return
        clauses = prove_clauses(self._settings.replay)
        self._proved = Proved(tuple(clauses), tuple(result for result in results if result.outcome != "skipped"))
        if self._proved.survivors and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the report and say where it lies."""
        results = self._tally.results
        if not results:
            return
        folder = self._settings.report
        self._results.replace(results)
        (folder / "report.txt").write_text("\n".join(report_lines(results)) + "\n", encoding="utf-8")
        self._write_page(folder, results)
        append_history(results, folder / "history.jsonl", self._began.isoformat(timespec="seconds"))
        if self._settings.messages:
            from harness.reports.messages import write_messages

            write_messages(self._tally.attempts, self._settings.messages, self._root, self._began.timestamp())
        _tell_github(results, terminalreporter)
        terminalreporter.section("stateful promises")
        for line in closing_lines(results, folder, verbose=terminalreporter.verbosity > 0):
            terminalreporter.write_line(line)
        for line in self._proved.lines() if self._proved else ():
            terminalreporter.write_line(line)

    def _write_page(self, folder: Path, results: list[ScenarioResult]) -> None:
        from harness.reports.page import Run, facts_of, write_page

        took_s = (datetime.now(UTC) - self._began).total_seconds()
        run = Run(self._began.isoformat(timespec="seconds"), took_s, facts_of(results))
        write_page(results, folder / "report.html", run)


def _tell_github(results: list[ScenarioResult], reporter: pytest.TerminalReporter) -> None:
    """Write the job summary and the annotations where GitHub runs this; elsewhere do nothing."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:
            room = LIMIT - file.tell()
            file.write(job_summary(results, room))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in error_commands(results):
            reporter.write_line(line)
