"""A part of a step that fails by itself (pytest's `subtests`) fails its scenario, in every account of the run."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from tests.plugin.test_formats import messages, of, statuses

FEATURE = """\
Feature: Shelves keep what is put on them
  Scenario: All shelves stand
    Given three shelves
    Then each of them stands
    And nobody is hurt
"""
GLUE = """\
import pytest
from pytest_bdd import given, then
from harness.errors import ExpectationNotMet

@pytest.fixture
def harness_run(subtests):
    yield
    {teardown}

@given("three shelves")
def three_shelves():
    pass

@then("each of them stands")
def each_stands(subtests):
    for number in range(3):
        with subtests.test("shelf", number=number):
            {check}

@then("nobody is hurt")
def nobody_is_hurt():
    pass
"""
ASSERTED = 'assert number != 1, "it fell"'
RAISED = 'if number == 1: raise ExpectationNotMet("shelf 1 fell", "it stands", "it lies")'
FELL = 'with subtests.test("floor"): assert False, "it broke"'


def run(pytester, write_feature, *arguments: str, check: str = ASSERTED, teardown: str = "pass"):
    write_feature(FEATURE, GLUE.format(check=check, teardown=teardown))
    return pytester.runpytest_subprocess(
        "shelf.feature", "--harness-messages=messages.ndjson", "--junitxml=junit.xml", *arguments
    )


def result_of(pytester) -> dict:
    [line] = (pytester.path / "statefulspec-report" / "results.jsonl").read_text().splitlines()
    return json.loads(line)


@pytest.mark.parametrize("workers", [(), ("-n1",)])
@pytest.mark.parametrize(("check", "told"), [(ASSERTED, "it fell"), (RAISED, "observed: it lies")])
def test_failed_part_fails_the_scenario_in_every_account(pytester, write_feature, workers, check, told):
    result = run(pytester, write_feature, *workers, check=check)

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["✗ All shelves stand*", "  ✗ Then  each of them stands*", "1 scenario: 1 failed"])
    found = result_of(pytester)
    assert found["outcome"] == "failed"
    assert [step["outcome"] for step in found["steps"]] == ["passed", "failed", "passed"]
    assert "shelf number=1: " in found["message"]
    assert told in found["message"]
    assert statuses(messages(pytester)) == {"All shelves stand": ["PASSED", "PASSED", "FAILED", "PASSED", "PASSED"]}
    assert len(of(messages(pytester), "testCaseStarted")) == 1
    assert of(messages(pytester), "testRunFinished")[0]["success"] is False
    failures = [
        case for case in ET.parse(pytester.path / "junit.xml").iter("testcase") if case.find("failure") is not None
    ]
    assert failures


def test_facts_of_the_first_failed_part_are_the_scenarios(pytester, write_feature):
    run(pytester, write_feature, check=RAISED)

    assert (result_of(pytester)["expected"], result_of(pytester)["observed"]) == ("it stands", "it lies")


def test_parts_that_all_pass_or_are_skipped_change_nothing(pytester, write_feature):
    assert run(pytester, write_feature, check='number == 1 and pytest.skip("no")').ret == pytest.ExitCode.OK
    assert result_of(pytester)["outcome"] == "passed"


def test_part_that_fails_in_a_clean_up_is_an_error(pytester, write_feature):
    assert run(pytester, write_feature, check="pass", teardown=FELL).ret == pytest.ExitCode.TESTS_FAILED
    assert result_of(pytester)["outcome"] == "error"
    assert "it broke" in result_of(pytester)["message"]


CONTROLLED = """
from pathlib import Path
from harness.plugin.attempt import attempt_of
from harness.plugin.controls import NegativeControl

@pytest.fixture
def harness_run(request):
    changes = ({"kind": "Shelf", "name": "shelf", "patch": {}},)
    shelf = Path("shelf.feature")
    control = NegativeControl(shelf, "All shelves stand", changes, "", "", "each of them stands", {}, "FELL")
    attempt_of(request.node).control = control
"""


@pytest.mark.parametrize(("shows", "outcome"), [("shelf 1 fell", "passed"), ("shelf 2 fell", "failed")])
def test_control_is_caught_by_a_part_that_fails_as_it_must(pytester, write_feature, shows, outcome):
    glue = GLUE.format(check=RAISED, teardown="pass") + CONTROLLED.replace("FELL", shows)
    write_feature(FEATURE, glue)

    run = pytester.runpytest_subprocess("shelf.feature")

    assert run.ret == (pytest.ExitCode.OK if outcome == "passed" else pytest.ExitCode.TESTS_FAILED)
    assert result_of(pytester)["outcome"] == outcome
