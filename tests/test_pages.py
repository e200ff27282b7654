"""The pages that are made from the ledgers and the features tell of them as they are now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from harness.cli import main

README = Path(__file__).parent.parent / "README.md"


def test_pages_are_up_to_date(capsys):
    """Where this fails: `statefulspec coverage --write README.md`."""
    code = main(["coverage", "--check", str(README)])
    assert (code, capsys.readouterr().err) == (0, "")


def test_what_is_survived_is_told_of_the_tests_as_they_are():
    """Where this fails: `python ci/reliability.py --write`."""
    told = [sys.executable, "ci/reliability.py", "--check"]
    done = subprocess.run(told, cwd=README.parent, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
