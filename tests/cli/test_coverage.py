"""The ledgers are believed only where the features bear them out; pages are made of nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import main
from harness.cli.pages import BEGIN, END
from harness.plugin.catalogue import catalogue

FEATURE = """\
Feature: Books
  @upstream
  Scenario: A book is found
    Then within 10 seconds it is found
    And for 3 seconds it is open

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


SEEDS = """\
- source: A library
  cases: 2
  ledger:
    - case: Books are lent
      scenarios: {shelf/books.feature: [A book is lost]}
    - case: Books are bought
      reason: No money.
"""
PAGE = f"# Books\n\n{BEGIN}\nold\n{END}\n\nThe end.\n"


def test_conformance_scenarios_are_named_for_pytest(coverage, tmp_path, capsys):
    assert coverage(LEDGER, "--conformance=books_test.go") == 0
    assert capsys.readouterr().out == f"{tmp_path}/shelf/books.feature::test_a_book_is_found\n"


def test_unknown_source_is_told_the_known_ones(coverage, capsys):
    assert coverage(LEDGER, "--conformance=dvds_test.go") == 2
    assert "one of: books_test.go" in capsys.readouterr().err


@pytest.fixture
def coverage(tmp_path: Path):
    """Give what runs the command on these features, with this ledger."""
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "books.feature").write_text(FEATURE)

    def run(ledger: str = LEDGER, *options: str) -> int:
        (tmp_path / "upstream.yaml").write_text(ledger)
        return main(["coverage", str(tmp_path), *options])

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
        (
            LEDGER.replace("cases: 2", 'cases: 2\n  versions: {"1.36": 2, "1.37": 2}').replace(
                "case: should burn", 'case: should burn\n      until: "1.36"'
            ),
            "books_test.go of 1.37 has 2 cases, the ledger tells of 1",
        ),
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
        ("- source: x", "a source has the keys"),
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


def test_seeds_are_held_against_the_features_as_well(coverage, tmp_path, capsys):
    (tmp_path / "seeds.yaml").write_text(SEEDS)
    assert coverage() == 0
    assert capsys.readouterr().out.splitlines()[-2:] == ["1 of 2 behaviours are covered", "1 of 2 cases are covered"]

    (tmp_path / "seeds.yaml").write_text(SEEDS.replace("A book is lost", "A book is read"))
    assert coverage() == 1
    assert "shelf/books.feature has no scenario: A book is read" in capsys.readouterr().err


def test_pages_are_written_and_then_up_to_date(coverage, tmp_path, capsys):
    (tmp_path / "seeds.yaml").write_text(SEEDS)
    page, made = tmp_path / "PAGE.md", tmp_path / "docs" / "specifications.md"
    page.write_text(PAGE)
    assert coverage(LEDGER, "--check", str(page)) == 1
    told = capsys.readouterr().err.splitlines()
    assert told == [f"{one} is not up to date: statefulspec coverage --write {page}" for one in (page, made)]
    assert page.read_text() == PAGE

    assert coverage(LEDGER, "--write", str(page)) == 0
    assert coverage(LEDGER, "--check", str(page)) == 0
    text = page.read_text()
    assert text.startswith(f"# Books\n\n{BEGIN}\n")
    assert text.endswith(f"{END}\n\nThe end.\n")
    assert "| A library | 2 | 1 |\n" in text
    assert "| books_test.go | 2 | 1 | 1 | 1 |\n" in text
    assert "old" not in text
    assert "## shelf\n\n### " in made.read_text()
    assert "[shelf/books.feature](../shelf/books.feature)" in made.read_text()
    assert "| A book is found |  | should find | 13 s |\n| A book is lost |  |  |  |\n" in made.read_text()


def test_page_without_a_place_for_tables_is_refused(coverage, tmp_path, capsys):
    (tmp_path / "PAGE.md").write_text("# Books\n")
    assert coverage(LEDGER, "--write", str(tmp_path / "PAGE.md")) == 2
    assert "this page has no place for the tables" in capsys.readouterr().err
    assert coverage(LEDGER, "--write", str(tmp_path / "none.md")) == 2
    assert "this page cannot be read" in capsys.readouterr().err


def test_nothing_is_written_where_a_ledger_is_wrong(coverage, tmp_path):
    (tmp_path / "PAGE.md").write_text(PAGE)
    assert coverage(LEDGER.replace("is found", "is read"), "--write", str(tmp_path / "PAGE.md")) == 1
    assert (tmp_path / "PAGE.md").read_text() == PAGE
    assert not (tmp_path / "docs").exists()


def test_budget_is_that_of_the_longest_example(tmp_path):
    (tmp_path / "a.feature").write_text(
        """\
        @slow
        Feature: Books
          Rule: Books are found
            @upstream
            Scenario Outline: A book is found
              Then within <time> it is found
              And for 1 minute it is open
              Examples:
                | time       |
                | 5 seconds  |
                | 20 seconds |
        """
    )
    (entry,) = catalogue(tmp_path)
    assert (entry.rule, entry.tags, entry.budget_s) == ("Books are found", {"slow", "upstream"}, 80)


def test_our_own_ledgers_are_right(capsys):
    """Every scenario they name is there, and all of upstream's Conformance cases about StatefulSets are covered."""
    assert main(["coverage"]) == 0
    sets = [line for line in capsys.readouterr().out.splitlines() if line.startswith("test/e2e/apps/statefulset.go")]
    assert [", 8 of 8 Conformance" in line for line in sets] == [True]
