"""What GitHub gets to show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.reports.github import error_commands, job_summary
from harness.reports.results import ScenarioResult

PASSED = ScenarioResult("s::p", "shelf.feature", "A book is there", 9, "passed", 1.0, feature_title="Shelves")


def test_failures_come_first_and_in_full(failed):
    summary = job_summary([PASSED, failed])

    assert summary.startswith("## 1 of 2 scenarios did not pass")
    assert summary.index(failed.message) < summary.index("A book is there")
    assert "A \\<shelf\\> & its books" in summary


@pytest.mark.row(50)
def test_a_summary_keeps_within_its_limit_and_says_what_is_missing(failed):
    long = replace(failed, message="ü" * 3000)

    summary = job_summary([long] * 20 + [PASSED], limit=10_000)

    assert len(summary.encode()) <= 10_000
    assert summary.endswith("**19 more failures did not fit; see report.html**\n")


def test_a_failure_cannot_end_its_own_block(failed):
    summary = job_summary([replace(failed, message="before\n```\n# after")])

    assert "````text\nbefore\n```\n# after\n````" in summary


@pytest.mark.row(50)
def test_ten_failures_at_most_are_put_beside_the_step_that_failed(failed):
    commands = list(error_commands([PASSED, *[failed] * 12]))

    assert len(commands) == 10
    assert commands[0] == (
        "::error file=shelf.feature,line=5,title=A <shelf> & its books (failed)::"
        "failed: it is as it was%0Aobserved: </script><xss>it is not"
    )


@pytest.mark.row(49)
def test_nothing_in_a_message_becomes_a_command(failed):
    [command] = error_commands([replace(failed, title="a, b: c", message="100 %\n::stop-commands::x")])

    assert "\n" not in command
    assert "title=a%2C b%3A c (failed)::100 %25" in command
