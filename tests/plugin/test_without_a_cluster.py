"""A cluster that does not come up fails the run once, with the reason; what would have needed it is not run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

FEATURE = """\
Feature: A shelf stands
  Scenario Outline: It has <count> books
    Given a shelf with <count> books

    Examples:
      | count |
      | 2 |
      | 3 |
      | 4 |
      | 5 |
"""
GLUE = """\
from pytest_bdd import given, parsers

@given(parsers.parse("a shelf with {count:d} books"))
def a_shelf(harness_run, count):
    raise AssertionError("there is no cluster to put it on")
"""
TESTS = """\
def test_that_needs_no_cluster(): pass
def test_that_asks_for_it_directly(harness_cluster): pass
def test_that_asks_for_it_as_well(harness_api): pass
"""


@pytest.fixture
def without_kind(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the options of a run on a cluster that cannot be made: there is no kind on PATH."""
    monkeypatch.setenv("PATH", str(pytester.path))
    monkeypatch.delenv("CI", raising=False)  # with it pytest prints each error whole once more, in its summary
    pytester.makeconftest(GLUE)
    pytester.makefile(".feature", shelf=FEATURE)
    pytester.makepyfile(test_more=TESTS)
    return ["--harness-cluster=kind", f"--harness-report={pytester.path}/report"]


@pytest.mark.parametrize(
    "options",
    [[], ["-n", "2"], ["--harness-may-lack=none"]],
    ids=["alone", "with workers", "under a profile that allows no skip"],
)
def test_a_run_without_its_cluster_fails_once_and_says_why(
    pytester: pytest.Pytester, without_kind: list[str], options: list[str]
) -> None:
    ran = pytester.runpytest_subprocess(*without_kind, *options, "-p", "no:cacheprovider")
    text = ran.stdout.str()
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    assert text.count("expected: a program called kind on PATH") == 1
    assert ran.parseoutcomes()["errors"] == 1
    assert ran.parseoutcomes()["passed"] == 1
    results = [json.loads(line) for line in Path(pytester.path, "report", "results.jsonl").read_text().splitlines()]
    assert len(results) == 4
    unrun = [one["message"] for one in results if one["outcome"] == "not run"]
    assert set(unrun) == {"the run has no cluster: kind is not installed"}
    # Whichever test asks first is told: a scenario, or one that asks for the cluster directly.
    assert len(unrun) + sum(one["outcome"] == "error" for one in results) == 4
    ran.stdout.fnmatch_lines([f"not run {len(unrun)}: the run has no cluster: kind is not installed"])
    assert sum("It has" in line and line[:1] in "!-" for line in text.splitlines() if line) == 4 - len(unrun)
