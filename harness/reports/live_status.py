"""What a running scenario looks like at the moment: its step, what it waits for, a line of symbols for each replica."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from harness.history.history import History, Incarnation
from harness.history.observation import STEP, Verb
from harness.reports.states import pod_state

__all__ = ["COLUMNS", "LiveStatus", "live_status_of"]

COLUMNS = 40
"""Symbols of a line, one for each second: the newest stands at its end."""
REPLICAS = 6
"""Rows of a live view: with the step and its note it is nine lines high."""
_SIGNS = {
    "pending": "░",
    "init": "▒",
    "running": "▓",
    "ready": "█",
    "terminating": "↓",
    "failing": "!",
    "ended": "x",
}
_NOTHING = "·"


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """`scenario` and `step` are texts; `lanes` holds name and symbols of each replica."""

    scenario: str
    step: str
    note: str
    lanes: tuple[tuple[str, str], ...]

    def lines(self, width: int) -> list[str]:
        """Return the lines to show, none longer than `width`."""
        wide = max((len(name) for name, _ in self.lanes), default=0)
        told = [f"… {self.scenario}", f"    {self.step}", f"    waiting: {self.note}"]
        return [line[:width] for line in (*told, *(f"    {name:<{wide}} {signs}" for name, signs in self.lanes))]

    def to_json(self) -> str:
        """Return the glimpse as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> LiveStatus:
        """Return the glimpse that `to_json` has written."""
        data = json.loads(text)
        return cls(**{**data, "lanes": tuple((name, signs) for name, signs in data["lanes"])})


def live_status_of(scenario: str, history: History, now: float, note: str) -> LiveStatus:
    """Return what can be seen of a scenario `now` seconds after its history began."""
    begun = history.of(STEP, Verb.BEGAN)
    step = f"step {len(begun)}: {begun[-1].name}" if begun else ""
    return LiveStatus(scenario, step, note, tuple(_lanes(history, now)))


def _lanes(history: History, now: float) -> Iterator[tuple[str, str]]:
    state_of = pod_state(history)
    lives: dict[str, list[Incarnation]] = {}
    for life in history.incarnations("Pod"):
        lives.setdefault(life.name, []).append(life)
    moments = [now - back for back in range(min(COLUMNS, int(now) + 1) - 1, -1, -1)]
    for name in sorted(lives, key=lambda name: (len(name), name))[:REPLICAS]:
        seen = sorted((one for life in lives[name] for one in life.seen), key=lambda one: one.seq)
        signs = []
        for moment in moments:
            known = bisect_right(seen, moment, key=lambda one: one.at)
            there = known > 0 and seen[known - 1].verb is not Verb.DELETED
            signs.append(_SIGNS.get(state_of(seen[known - 1].data).look, "?") if there else _NOTHING)
        yield name, "".join(signs)
