"""How long it took until all was well again, and how much of a bound was left, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from math import inf

from harness.model import Lack, Recovery, TimeLimit, format_seconds

__all__ = ["limit_left", "recovery_lines"]

_NOUNS = {Lack.READY: "pods", Lack.ANSWER: "members", Lack.WRITE: "clients", Lack.NAME: "pods"}


def limit_left(limit: TimeLimit) -> str:
    """Return how much of a bound was left."""
    return f"{format_seconds(limit.left_s)} of {format_seconds(limit.allowed_s)} left"


def recovery_lines(recoveries: Iterable[Recovery]) -> Iterator[str]:
    """Yield a line for each event and each lack after it; of several subjects the one that lacked longest."""
    for (event, lack), several in groupby(recoveries, key=lambda one: (one.event, one.lack)):
        found = sorted(several, key=lambda one: inf if one.seconds is None else one.seconds)
        worst = found[-1]
        told = "to the end" if worst.seconds is None else f"for {format_seconds(worst.seconds)}"
        who = f"{len(found)} {_NOUNS[lack]} {lack}, the longest {worst.subject}" if len(found) > 1 else ""
        yield f"after {event}: {who or f'{worst.subject} {lack}'} {told}"
