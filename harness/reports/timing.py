"""Where the time of scenarios went: what the cluster took, and the harness's own part beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from harness.model import spell_seconds

if TYPE_CHECKING:
    from harness.reports.results import ScenarioResult

__all__ = ["ALLOWED", "Timing", "timing_lines", "whole_timing"]

ALLOWED = 0.05
"""The share of a run's time that may be the harness's own."""
WORST = 5


@dataclass(frozen=True, slots=True)
class Timing:
    """
    Seconds from the making of a scenario's place to its removal, lists, proofs, judging and clean-up included.

    `waited_s`, `windows_s` and `answered_s` are the parts that were not ours, as `harness.scenario.floor` has them. The
    start of the cluster and the wait for exclusive neighbours belong to the run and are left out.
    """

    total_s: float
    waited_s: float = 0.0
    windows_s: float = 0.0
    answered_s: float = 0.0

    @property
    def floor_s(self) -> float:
        """What any harness would have had to wait for."""
        return self.waited_s + self.windows_s + self.answered_s

    @property
    def own_s(self) -> float:
        """The harness's own part: all the rest."""
        return self.total_s - self.floor_s

    @property
    def own_share(self) -> float:
        """The harness's own part as a share of the total, from 0 to 1."""
        return self.own_s / self.total_s if self.total_s else 0.0

    def __add__(self, other: Timing) -> Timing:
        return Timing(
            self.total_s + other.total_s,
            self.waited_s + other.waited_s,
            self.windows_s + other.windows_s,
            self.answered_s + other.answered_s,
        )

    def to_data(self) -> dict[str, float]:
        """Return seconds by name, rounded to milliseconds; `floor_s` and `own_s` are told for who reads them."""
        told = asdict(self) | {"floor_s": self.floor_s, "own_s": self.own_s}
        return {name: round(value, 3) for name, value in told.items()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Timing:
        """Return the timing that `to_data` has written."""
        return cls(*(float(data[name]) for name in cls.__slots__))


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
    floor = ", ".join(f"{name} {spell_seconds(span_s)}" for span_s, name in parts)
    yield (
        f"scenarios' time: {spell_seconds(timing.total_s)}, the cluster's: {spell_seconds(timing.floor_s)} ({floor}), "
        f"the harness's own: {spell_seconds(timing.own_s)}, {timing.own_share:.1%} (allowed: {ALLOWED:.0%})"
    )
    for title, one in sorted(timed, key=lambda pair: -pair[1].own_share)[: None if whole else WORST]:
        yield f"  own {one.own_share:5.1%}, {spell_seconds(one.own_s)} of {spell_seconds(one.total_s)}: {title}"


def _timed(results: Iterable[ScenarioResult]) -> list[tuple[str, Timing]]:
    passed = (one for one in results if one.outcome == "passed" and not one.control)
    return [(one.title, one.timing) for one in passed if one.timing]
