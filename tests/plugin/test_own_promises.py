"""Promises of one's own: the example of docs/own-promises.md is what it says, and is proved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "own-promises.md"
PROVE = """
import sys
import calm
from harness.plugin.proving import prove_clauses

print([proof for proof in prove_clauses(None) if proof.name.startswith("calm")])
"""


@pytest.fixture
def example(pytester: pytest.Pytester) -> Path:
    """Write the modules of the page: the promise, the test, the step."""
    promise, test, step = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    pytester.makepyfile(calm=promise, test_calm=test, conftest=step, prove=PROVE)
    return pytester.path


def test_the_clause_is_proved_by_its_control(example, pytester):
    result = pytester.runpython("prove.py")
    result.stdout.fnmatch_lines(["[[]Proof(name='calm: restart', survived='')[]]"])


def test_a_clause_without_a_control_is_a_survivor(example, pytester):
    text = (example / "calm.py").read_text()
    (example / "calm.py").write_text(text.replace('@breaks("calm", "restart")\n', ""))
    result = pytester.runpython("prove.py")
    result.stdout.fnmatch_lines(["*calm: restart*it has no control: write one with @breaks*"])


def test_a_test_in_python_is_selected_like_any_other(example, pytester):
    result = pytester.runpytest_subprocess("--collect-only", "-q", "-k", "nobody")
    result.stdout.fnmatch_lines(["test_calm.py::test_nobody_is_restarted"])
