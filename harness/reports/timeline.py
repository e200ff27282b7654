"""
What a history shows, second by second: a lane for each thing that stays while its objects come and go.

Nothing here judges or draws: a timeline is data, the same for a screen, for paper and for a test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.history.history import History
from harness.history.observation import STEP, Verb
from harness.reports.lanes import Lane, lanes_of

__all__ = ["StepSpan", "Timeline", "timeline_of"]


@dataclass(frozen=True, slots=True)
class StepSpan:
    """When a step ran, in seconds since the history began; `number` counts from 1, `seq` is that of its begin."""

    number: int
    begin: float
    end: float
    text: str
    outcome: str
    seq: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A whole scenario of `length` seconds. `proofs`: the moments at which the record was proved complete."""

    length: float
    steps: tuple[StepSpan, ...]
    lanes: tuple[Lane, ...]
    proofs: tuple[float, ...]


def timeline_of(history: History) -> Timeline:
    """Return everything that can be drawn of a history."""
    proofs = tuple(seen.at for seen in history if seen.verb is Verb.SYNCED)
    return Timeline(history.now, tuple(_steps(history)), tuple(lanes_of(history)), proofs)


def _steps(history: History) -> Iterator[StepSpan]:
    begun = history.of(STEP, Verb.BEGAN)
    for number, mark in enumerate(begun, 1):
        following = begun[number].seq if number < len(begun) else None
        ended = history.of(STEP, Verb.ENDED, since=mark.seq, before=following)
        end, outcome = (ended[0].at, str(ended[0].data["outcome"])) if ended else (history.now, "failed")
        yield StepSpan(number, mark.at, end, mark.name, outcome, mark.seq)
