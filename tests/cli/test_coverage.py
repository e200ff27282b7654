"""The ledger of upstream's tests is believed only where the features bear it out."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import main

FEATURE = """\
Feature: Books
  @upstream
  Scenario: A book is found
    Then it is found

  Scenario: A book is lost
    Then it is lost
"""
LEDGER = """\
- source: books_test.go
  cases: 2
  conformance: 1
  ledger:
    - case: should find
      conformance: true
      scenarios: {shelf/books.feature: [A book is found]}
      note: Also in the dark.
    - case: should burn
      reason: Nobody burns books.
"""


@pytest.fixture
def coverage(tmp_path: Path):
    """Give what runs the command on these features, with this ledger."""
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "books.feature").write_text(FEATURE)

    def run(ledger: str = LEDGER) -> int:
        (tmp_path / "upstream.yaml").write_text(ledger)
        return main(["coverage", str(tmp_path)])

    return run


def test_cases_are_listed_with_their_scenarios(coverage, capsys):
    assert coverage() == 0
    assert capsys.readouterr().out.splitlines() == [
        "books_test.go: 1 of 2 cases, 1 of 1 Conformance",
        "  ✓ should find (Conformance)",
        "      shelf/books.feature: A book is found",
        "      Also in the dark.",
        "  - should burn",
        "      Nobody burns books.",
        "1 of 2 cases are covered",
    ]


@pytest.mark.parametrize(
    ("ledger", "told"),
    [
        (LEDGER.replace("A book is found", "A book is read"), "shelf/books.feature has no scenario: A book is read"),
        (LEDGER.replace("shelf/", "attic/"), "attic/books.feature has no scenario: A book is found"),
        (LEDGER.replace("cases: 2", "cases: 3"), "books_test.go has 3 cases, the ledger tells of 2"),
        (LEDGER.replace("should burn", "should find"), "books_test.go has 2 cases, the ledger tells of 1"),
        (LEDGER.replace("conformance: 1", "conformance: 2"), "has 2 Conformance cases, the ledger tells of 1"),
        (LEDGER.replace("is found", "is lost"), "and no case names it: A book is found"),
    ],
)
def test_wrong_ledger_fails_the_command(coverage, capsys, ledger, told):
    assert coverage(ledger) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ledger", "told"),
    [
        ("- [", "this is not YAML"),
        ("a: b", "a ledger is a list of sources"),
        ("- source: x", "a source has exactly the keys"),
        (LEDGER.replace("case: should burn", "kase: should burn"), "a case has a title"),
        (LEDGER.replace("      reason: Nobody burns books.\n", ""), "needs either scenarios or a reason"),
    ],
)
def test_unfit_ledger_is_refused(coverage, capsys, ledger, told):
    assert coverage(ledger) == 2
    assert told in capsys.readouterr().err


def test_folder_without_ledger_is_refused(tmp_path, capsys):
    assert main(["coverage", str(tmp_path)]) == 2
    assert "there is no ledger" in capsys.readouterr().err


def test_our_own_ledger_is_right(capsys):
    """Every scenario it names is there, and all of upstream's Conformance cases about stateful sets are covered."""
    assert main(["coverage"]) == 0
    assert ", 8 of 8 Conformance" in capsys.readouterr().out.splitlines()[0]
