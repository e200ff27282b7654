"""A control must fail its scenario as it says: at that step, by that clause, with that counterexample."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import BadInput, EnvironmentUnfit, ExpectationNotMet
from harness.plugin.controls import NegativeControl, control_of, load_controls, survived

CONTROLS = """\
- feature: shelf.feature
  scenario: A book is found
  changes: [{kind: StatefulSet, name: shelf, patch: {spec: {replicas: 1}}}]
  broken: {step: it is found, promise: data kept, clause: content}
  shows: shelf-0
"""
CAUGHT = ExpectationNotMet("the book is gone from shelf-0", facts={"promise": "data kept", "clause": "content"})


@pytest.fixture
def write(tmp_path):
    def write(text: str = CONTROLS) -> Path:
        path = tmp_path / "controls.yaml"
        path.write_text(text)
        return path

    return write


def control(write) -> NegativeControl:
    return load_controls(write())[0]


def test_control_is_found_above_its_feature(write, tmp_path):
    write(CONTROLS.replace("shelf.feature", "books/shelf.feature"))

    found = control_of(tmp_path / "books" / "shelf.feature", "A book is found")

    assert found.step == "it is found"
    assert found.facts == {"promise": "data kept", "clause": "content"}


def test_scenario_without_control_is_refused(write, tmp_path):
    write()

    with pytest.raises(BadInput, match="there is no control for: A book is lost"):
        control_of(tmp_path / "shelf.feature", "A book is lost")


def test_failure_that_shows_what_it_must_is_caught(write):
    assert survived(control(write), CAUGHT, "it is found") == ""


@pytest.mark.parametrize(
    ("error", "step", "reason"),
    [
        (None, "it is found", "it passed under its control"),
        (EnvironmentUnfit("no cluster"), "it is found", "for another reason"),
        (CAUGHT, "it is put there", "should have at 'it is found'"),
        (ExpectationNotMet("x", facts={"promise": "data kept", "clause": "order"}), "it is found", "clause 'content'"),
        (ExpectationNotMet("it is gone", facts=CAUGHT.facts), "it is found", "does not show 'shelf-0'"),
    ],
)
def test_any_other_end_is_a_survival(write, error, step, reason):
    """Merely some failure proves nothing."""
    assert reason in survived(control(write), error, step)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- [", "this is not YAML"),
        ("a: b", "a controls file is a list"),
        ("- scenario: x", "names its feature and its scenario"),
        (CONTROLS.replace("shows:", "showz:"), "keys that mean nothing: showz"),
        (CONTROLS.replace("  shows: shelf-0\n", ""), "does not say what must break"),
        (CONTROLS + "  mutation: lose a write\n", "needs either changes or a mutation"),
        (CONTROLS.replace("changes: [{", "mutation: [{"), "must say because of what"),
    ],
)
def test_unfit_controls_are_refused(write, text, told):
    with pytest.raises(BadInput, match=told):
        load_controls(write(text))
