"""What results.jsonl tells of a scenario beyond its outcome."""

from __future__ import annotations

import json

import pytest

FEATURE = """\
@shop
Feature: A shelf keeps what is put on it
  Whoever puts a book there wants it back.

  @strict
  Rule: Nothing moves
  @needs_patience
  Scenario Outline: A <thing> is found where it was put
    People do not look elsewhere.

    Given a shelf
    Then a <thing> is found
    And a shelf

    Examples:
      | thing |
      | book  |

    @rare
    Examples:
      | thing |
      | map   |
"""
MARKERS = "[pytest]\nmarkers =\n  shop: of the shop\n  needs_patience: takes long\n  strict: a rule\n  rare: an example"
GLUE = """\
import pytest
from pytest_bdd import given, parsers, then

@pytest.fixture
def harness_run():
    return None

@given("a shelf")
@then("a shelf")
def a_shelf():
    pass

@then(parsers.parse("a {thing} is found"))
def is_found(thing):
    assert thing == "map"
"""


@pytest.fixture
def results(pytester, write_feature):
    """Run for a book that is not found and a map that is; return what is told of both."""
    pytester.makeini(MARKERS)
    write_feature(FEATURE, glue=GLUE)
    pytester.runpytest("shelf.feature")
    lines = (pytester.path / "statefulspec-report" / "results.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_steps_that_were_not_reached_are_told(results):
    assert [(step["text"], step["outcome"]) for step in results[0]["steps"]] == [
        ("a shelf", "passed"),
        ("a book is found", "failed"),
        ("a shelf", "skipped"),
    ]


def test_each_example_has_a_title_of_its_own(results):
    assert [result["title"] for result in results] == [
        "A book is found where it was put [book]",
        "A map is found where it was put [map]",
    ]


def test_tags_and_texts_come_from_the_feature(results):
    assert results[1]["tags"] == ["needs_patience", "rare", "shop", "strict"]
    assert results[0]["tags"] == ["needs_patience", "shop", "strict"]
    assert results[1]["feature_title"] == "A shelf keeps what is put on it"
    assert results[1]["rule"] == "Nothing moves"
    assert results[1]["description"].strip() == "People do not look elsewhere."


RULES = """\
Feature: A shelf keeps what is put on it
  Background:
    Given a shelf

  Scenario: A map is there
    Then a map is found

  Rule: Books are kept
    Background:
      Given a shelf

    Scenario: A book is there
      Then a book is found
"""


def test_the_backgrounds_of_feature_and_rule_run_one_after_the_other(pytester, write_feature):
    """Of pytest-bdd 9.0.1; `-k` chooses by title, whatever the rule."""
    write_feature(RULES, glue=GLUE)
    pytester.runpytest("shelf.feature", "-k", "book_is_there").assert_outcomes(failed=1, deselected=1)

    [line] = (pytester.path / "statefulspec-report" / "results.jsonl").read_text().splitlines()
    result = json.loads(line)
    assert (result["rule"], result["line"]) == ("Books are kept", 12)
    assert [(step["line"], step["text"]) for step in result["steps"]] == [
        (3, "a shelf"),
        (10, "a shelf"),
        (13, "a book is found"),
    ]


KILLED = """\
import os, signal
import pytest

@pytest.hookimpl(trylast=True)
def pytest_runtest_logfinish(nodeid):
    if "map" in nodeid and "PYTEST_XDIST_WORKER" not in os.environ:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_a_run_that_is_killed_leaves_the_results_it_had(pytester, write_feature, workers):
    pytester.makeini(MARKERS)
    write_feature(FEATURE, glue=GLUE)
    pytester.makepyfile(killed=KILLED)

    pytester.runpytest_subprocess("-p", "killed", "shelf.feature", *workers)

    lines = (pytester.path / "statefulspec-report" / "results.jsonl").read_text().splitlines()
    assert [json.loads(line)["outcome"] for line in lines] == ["failed", "passed"]
