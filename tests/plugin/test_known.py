"""A promise that Kubernetes is known to break makes no run red, and is not forgotten when it is kept again."""

from __future__ import annotations

import pytest

from tests.plugin.test_outcome import results

FEATURE = """\
Feature: Books
  @known_broken
  Scenario: A book is found
    Given a shelf
    Then a book is found within 2 seconds
"""
CONTROLS = """\
- feature: shelf.feature
  scenario: A book is found
  known: {since: "1.37", because: nobody puts books back, source: shelf.go}
  broken: {step: a book is found within 2 seconds, condition: a book}
  shows: dust
"""
GLUE = """\
import pytest
from pytest_bdd import given, parsers, then
from harness.errors import ExpectationNotMet, Inconclusive
from harness.history.history import History
from harness.history.observation import SERVER, Observation, Verb

class Stage:
    history = History([Observation(0, 0.0, "", SERVER, Verb.DONE, "{version}", "", {{"on": []}})])
    def begin(self, mark): pass
    def end(self, mark, outcome): pass

@pytest.fixture
def harness_run(request):
    from harness.plugin.attempt import attempt_of
    from harness.plugin.known import note_known
    note_known(request.node)
    attempt_of(request.node).run = Stage()
    return attempt_of(request.node).run

@given("a shelf")
def a_shelf():
    pass

@then(parsers.parse("a book is found within {{span:d}} seconds"))
def a_book_is_found(span):
    {end}
"""
AS_KNOWN = 'raise ExpectationNotMet("no book within 2 s", "a book", "dust", facts={"condition": "a book"})'
OTHERWISE = 'raise ExpectationNotMet("no book within 2 s", "a book", "a mouse", facts={"condition": "a book"})'
DOUBTFUL = 'raise Inconclusive("nobody looked", "a book", "dust", facts={"condition": "a book"})'


@pytest.fixture
def shelf(pytester: pytest.Pytester, write_feature):
    def run(end: str, version: str = "v1.37.2", controls: str = CONTROLS) -> pytest.RunResult:
        pytester.path.joinpath("controls.yaml").write_text(controls)
        write_feature(FEATURE, glue=GLUE.format(version=version, end=end))
        return pytester.runpytest("shelf.feature", "-rx")

    return run


def test_failure_as_foretold_makes_no_run_red(pytester, shelf):
    """It stands in the results with what is known of it, and with what was seen."""
    run = shelf(AS_KNOWN)

    run.assert_outcomes(xfailed=1)
    assert run.ret == pytest.ExitCode.OK
    [result] = results(pytester)
    assert result["outcome"] == "known broken"
    assert result["message"].startswith("v1.37.2 breaks this promise: nobody puts books back (shelf.go)\nno book")
    run.stdout.fnmatch_lines(["1 scenario: 1 known broken", "known broken: A book is found: v1.37.2 breaks*"])


def test_promise_that_is_kept_again_is_red(pytester, shelf):
    """What is known is wrong then."""
    run = shelf("pass")

    run.assert_outcomes(failed=1)
    assert results(pytester)[0]["outcome"] == "failed"
    run.stdout.fnmatch_lines(["v1.37.2 keeps this promise, and is said to break it: nobody puts books back"])


@pytest.mark.parametrize("end", [OTHERWISE, DOUBTFUL])
def test_any_other_failure_is_red(shelf, end):
    run = shelf(end)

    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines(["*known to be broken, but not so:*"])


def test_version_that_keeps_the_promise_is_held_to_it(pytester, shelf):
    """The scenario is like any other one there."""
    shelf("pass", "v1.36.3").assert_outcomes(passed=1)
    shelf(AS_KNOWN, "v1.36.3").assert_outcomes(failed=1)
    assert results(pytester)[0]["outcome"] == "failed"


def test_promise_that_was_mended_is_held_to_it(shelf):
    mended = CONTROLS.replace('since: "1.37"', 'until: "1.36"')
    shelf(AS_KNOWN, "v1.36.3", mended).assert_outcomes(xfailed=1)
    shelf("pass", "v1.37.2", mended).assert_outcomes(passed=1)


def test_tag_without_its_reason_is_refused(shelf):
    """Nobody could tell why it may fail."""
    silent = CONTROLS.replace(
        'known: {since: "1.37", because: nobody puts books back, source: shelf.go}', "mutation: m\n  because: b"
    )
    run = shelf(AS_KNOWN, controls=silent)

    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(["*its control does not say since when it is known to be broken: A book is found*"])


@pytest.mark.parametrize(
    "wrong", ['since: "1.37", because: b', 'since: "soon", because: b, source: s', "because: b, source: s, who: w"]
)
def test_unfit_knowledge_is_refused(shelf, wrong):
    known = CONTROLS.replace('since: "1.37", because: nobody puts books back, source: shelf.go', wrong)
    run = shelf(AS_KNOWN, controls=known)

    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(["*what is known of 'A book is found'*"])
