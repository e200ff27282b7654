"""What a run came to as a whole: counts by verdict, feature, promise and tag, the slowest, the skipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.reports.results import ScenarioResult, Timing
from harness.reports.timing import whole_timing

__all__ = ["Overview", "overview_of"]

SLOWEST = 5
"""Scenarios that are named as the slowest."""
SHOWS_NOTHING = ("not run", "skipped", "not applicable")
WELL = ("passed", "kept")
VERDICTS = ("failed", "inconclusive", "error", "known broken", "not run", "skipped", "passed")


@dataclass(frozen=True, slots=True)
class Overview:
    """
    Counts of scenarios; the keys of each inner mapping are verdicts, of `promises` the outcomes of a promise.

    Features, promises and tags that a failure concerns come first, then those with a skip, then the others, each in
    the order of their first scenario. `skipped`: reason → number of scenarios. `timing`: of all scenarios that passed
    on a cluster.
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

    @property
    def is_broken(self) -> bool:
        """Whether a scenario ran and did not pass."""
        return bool(self.verdicts.keys() - {"passed", "skipped", "not run"})


def overview_of(results: Iterable[ScenarioResult]) -> Overview:
    """Return the overview of a run's results."""
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
    told = "No scenario ran" if not ran else f"{'All ' if ran > 1 else ''}{scenarios} passed"
    parts = [f"{broken} of {scenarios} did not pass" if broken else told]
    for outcome, words in (("skipped", "skipped"), ("not run", "did not run")):
        count = sum(1 for result in results if result.outcome == outcome)
        parts += [f"{count} {words}"] if count else []
    return ", ".join(parts)


def _count(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for name, outcome in pairs:
        counts.setdefault(name, Counter())[outcome] += 1
    ordered = sorted(counts.items(), key=lambda counted: _rank(counted[1]))
    return {name: dict(sorted(several.items(), key=lambda one: _rank([one[0]]))) for name, several in ordered}


def _rank(outcomes: Iterable[str]) -> int:
    """Return 0 for what somebody has to look at, 1 for what shows nothing, 2 for what is well."""
    if set(outcomes) - {*SHOWS_NOTHING, *WELL}:
        return 0
    return 1 if set(outcomes) & set(SHOWS_NOTHING) else 2
