"""Features and recordings of before 0.1.0 are understood as they were meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import steps
from harness.plugin.vocabulary import sentences
from steps.former import present
from steps.parsing import sentence

LINES = (Path(steps.__file__).parent / "former.txt").read_text(encoding="utf-8").splitlines()
EXAMPLES = {
    "": "x-0",
    "demand": "at least 2 healthy",
    "names": '"x-0" and "x-1"',
    "number": "3",
    "policy": "always",
    "program": "scheduler",
    "replicas": "3 ready replicas",
    "seconds": "2 minutes",
    "size": "64Mi",
    "since": "since the event",
    "span": "5 seconds",
    "time": "within 5 seconds",
    "word": "start",
}


def spoken(former: str) -> str:
    """Return a former sentence with examples for its placeholders; a replica is one of the set "x"."""
    return re.sub(r"\{\w+(?::(\w+))?\}", lambda found: EXAMPLES[found[1] or ""], former)


@pytest.mark.parametrize("line", LINES)
def test_each_former_sentence_is_one_of_the_present_ones(line: str) -> None:
    text = spoken(line.partition(" => ")[0])
    said = {(known.type, known.text) for known in sentences() if sentence(known.text).is_matching(text)}
    assert said, present(text)
    for kind in ("given", "when", "then"):
        assert len([known for known in said if known[0] == kind]) <= 1, said


def test_no_present_sentence_is_taken_for_a_former_one() -> None:
    """Else a step would match two sentences."""
    texts = [re.sub(r"\{\w+(?::(\w+))?\}", "1", known.text) for known in sentences()]
    assert [text for text in texts if present(text)] == []


@pytest.mark.parametrize(
    ("former", "now"),
    [
        (
            'disruption budget "b" of "x" asks for at most 10% missing, and gives up an unready pod always',
            'disruption budget "b" covers "x" with maxUnavailable 10% and unhealthyPodEvictionPolicy AlwaysAllow',
        ),
        ('stateful set "x" with 2 ready replicas, available after 1 minute', "minReadySeconds 60"),
        ('at no time were fewer than 2 pods of "x" ready', "at no time since the event were"),
        ('at no time did "x" start a replica out of order', "at no time since the scenario began did"),
    ],
)
def test_meaning(former: str, now: str) -> None:
    [said] = present(former)
    assert now in said
