"""The pages that are made from the ledgers and the features tell of them as they are now."""

from __future__ import annotations

from pathlib import Path

from harness.cli import main

README = Path(__file__).parent.parent / "README.md"


def test_pages_are_up_to_date(capsys):
    """Where this fails: `statefulspec coverage --write README.md`."""
    code = main(["coverage", "--check", str(README)])
    assert (code, capsys.readouterr().err) == (0, "")
