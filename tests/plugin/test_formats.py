"""All machine formats after a run that had everything: passes, failures, skips, undefined steps, a dead worker."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

FEATURE = """\
@shop
Feature: A shelf keeps what is put on it

  Scenario Outline: A <thing> is found where it was put
    Given a shelf
    Then a <thing> is found

    Examples:
      | thing |
      | book  |
      | map   |

  @needs_cellar
  Scenario: A barrel is found
    Given a shelf
    Then a barrel is found

  Scenario: Everything falls down
    Given a shelf
    When it falls down
    Then a book is found
"""
UNFIT = """\
Feature: A shelf can fly

  Scenario: It takes off
    Given a shelf
    Then it flies away
"""
GLUE = """\
import os
import pytest
from pytest_bdd import given, parsers, then, when

@pytest.fixture
def harness_run(request):
    if request.node.get_closest_marker("needs_cellar"):
        pytest.skip("there is no cellar")

@given("a shelf")
def a_shelf():
    pass

@when("it falls down")
def it_falls_down():
    {fall}

@then(parsers.parse("a {{thing}} is found"))
def is_found(thing):
    assert thing != "map", "dust"
"""
OUTCOMES = {
    "A book is found where it was put [book]": "passed",
    "A map is found where it was put [map]": "failed",
    "A barrel is found": "skipped",
    "This feature cannot be run as it stands": "error",
}


def run(pytester, *arguments: str, fall: str = "pass", feature: str = FEATURE):
    pytester.makeini("[pytest]\nmarkers =\n  shop: of the shop\n  needs_cellar: needs a cellar")
    pytester.makeconftest(GLUE.format(fall=fall))
    pytester.makefile(".feature", shelf=feature, unfit=UNFIT)
    wanted = ("--continue-on-collection-errors", "--harness-messages=messages.ndjson", "--junitxml=junit.xml")
    return pytester.runpytest_subprocess(*wanted, *arguments)


def outcomes(pytester) -> dict[str, str]:
    lines = (pytester.path / "statefulspec-report" / "results.jsonl").read_text().splitlines()
    return {result["title"]: result["outcome"] for result in map(json.loads, lines)}


def messages(pytester) -> list[dict]:
    return [json.loads(line) for line in (pytester.path / "messages.ndjson").read_text().splitlines()]


def of(found: list[dict], kind: str) -> list[dict]:
    return [message[kind] for message in found if kind in message]


def statuses(found: list[dict]) -> dict[str, list[str]]:
    """Return, by pickle name, the status of each step but for those around."""
    pickles = {one["id"]: one["name"] for one in of(found, "pickle")}
    cases = {one["id"]: pickles[one["pickleId"]] for one in of(found, "testCase")}
    started = {one["id"]: cases[one["testCaseId"]] for one in of(found, "testCaseStarted")}
    told: dict[str, list[str]] = {}
    for one in of(found, "testStepFinished"):
        told.setdefault(started[one["testCaseStartedId"]], []).append(one["testStepResult"]["status"])
    return told


def test_every_way_to_end_is_told_the_same_in_every_format(pytester):
    run(pytester)

    assert outcomes(pytester) == {**OUTCOMES, "Everything falls down": "passed"}
    found = messages(pytester)
    assert statuses(found) == {
        "A book is found where it was put": ["PASSED", "PASSED", "PASSED", "PASSED"],
        "A map is found where it was put": ["PASSED", "PASSED", "FAILED", "PASSED"],
        "A barrel is found": ["SKIPPED", "SKIPPED", "SKIPPED", "SKIPPED"],
        "Everything falls down": ["PASSED"] * 5,
    }
    assert of(found, "testRunFinished")[0]["success"] is False
    [unfit] = of(found, "parseError")
    assert (unfit["source"]["uri"], unfit["source"]["location"]["line"]) == ("unfit.feature", 5)
    assert "no step is defined for: Then it flies away" in unfit["message"]


@pytest.mark.row(38)
def test_a_dead_worker_is_an_error_of_the_scenario_that_it_ran(pytester):
    run(pytester, "-n2", fall="os._exit(1)")

    assert outcomes(pytester) == {**OUTCOMES, "Everything falls down": "error"}
    assert statuses(messages(pytester))["Everything falls down"] == ["FAILED", *["SKIPPED"] * 4]


@pytest.mark.row(34)
def test_a_run_that_stops_at_the_first_failure_tells_what_ran(pytester):
    run(pytester, "-x", "shelf.feature")

    assert set(outcomes(pytester)) == set(list(OUTCOMES)[:2])
    assert len(of(messages(pytester), "testCaseFinished")) == 2


@pytest.mark.row(34)
def test_only_what_failed_last_is_told_of_a_second_run_of_it(pytester):
    run(pytester, "shelf.feature")
    run(pytester, "shelf.feature", "--lf")

    assert outcomes(pytester) == {"A map is found where it was put [map]": "failed"}


def test_a_step_that_is_met_undefined_says_so(pytester):
    """A Python module that binds scenarios runs them without the check of collected features."""
    pytester.makepyfile(test_unfit="from pytest_bdd import scenarios\nscenarios('unfit.feature')")
    run(pytester, "test_unfit.py")

    assert statuses(messages(pytester)) == {"It takes off": ["PASSED", "PASSED", "UNDEFINED", "PASSED"]}


@pytest.mark.row(34)
def test_a_scenario_that_is_run_again_counts_once(pytester):
    pytest.importorskip("pytest_rerunfailures")
    run(pytester, "--reruns=2", "shelf.feature")

    assert outcomes(pytester)["A map is found where it was put [map]"] == "failed"
    again = [one for one in of(messages(pytester), "testCaseStarted") if one["attempt"]]
    assert [one["attempt"] for one in again] == [1, 2]


@pytest.mark.parametrize("workers", [(), ("-n2",)])
def test_junit_tells_feature_steps_and_the_whole_failure(pytester, workers):
    run(pytester, *workers)

    cases = {case.get("name"): case for case in ET.parse(pytester.path / "junit.xml").iter("testcase")}
    lost = cases["test_a_thing_is_found_where_it_was_put[map]"]
    told = [(one.get("name"), one.get("value")) for one in lost.iter("property")]
    assert ("feature", "shelf.feature:4") in told
    assert ("tags", "shop") in told
    assert [value.partition(" ")[0] for name, value in told if name == "step"] == ["passed", "failed"]
    assert "dust" in lost.find("failure").text


def test_history_grows_and_calls_the_same_failure_by_the_same_signature(pytester):
    run(pytester, "shelf.feature")
    run(pytester, "shelf.feature")

    lines = (pytester.path / "statefulspec-report" / "history.jsonl").read_text().splitlines()
    told = [(one["outcome"], one["signature"]) for one in map(json.loads, lines)]
    assert len(told) == 8
    assert told[:4] == told[4:]
    assert [bool(signature) for _, signature in told[:4]] == [False, True, False, False]


def test_github_gets_a_summary_and_annotations(pytester, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(pytester.path / "summary.md"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    result = run(pytester)

    assert (pytester.path / "summary.md").read_text().startswith("## 2 of 4 scenarios did not pass")
    result.stdout.fnmatch_lines(["::error file=shelf.feature,line=6,title=A map is found where it was put *"])


def test_messages_without_their_library_are_refused_with_the_remedy(pytester):
    pytester.makeconftest("import harness.plugin.run_settings as it\nit.find_spec = lambda name: None")

    result = pytester.runpytest_subprocess("--harness-messages=messages.ndjson")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*pip install 'statefulspec?messages?'*"])


STEPLESS = """\
Feature: A shelf keeps what is put on it
  Background:
    Given a shelf

  Scenario: Nothing is put there

  Scenario: It falls
    When it falls down
"""


def test_scenario_without_steps_of_its_own_ends_no_session(pytester):
    """Cucumber's parser gives it none of the background's; a Python module that binds it runs them."""
    pytester.makepyfile(test_shelf="from pytest_bdd import scenarios\nscenarios('shelf.feature')")

    result = run(pytester, "test_shelf.py", feature=STEPLESS)

    result.assert_outcomes(passed=2)
    assert statuses(messages(pytester)) == {"Nothing is put there": ["PASSED"] * 2, "It falls": ["PASSED"] * 4}


def test_feature_that_changes_while_it_runs_ends_no_session(pytester):
    fall = "open('shelf.feature', 'a').write('\\n    And nobody was there')"

    run(pytester, "shelf.feature", fall=fall).assert_outcomes(passed=2, failed=1, skipped=1)
    assert statuses(messages(pytester))["Everything falls down"] == ["PASSED"] * 4 + ["UNKNOWN", "PASSED"]


@pytest.mark.parametrize("feature", ["# nothing yet\n", "\ufeff# nothing yet\n", "", "\xe4".encode("latin-1")])
def test_file_without_a_feature_is_told_in_messages_too(pytester, feature):
    (pytester.path / "empty.feature").write_bytes(feature if isinstance(feature, bytes) else feature.encode())

    result = run(pytester, "empty.feature")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert [error["source"]["uri"] for error in of(messages(pytester), "parseError")] == ["empty.feature"]
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


@pytest.mark.row(46)
@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_report_that_cannot_be_written_fails_the_run_and_no_other_report(pytester, workers):
    (pytester.path / "statefulspec-report" / "report.html").mkdir(parents=True)

    result = run(pytester, "-k", "Everything_falls", *workers, "shelf.feature")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["1 scenario: 1 passed", "report.html could not be written: *directory*"])
    assert outcomes(pytester) == {"Everything falls down": "passed"}
    assert of(messages(pytester), "testRunFinished")


def test_scenario_that_another_plugin_has_failed_is_failed_in_every_format(pytester):
    spoil = """
import pytest
@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call" and "Everything" in str(item):
        report.outcome, report.longrepr = "failed", "the roof leaks"
    return report
"""
    pytester.makepyfile(spoil=spoil.replace("Everything", "everything"))

    run(pytester, "-p", "spoil", "shelf.feature")

    assert outcomes(pytester)["Everything falls down"] == "failed"
    assert of(messages(pytester), "testRunFinished")[0]["success"] is False
