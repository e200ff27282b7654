"""When a wait that has not come to its end is over: at a fixed moment, or where nothing moves on any more."""

from __future__ import annotations

from math import inf

from harness.history.history import History
from harness.history.observation import Observation
from harness.model import format_seconds
from harness.promises.causes import Cause
from harness.promises.milestones import TEMPLATED, Milestone, milestones, pause_s

__all__ = ["Fixed", "Standstill"]


class Fixed:
    """`span_s` seconds after `anchor`, whatever happens: what a specification promises."""

    hint: tuple[str, ...] = ()

    def __init__(self, anchor: float, span_s: float) -> None:
        self.end = anchor + span_s
        self.span_s = span_s

    def heed(self, seen: Observation) -> None:
        """Do nothing: no observation moves the end."""

    def rules_out(self, cause: Cause) -> bool:
        """Return whether a cause cannot heal by itself before the end."""
        return cause.heals > self.end

    def over(self, expected: str) -> str:
        """Return what to say once the time is over."""
        return f"not within {format_seconds(self.span_s)}: {expected}"


class Standstill:
    """
    `span_s` seconds after `anchor`, or after the newest milestone that a pod or a claim has reached since.

    A pause that the manifests themselves ask for, between two milestones, comes on top of that.
    """

    hint = (
        "where it only needs more time: --harness-timeout-scale=2, or harness_timeout_scale = 2 in the ini file;",
        "or, with a bound of its own: `When … is applied`, `Then within … seconds …`",
    )

    def __init__(self, anchor: float, span_s: float, history: History) -> None:
        self.end = anchor + span_s
        self.span_s = span_s
        self._moved = anchor
        self._pause_s = 0.0
        self._reached: set[Milestone] = set()
        for kind in TEMPLATED:
            for life in history.alive(kind).values():
                self.heed(life.last)

    def heed(self, seen: Observation) -> None:
        """Move the end on where this shows what has not been reached since the wait began, or asks for a pause."""
        new = set(milestones(seen)) - self._reached
        if new:
            self._reached |= new
            self._moved = max(self._moved, seen.at)
        if new or seen.topic in TEMPLATED:
            self._pause_s = max(self._pause_s, pause_s(seen.data))
            self.end = max(self.end, self._moved + self._patience_s)

    def rules_out(self, cause: Cause) -> bool:
        """Return whether a cause never heals by itself: as long as others move on there is no end to compare with."""
        return cause.heals == inf

    def over(self, expected: str) -> str:
        """Return what to say once the time is over."""
        return f"nothing has moved on for {format_seconds(self._patience_s)}: {expected}"

    @property
    def _patience_s(self) -> float:
        return self.span_s + self._pause_s
