"""A stop between a failure and its clean-up, for somebody to look around."""

from __future__ import annotations

import os

import pytest

from harness.plugin.attempt import attempt_of

__all__ = ["pause", "require_terminal"]

_STDIN = 0
"""The descriptor: pytest has put something else in the place of sys.stdin."""


def require_terminal(config: pytest.Config) -> None:
    """Raise pytest.UsageError where nobody could end a pause: without a terminal, or with workers beside it."""
    _give_input_back(config)
    if config.getoption("numprocesses", None) or not os.isatty(_STDIN):
        raise pytest.UsageError("--harness-pause-on-failure needs a terminal to wait at, and no workers beside it")


def pause(item: pytest.Item, report: pytest.TestReport) -> None:
    """Return when Enter was pressed; says before what failed and how to look at it."""
    _give_input_back(item.config)
    reporter: pytest.TerminalReporter = item.config.pluginmanager.getplugin("terminalreporter")
    reporter.ensure_newline()
    reporter.write_line(f"paused: {item.nodeid}", yellow=True)
    reporter.write_line(str(report.longrepr))
    attempt = attempt_of(item)
    if attempt.kubectl:
        reporter.write_line(f"look around: {attempt.kubectl} -n {attempt.namespace} get all")
    reporter.write_line("press Enter to remove it all and go on")
    reporter.flush()
    os.read(_STDIN, 1)


def _give_input_back(config: pytest.Config) -> None:
    """End the capturing of the input, which outlasts that of the output; the next phase captures both again."""
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is not None:
        capture.suspend_global_capture(in_=True)
