"""What a run came to as a whole: counts by verdict, feature, promise and tag, the slowest, the skipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.reports.results import ScenarioResult, Timing
from harness.reports.timing import whole_timing

__all__ = ["Overview", "overview_of"]

SLOWEST = 5
VERDICTS = ("failed", "inconclusive", "error", "not run", "skipped", "passed")


@dataclass(frozen=True, slots=True)
class Overview:
    """
    Counts of scenarios; the keys of each inner mapping are verdicts, of `promises` the outcomes of a promise.

    `skipped`: reason → number of scenarios. `timing`: of all scenarios that passed on a cluster.
    """

    total: int
    headline: str
    verdicts: Mapping[str, int]
    features: Mapping[str, Mapping[str, int]]
    promises: Mapping[str, Mapping[str, int]]
    tags: Mapping[str, Mapping[str, int]]
    slowest: Sequence[ScenarioResult]
    skipped: Mapping[str, int]
    timing: Timing | None


def overview_of(results: Iterable[ScenarioResult]) -> Overview:
    """Return the overview of a run's results; features and tags are in the order of their first scenario."""
    found = list(results)
    verdicts = Counter(result.outcome for result in found)
    slowest = sorted((result for result in found if not result.is_left_out), key=lambda one: -one.seconds)
    return Overview(
        len(found),
        _headline(found),
        {verdict: verdicts[verdict] for verdict in VERDICTS if verdicts[verdict]},
        _count((result.feature_title or result.feature, result.outcome) for result in found),
        _count(pair for result in found for pair in result.promises.items()),
        _count((tag, result.outcome) for result in found for tag in result.tags),
        slowest[:SLOWEST],
        Counter(result.message for result in found if result.is_left_out),
        whole_timing(found),
    )


def _headline(results: Sequence[ScenarioResult]) -> str:
    broken = sum(1 for result in results if result.is_broken)
    ran = sum(1 for result in results if not result.is_left_out)
    scenarios = f"{ran} scenario{'s' if ran != 1 else ''}"
    if not ran:
        return "No scenario ran"
    if not broken:
        return f"{'All ' if ran > 1 else ''}{scenarios} passed"
    unrun = sum(1 for result in results if result.outcome == "not run")
    return f"{broken} of {scenarios} did not pass" + (f", {unrun} did not run" if unrun else "")


def _count(pairs: Iterable[tuple[str, str]]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for name, outcome in pairs:
        counts.setdefault(name, Counter())[outcome] += 1
    return counts
