"""How an error reads: what its first line has said is not said again."""

from __future__ import annotations

import pytest

from harness.errors import ExpectationNotMet


@pytest.mark.parametrize(
    ("title", "expected", "told"),
    [
        ("not within 2 s: web-0 is ready", "web-0 is ready", ""),
        ("happened since the event at 2 s: a pod is ready", "at no time: a pod is ready", ""),
        ("web-0 did not answer", "web-0 answers", "\n  expected: web-0 answers"),
    ],
)
def test_what_the_title_says_is_not_said_again(title: str, expected: str, told: str) -> None:
    error = ExpectationNotMet(title, expected, "it was not")
    assert str(error) == f"{title}{told}\n  observed: it was not"
    assert error.expected == expected
