"""What a reader gets when a scenario ends badly."""

from __future__ import annotations

import json

import pytest

from tests.plugin.conftest import FEATURE

BROKEN = """\
import pytest
from pytest_bdd import given, parsers, then
from harness.errors import {error}

@pytest.fixture
def harness_run():
    {stage}

@given("a shelf")
def a_shelf():
    pass

@then(parsers.parse("a book is found within {{span:d}} seconds"))
def a_book_is_found(span):
    raise {error}("no book within 2 s", "a book", "dust", facts={{"condition": "a book"}})
"""


def results(pytester: pytest.Pytester) -> list[dict]:
    lines = (pytester.path / "statefulspec-report" / "results.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_broken_expectation_shows_its_message_alone(pytester, write_feature, workers):
    write_feature(glue=BROKEN.format(error="ExpectationNotMet", stage="return None"))

    result = pytester.runpytest("shelf.feature", *workers)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "no book within 2 s",
            "  expected: a book",
            "  observed: dust",
            "FAILED shelf.feature::* - no book within 2 s*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*call_fixture_func*")


@pytest.mark.row(40)
@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_failure_stays_what_it_was_where_the_clean_up_fails_too(pytester, write_feature, workers):
    """The scenario's own failure is its result, and comes first; what was left behind is told as well."""
    stage = 'yield None; raise EnvironmentUnfit("the cluster is not as it was before the scenario")'
    glue = BROKEN.format(error="ExpectationNotMet", stage=stage)
    write_feature(glue=f"from harness.errors import EnvironmentUnfit\n{glue}")

    result = pytester.runpytest("shelf.feature", *workers)

    result.assert_outcomes(failed=1, errors=1)
    told = [line for line in result.outlines if line in ("no book within 2 s", UNLIKE)]
    assert sorted(told) == sorted(["no book within 2 s", UNLIKE])
    [kept] = results(pytester)
    assert (kept["outcome"], kept["message"].splitlines()[0]) == ("failed", "no book within 2 s")
    assert UNLIKE in kept["message"]


UNLIKE = "the cluster is not as it was before the scenario"


def test_result_says_which_step_failed_and_how(pytester, write_feature):
    write_feature(glue=BROKEN.format(error="ExpectationNotMet", stage="return None"))

    pytester.runpytest("shelf.feature")

    [result] = results(pytester)
    assert result["outcome"] == "failed"
    assert result["facts"] == {"condition": "a book"}
    assert [(step["keyword"], step["outcome"], step["line"]) for step in result["steps"]] == [
        ("Given", "passed", 3),
        ("Then", "failed", 4),
    ]


def test_inconclusive_is_a_class_of_its_own(pytester, write_feature):
    """It fails the run, and no report calls it failed."""
    write_feature(glue=BROKEN.format(error="Inconclusive", stage="return None"))

    assert pytester.runpytest("shelf.feature").ret == pytest.ExitCode.TESTS_FAILED
    assert results(pytester)[0]["outcome"] == "inconclusive"


def test_unfit_environment_is_an_error_not_a_failure(pytester, write_feature):
    """The application has broken nothing where the cluster could not be had."""
    write_feature(glue=BROKEN.format(error="EnvironmentUnfit", stage="raise EnvironmentUnfit('there is no cluster')"))

    result = pytester.runpytest("shelf.feature")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["there is no cluster"])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert results(pytester)[0]["outcome"] == "error"


def test_skip_is_explained(pytester, write_feature):
    write_feature(glue=BROKEN.format(error="Inconclusive", stage="pytest.skip('the nodes run nothing')"))

    result = pytester.runpytest("shelf.feature")

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*skipped: the nodes run nothing", "skipped 1: the nodes run nothing"])


def test_report_holds_every_scenario_with_its_message(pytester, write_feature):
    write_feature(FEATURE, glue=BROKEN.format(error="ExpectationNotMet", stage="return None"))

    pytester.runpytest("shelf.feature")

    report = (pytester.path / "statefulspec-report" / "report.txt").read_text()
    assert "✗ A book is found where it was put" in report
    assert "observed: dust" in report
