"""The ledger of bugs: what it names is there, its page says what the controls say, and each end has its exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import main
from harness.cli.bugs import BUGS, errors, exit_code, load, page
from harness.errors import BadInput
from harness.plugin.catalogue import catalogue
from harness.reports.results import ScenarioResult
from tests.cli.test_versions_page import CONTROLS, FEATURE

FEATURES = Path(__file__).parents[2] / "features"
LEDGER = """\
- id: returned
  bug: a book never comes back
  published: https://example.com/books/7
  event: it is lent
  mended: whoever buys it
  reproduced: {"1.36": v1.36.3 on a shelf}
  feature: books.feature
  scenario: A book is returned
"""


@pytest.fixture
def features(tmp_path: Path) -> Path:
    (tmp_path / "books.feature").write_text(FEATURE)
    (tmp_path / "controls.yaml").write_text(CONTROLS)
    (tmp_path / BUGS).write_text(LEDGER)
    return tmp_path


def wrong(features: Path, *changed: str) -> list[str]:
    text = LEDGER.replace(*changed) if changed else LEDGER
    (features / BUGS).write_text(text)
    return errors(load(features / BUGS), catalogue(features), features)


def test_our_own_ledger_is_right() -> None:
    bugs = load(FEATURES / BUGS)
    assert errors(bugs, catalogue(FEATURES), FEATURES) == []
    assert all(bug.published.startswith(("https://github.com/", "docs/findings/")) for bug in bugs)
    assert all(bug.reproduced for bug in bugs)


def test_what_a_ledger_names_must_be_there(features: Path) -> None:
    assert wrong(features) == []
    lost = wrong(features, "A book is returned", "A book is torn")
    assert lost[0] == "returned: there is no scenario A book is torn in books.feature"
    assert lost[1] == "bugs.yaml does not tell of books.feature: A book is returned"
    assert "not tagged @known_broken" in wrong(features, "A book is returned", "A book is found")[0]
    (features.parent / "docs").mkdir(exist_ok=True)
    assert wrong(features, "https://example.com/books/7", "docs/lost.md") == ["returned: there is no docs/lost.md"]


def test_two_bugs_of_one_name_are_refused(features: Path) -> None:
    (features / BUGS).write_text(LEDGER + LEDGER)
    assert errors(load(features / BUGS), catalogue(features), features) == ["two bugs are called returned"]


@pytest.mark.parametrize("text", ["a book", "- {id: returned}", "- [", "- id: x\n  reproduced: soon\n"])
def test_what_is_no_ledger_is_refused(features: Path, text: str) -> None:
    (features / BUGS).write_text(text)
    with pytest.raises(BadInput, match=BUGS):
        load(features / BUGS)


def test_the_page_says_which_releases_have_it(features: Path) -> None:
    text = page(load(features / BUGS), features, "../features")
    assert "| `returned` | a book never comes back | 1.35 to 1.36 | v1.36.3 on a shelf | whoever buys it |" in text
    assert "[A book is returned](../features/books.feature)" in text


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        (["known broken", "passed", "skipped"], 0),
        (["known broken", "failed"], 1),
        (["known broken", "inconclusive"], 3),
        (["failed", "error"], 1),
        (["skipped"], 3),
        ([], 3),
    ],
)
def test_each_end_has_its_exit_code(outcomes: list[str], code: int) -> None:
    results = [ScenarioResult(f"books::{one}", "books.feature", one, 1, one, 0.1) for one in outcomes]
    assert exit_code(results) == code


def test_the_command_lists_and_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bugs"]) == 0
    assert "parallel-rollout: a rollout of a parallel set" in capsys.readouterr().out
    assert main(["bugs", "no-such-bug"]) == 2
    assert "there is no bug no-such-bug" in capsys.readouterr().err
