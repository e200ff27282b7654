"""The pages that are made from the ledgers and the features tell of them as they are now."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli import main

ROOT = Path(__file__).parent.parent
README, FEATURES = ROOT / "README.md", ROOT / "features"
PAGES = [README, *ROOT.glob("[AC]*.md"), FEATURES / "README.md", *(ROOT / "docs").glob("*.md")]
MADE = {"vocabulary.md", "promises.md"}
"""Pages that `ci/docs` makes from the code; its strict build follows the links to them."""


def test_pages_are_up_to_date(capsys):
    """Where this fails: `statefulspec coverage --write README.md`."""
    code = main(["coverage", "--check", str(README)])
    assert (code, capsys.readouterr().err) == (0, "")


def test_what_is_survived_is_told_of_the_tests_as_they_are():
    """Where this fails: `python ci/reliability.py --write`."""
    told = [sys.executable, "ci/reliability.py", "--check"]
    done = subprocess.run(told, cwd=README.parent, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_features_page_has_a_row_for_each_area():
    areas = {path.relative_to(FEATURES).parts[0] for path in FEATURES.rglob("*.feature")}

    assert set(re.findall(r"^\| \[(\w+)\]\(\1\)", (FEATURES / "README.md").read_text(), re.MULTILINE)) == areas


def test_the_features_page_begins_with_a_scenario_that_there_is():
    example = (FEATURES / "README.md").read_text().split("```")[1].removeprefix("gherkin\n")
    features = [path.read_text() for path in FEATURES.rglob("*.feature")]

    parts = example.strip("\n").split("\n\n")
    assert [all(part in feature for part in parts) for feature in features].count(True) == 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_to_files(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())

    assert [link for link in links if link not in MADE and not (page.parent / link).exists()] == []
