"""What each release promises is said by tags, controls and a ledger; what that names must be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.versions_page import errors, load, page
from harness.errors import BadInput
from harness.plugin.catalogue import catalogue

FEATURE = """\
Feature: Books
  Scenario: A book is found
    Then it is found

  @since_1_37 @needs_gate_Shelves
  Scenario: A book is shelved
    Then it is shelved

  @until_1_36
  Scenario: A book is burnt
    Then it is burnt

  @known_broken
  Scenario: A book is returned
    Then it is returned
"""
CONTROLS = """\
- feature: books.feature
  scenario: A book is returned
  known: {since: "1.35", until: "1.36", because: nobody reads any more, source: "books.go, line 7"}
  broken: {step: it is returned, condition: returned}
  shows: lost
"""
LEDGER = """\
seen: {"1.36": run on v1.36.3}
unseen: {"1.36": [shelf.feature]}
surprises:
  - surprise: Books come back late.
    text: In 1.35 and 1.36 they do not come back.
    source: books.go, line 7
    scenarios: {books.feature: [A book is returned]}
"""
MINORS = ("1.34", "1.36", "1.37")


@pytest.fixture
def features(tmp_path: Path) -> Path:
    for name, text in (("books.feature", FEATURE), ("controls.yaml", CONTROLS), ("versions.yaml", LEDGER)):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_each_scenario_of_some_releases_has_a_row(features: Path) -> None:
    """What was not run on a release is said with a question mark; what holds everywhere has no row."""
    ledger, entries = load(features / "versions.yaml"), catalogue(features)
    assert errors(ledger, entries, MINORS) == []
    made = page(ledger, entries, MINORS, features, "../features")
    assert "3 of 4 scenarios hold on some releases" in made
    assert "| A book is shelved | — | — | with `Shelves` ? |" in made
    assert "| A book is burnt | kept ? | kept | — |" in made
    assert "| A book is returned | kept ? | broken | kept ? |" in made
    assert "Nobody reads any more. Source: books.go, line 7." in made
    assert "A book is found" not in made
    assert "1. **Books come back late.** In 1.35 and 1.36 they do not come back. Shown by: [A book is returned]" in made
    assert "- 1.36: run on v1.36.3" in made
    assert "- 1.37: not run yet" in made


def test_file_that_was_not_run_is_said_with_a_question_mark(features: Path) -> None:
    (features / "versions.yaml").write_text(LEDGER.replace("shelf.feature", "books.feature"))
    made = page(load(features / "versions.yaml"), catalogue(features), MINORS, features, "../features")
    assert "| A book is returned | kept ? | broken ? | kept ? |" in made


def test_ledger_that_names_what_there_is_not_is_wrong(features: Path) -> None:
    told = LEDGER.replace("A book is returned]", "A book is eaten]").replace('"1.36":', '"1.20":')
    (features / "versions.yaml").write_text(told)
    found = errors(load(features / "versions.yaml"), catalogue(features), MINORS)
    assert found == [
        "'Books come back late.' names books.feature: A book is eaten, which there is not",
        "Kubernetes 1.20 is not pinned, and said to be seen",
    ]


@pytest.mark.parametrize("text", ["[", "[]", "seen: {}\nunseen: {}\nsurprises: [{surprise: x}]", "seen: {}"])
def test_ledger_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "versions.yaml"
    path.write_text(text)
    with pytest.raises(BadInput):
        load(path)
