"""
Parts of a scenario that fail while it goes on: what steps check with pytest's fixture `subtests`.

Problem: pytest makes a report of each part as if the scenario's own call had ended, and fails the scenario itself only
when it prints it, in a worker of xdist not at all. Solution: what is reported while a phase still runs is a part; it is
noted, and the report of the phase fails for it.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import pytest

from harness.errors import HarnessError
from harness.plugin.attempt import attempt_of
from harness.plugin.features import template_of

__all__ = ["FailedPart", "Parts", "fail_for_parts"]


@dataclass(slots=True)
class FailedPart:
    """A part that has failed: why, and in which step, counted from 0, -1 before them; `name` as its author gave it."""

    step: int
    error: BaseException
    message: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.message}" if self.name else self.message


class Parts:
    """Notes the failed parts of the scenario that runs."""

    def __init__(self) -> None:
        self._running: pytest.Item | None = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None]:
        """Take note that a phase runs."""
        return (yield from self._run(item))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None]:
        """Take note that a phase runs."""
        return (yield from self._run(item))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None]:
        """Take note that a phase runs."""
        return (yield from self._run(item))

    def _run(self, item: pytest.Item) -> Generator[None]:
        self._running = item
        try:
            return (yield)
        finally:
            self._running = None

    def take(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> bool:
        """
        Return whether a report is that of a part, and note the part if it has failed.

        Under a control a part may fail: what must fail then is judged of the scenario as a whole.
        """
        if self._running is not item:
            return False
        if report.failed and call.excinfo and template_of(item):
            error = call.excinfo.value
            report.longrepr = str(error) if isinstance(error, HarnessError) else report.longrepr
            attempt = attempt_of(item)
            step = len(attempt.steps) if attempt.scenario else -1
            part = FailedPart(step, error, str(report.longrepr))
            attempt.parts.append(part)
            if attempt.control:
                report.outcome = "passed"
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of the name of the part that has just failed: its report alone tells it."""
        parts = attempt_of(self._running).parts if self._running else []
        if parts and report.failed and isinstance(report, pytest.SubtestReport):
            told = [f"{key}={value}" for key, value in report.context.kwargs.items()]
            parts[-1].name = " ".join([*([report.context.msg] if report.context.msg else []), *told])


def fail_for_parts(item: pytest.Item, report: pytest.TestReport) -> list[FailedPart]:
    """
    Return the parts that have failed in the phase of this report, once, and fail the report for them.

    What failed before the scenario's own call is told with it: it runs all the same.
    """
    attempt = attempt_of(item)
    if report.when == "setup" or not attempt.parts:
        return []
    parts, attempt.parts = attempt.parts, []
    told = [str(part) for part in parts] + ([str(report.longrepr)] if report.failed else [])
    report.outcome, report.longrepr = "failed", "\n\n".join(told)
    return parts
