"""
What many runs of the same scenarios come to: how long they take, how long they lack something, how often they flake.

A percentile is the smallest value that so many of the runs do not exceed (nearest rank): always one that was measured.
The interval of a share is Wilson's at 95 %, which holds for few runs and for shares of nought and of one.
Source: Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf, sqrt
from pathlib import Path
from typing import Any

from harness.errors import BadInput
from harness.model import Recovery, format_seconds
from harness.reports.results import ScenarioResult, read_results

__all__ = ["ScenarioTrend", "Share", "Spread", "find_runs", "trend_data", "trend_lines", "trend_of"]

Z = 1.959964
"""The quantile of the normal distribution that leaves 2.5 % on each side."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    count: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval at 95 %, from 0 to 1; (0, 1) where nothing was counted."""
        if not self.of:
            return 0.0, 1.0
        share, narrow = self.count / self.of, 1 + Z**2 / self.of
        middle = (share + Z**2 / (2 * self.of)) / narrow
        reach = Z / narrow * sqrt(share * (1 - share) / self.of + Z**2 / (4 * self.of**2))
        return (0.0 if not self.count else middle - reach, 1.0 if self.count == self.of else middle + reach)


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds of several runs, rising; infinite where something had not ended when the record did."""

    seconds: tuple[float, ...]

    def percentile(self, percent: int) -> float:
        """Return the smallest value that `percent` of the values do not exceed."""
        return self.seconds[max(0, ceil(len(self.seconds) * percent / 100) - 1)]

    @property
    def unended(self) -> int:
        """How many of them had not ended."""
        return self.seconds.count(inf)


@dataclass(frozen=True, slots=True)
class ScenarioTrend:
    """
    One scenario over all runs that tried it.

    `flakes`: the runs in which it did not pass. `durations`: of those in which it passed; None where none did.
    `recoveries`: by event and lack the longest of each run that measured it.
    """

    id: str
    title: str
    flakes: Share
    durations: Spread | None
    recoveries: Mapping[tuple[str, str], Spread]


def find_runs(folder: Path) -> list[ScenarioResult]:
    """
    Return what all reports in a folder, or below it, tell of scenarios, each attempt once.

    Shards and the report that was merged from them tell of the same attempts. Raises BadInput where there is no report.
    """
    paths = sorted(folder.rglob("results.jsonl"))
    if not paths:
        raise BadInput(
            "there is no report in this folder", str(folder), remedy="name a folder of folders with results.jsonl"
        )
    told = [result for path in paths for result in read_results(path)]
    return list({(one.id, one.began, one.seconds, one.control): one for one in told}.values())


def trend_of(results: Iterable[ScenarioResult]) -> list[ScenarioTrend]:
    """Return the trend of each scenario that was tried, those that flake most first; controls are left out."""
    attempts: dict[str, list[ScenarioResult]] = {}
    for result in results:
        if not result.control and not result.is_left_out:
            attempts.setdefault(result.id, []).append(result)
    found = [_trend(scenario, several) for scenario, several in attempts.items()]
    return sorted(found, key=lambda trend: (-trend.flakes.count / trend.flakes.of, trend.id))


def _trend(scenario: str, attempts: Sequence[ScenarioResult]) -> ScenarioTrend:
    passed = sorted(one.seconds for one in attempts if not one.is_broken)
    spans: dict[tuple[str, str], list[float]] = {}
    for attempt in attempts:
        for key, span_s in _longest(attempt.recoveries).items():
            spans.setdefault(key, []).append(span_s)
    return ScenarioTrend(
        scenario,
        attempts[-1].title,
        Share(sum(one.is_broken for one in attempts), len(attempts)),
        Spread(tuple(passed)) if passed else None,
        {key: Spread(tuple(sorted(several))) for key, several in spans.items()},
    )


def _longest(recoveries: Iterable[Recovery]) -> dict[tuple[str, str], float]:
    longest: dict[tuple[str, str], float] = {}
    for one in recoveries:
        key, span_s = (one.event, one.lack.value), inf if one.seconds is None else one.seconds
        longest[key] = max(span_s, longest.get(key, 0.0))
    return longest


def trend_data(trends: Iterable[ScenarioTrend]) -> dict[str, Any]:
    """Return trends as plain data, fit for JSON: seconds, None where something had not ended; shares from 0 to 1."""
    return {"percentile": "nearest rank", "interval": "Wilson, 95 %", "scenarios": [_data(trend) for trend in trends]}


def _data(trend: ScenarioTrend) -> dict[str, Any]:
    low, high = trend.flakes.interval
    return {
        "id": trend.id,
        "title": trend.title,
        "runs": trend.flakes.of,
        "flake": {
            "runs": trend.flakes.count,
            "share": round(trend.flakes.count / trend.flakes.of, 4),
            "low": round(low, 4),
            "high": round(high, 4),
        },
        "seconds": _spread(trend.durations) if trend.durations else None,
        "recoveries": [
            {"event": event, "lack": lack, **_spread(spread)} for (event, lack), spread in trend.recoveries.items()
        ],
    }


def _spread(spread: Spread) -> dict[str, Any]:
    told = {f"p{percent}": spread.percentile(percent) for percent in (50, 95)}
    plain = {name: None if value == inf else round(value, 4) for name, value in told.items()}
    return {"runs": len(spread.seconds), "unended": spread.unended, **plain}


def trend_lines(trends: Iterable[ScenarioTrend]) -> Iterator[str]:
    """Yield a table: a line for each scenario, and one below it for each thing that it lacked after an event."""
    rows = [("runs", "flakes", "95 % (Wilson)", "P50", "P95", "scenario")]
    for trend in trends:
        low, high = trend.flakes.interval
        share = f"{trend.flakes.count / trend.flakes.of:.0%}", f"{low:.1%} to {high:.1%}"
        rows.append((str(trend.flakes.of), *share, *_cells(trend.durations), trend.title))
        for (event, lack), spread in trend.recoveries.items():
            rows.append((str(len(spread.seconds)), "", "", *_cells(spread), f"  {lack} after {event}"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows:
        yield "  ".join([*(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=False)), row[-1]])


def _cells(spread: Spread | None) -> tuple[str, str]:
    if spread is None:
        return "-", "-"
    values = (spread.percentile(percent) for percent in (50, 95))
    p50, p95 = ("unended" if value == inf else format_seconds(value) for value in values)
    return p50, p95
