"""`prove` is given recordings, or makes those that controls change before they are changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import main, runs

FEATURE = """\
Feature: Books
  Scenario: A book is found
  Scenario: A map is found
"""
CONTROLS = """\
- feature: books.feature
  scenario: A book is found
  mutation: 'ordered start: ready'
  because: no manifest breaks it
  broken: {step: a book is found, promise: ordered start, clause: ready}
  shows: book
- feature: books.feature
  scenario: A map is found
  changes: [{kind: StatefulSet, name: maps, patch: {spec: {replicas: 0}}}]
  broken: {step: a map is found, condition: a map is found}
  shows: map
"""


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Give the arguments of every pytest run; each is told to have passed."""
    (tmp_path / "books.feature").write_text(FEATURE)
    (tmp_path / "controls.yaml").write_text(CONTROLS)
    calls: list[list[str]] = []
    monkeypatch.setattr(runs, "_pytest", lambda *arguments: calls.append(list(arguments)) or 0)
    return calls


@pytest.mark.parametrize("named", ["", "books.feature", "books.feature::test_a_book_is_found"])
def test_what_a_control_changes_is_recorded_first(tmp_path, ran, named):
    assert main(["prove", str(tmp_path / named), "-n", "2"]) == 0

    (book, *rest, folder), proof = ran
    assert book == f"{tmp_path}/books.feature::test_a_book_is_found"
    assert rest == ["-n", "2"]
    assert proof == ["--harness-prove", str(tmp_path / named), "-n", "2", folder.replace("report", "replay")]


def test_other_features_beside_the_one_that_is_named_are_not_read(tmp_path, ran):
    (tmp_path / "torn.feature").write_text("Scenario without a feature")

    assert main(["prove", str(tmp_path / "books.feature")]) == 0
    assert len(ran) == 2


def test_a_feature_that_is_not_there_is_left_to_pytest_to_miss(tmp_path, ran):
    assert main(["prove", str(tmp_path / "maps.feature")]) == 0

    assert [run[0] for run in ran] == ["--harness-prove"]


def test_nothing_is_recorded_where_manifests_are_changed_alone(tmp_path, ran):
    assert main(["prove", f"{tmp_path}/books.feature::test_a_map_is_found"]) == 0

    assert [run[0] for run in ran] == ["--harness-prove"]


def test_recordings_of_a_former_run_are_taken(tmp_path, ran):
    assert main(["prove", str(tmp_path), "--harness-replay=kept"]) == 0

    assert ran == [["--harness-prove", str(tmp_path), "--harness-replay=kept"]]


@pytest.mark.parametrize(("code", "runs_made"), [(1, 1), (5, 2)])
def test_what_has_not_passed_proves_nothing(tmp_path, ran, monkeypatch, code, runs_made):
    """A selection that lets none of them through is no failure."""
    monkeypatch.setattr(runs, "_pytest", lambda *arguments: ran.append(list(arguments)) or code)

    assert main(["prove", str(tmp_path)]) == code
    assert len(ran) == runs_made
