"""Where the time of scenarios went: what the cluster took, and the harness's own part beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce

from harness.model import format_seconds
from harness.reports.results import ScenarioResult, Timing

__all__ = ["ALLOWED", "timing_lines", "whole_timing"]

ALLOWED = 0.05
"""The share of a run's time that may be the harness's own."""
WORST = 5
"""Scenarios that the summary of own time names."""


def whole_timing(results: Iterable[ScenarioResult]) -> Timing | None:
    """Return the sum over all scenarios that passed on a cluster, under no control; None where there is none."""
    timed = _timed(results)
    return reduce(Timing.__add__, (timing for _, timing in timed)) if timed else None


def timing_lines(results: Sequence[ScenarioResult], *, whole: bool = False) -> Iterator[str]:
    """
    Yield one line about the run's time, then the scenarios with the greatest own part, or all if `whole`.

    Scenarios that did not pass are left out, since collecting evidence takes its time, and those under their control.
    """
    timed, timing = _timed(results), whole_timing(results)
    if timing is None:
        return
    parts = ((timing.waited_s, "waits"), (timing.windows_s, "windows"), (timing.answered_s, "answers"))
    floor = ", ".join(f"{name} {format_seconds(span_s)}" for span_s, name in parts)
    yield (
        f"scenarios' time: {format_seconds(timing.total_s)}, "
        f"the cluster's: {format_seconds(timing.floor_s)} ({floor}), "
        f"the harness's own: {format_seconds(timing.own_s)}, {timing.own_share:.1%} (allowed: {ALLOWED:.0%})"
    )
    for title, one in sorted(timed, key=lambda pair: -pair[1].own_share)[: None if whole else WORST]:
        yield f"  own {one.own_share:5.1%}, {format_seconds(one.own_s)} of {format_seconds(one.total_s)}: {title}"


def _timed(results: Iterable[ScenarioResult]) -> list[tuple[str, Timing]]:
    passed = (one for one in results if one.outcome == "passed" and not one.control)
    return [(one.title, one.timing) for one in passed if one.timing]
