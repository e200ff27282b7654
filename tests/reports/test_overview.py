"""The overview that the page and the job summary begin with."""

from __future__ import annotations

import pytest

from harness.reports.overview import overview_of
from harness.reports.results import ScenarioResult


def _results(*outcomes):
    return [
        ScenarioResult(f"a::{number}", f"{outcome}.feature", outcome, 1, outcome, 1.0, tags=(outcome,))
        for number, outcome in enumerate(outcomes)
    ]


@pytest.mark.parametrize(
    ("outcomes", "told", "is_broken"),
    [
        (["passed"], "1 scenario passed", False),
        (["passed", "passed", "skipped"], "All 2 scenarios passed, 1 skipped", False),
        (["passed", "error", "skipped"], "1 of 2 scenarios did not pass, 1 skipped", True),
        (["error", "not run", "not run"], "1 of 1 scenario did not pass, 2 did not run", True),
        (["skipped"], "No scenario ran, 1 skipped", False),
        ([], "No scenario ran", False),
    ],
)
def test_the_headline_counts_what_was_skipped_beside_what_passed(outcomes, told, is_broken):
    overview = overview_of(_results(*outcomes))

    assert (overview.headline, overview.is_broken) == (told, is_broken)


def test_what_failed_stands_before_what_was_skipped_and_what_passed():
    overview = overview_of(_results("passed", "skipped", "failed", "passed", "inconclusive"))

    assert list(overview.features) == [
        "failed.feature",
        "inconclusive.feature",
        "skipped.feature",
        "passed.feature",
    ]
