"""What a run prints about its scenarios and writes into its report folder, in the process that controls the run."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest

from harness.plugin.features import template_of
from harness.plugin.keys import SETTINGS
from harness.plugin.outcome import result_of, timing_of, unfit_feature
from harness.plugin.profile import nothing_ran
from harness.plugin.progress import Progress
from harness.plugin.proving import Proved, prove_clauses
from harness.plugin.reports import Reports
from harness.plugin.run_settings import Settings
from harness.reports.github import error_commands
from harness.reports.results import ScenarioResult
from harness.reports.tally import ResultCollector
from harness.reports.terminal import closing_lines, scenario_lines

__all__ = ["ResultLog"]

LAST = ("teardown", "???")
"""The phase whose report is a scenario's last one; xdist gives the second to a scenario whose worker died."""


class ResultLog:
    """Collects the results of all scenarios, also those of xdist workers, in the order in which they end."""

    def __init__(self, config: pytest.Config, progress: Progress) -> None:
        self._settings: Settings = config.stash[SETTINGS]
        self._progress = progress
        self._reporter: pytest.TerminalReporter = config.pluginmanager.getplugin("terminalreporter")
        self._root = config.rootpath
        self._tally = ResultCollector()
        self._reports = Reports(self._settings, self._root)
        self._feature = ""
        self._proved: Proved | None = None
        self._wanting: list[str] = []

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
        result = result_of(report) if isinstance(report, pytest.TestReport) else None
        if result is None or hasattr(report, "wasxfail"):
            return None
        if result.outcome == "not run":
            return (result.outcome, "", "")
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
            self._reports.append(self._tally.last(report.nodeid))

    def _take(self, result: ScenarioResult, report: pytest.TestReport) -> None:
        if report.when == "teardown":
            self._tally.clean_up_failed(result)
        else:
            self._tally.add(result)
        if result.outcome == "not run":
            return  # one scenario has told why, and the last lines count the others
        heading = [f"\n{result.feature}"] if result.feature != self._feature else []
        self._feature = result.feature
        self._progress.lines([*heading, *scenario_lines(result)])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take a feature that cannot be run for what it is: broken; each worker of xdist tells of it."""
        unfit = unfit_feature(report)
        if unfit is not None and unfit.id not in self._tally:
            self._tally.add(unfit)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the reports; fail a run that showed nothing, lacks a report or, under --harness-prove, is blind."""
        self._progress.end()
        results = self._tally.results
        if not results:
            return
        if self._settings.prove:
            clauses = prove_clauses(self._settings.replay)
            self._proved = Proved(tuple(clauses), tuple(result for result in results if not result.is_left_out))
        self._reports.close(self._tally)
        survivors = self._proved.survivors if self._proved else 0
        self._wanting = [*nothing_ran(results), *self._reports.unwritten]
        if (survivors or self._wanting) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the run came to, and where its report lies."""
        results = self._tally.results
        if not results:
            return
        if os.environ.get("GITHUB_ACTIONS") == "true":
            for line in error_commands(results):
                terminalreporter.write_line(line)
        terminalreporter.section("stateful promises")
        for line in closing_lines(results, self._settings.report, verbose=terminalreporter.verbosity > 0):
            terminalreporter.write_line(line)
        for line in self._proved.lines() if self._proved else ():
            terminalreporter.write_line(line)
        for line in self._wanting:
            terminalreporter.write_line(line, red=True)
