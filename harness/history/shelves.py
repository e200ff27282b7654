"""
Where the observations of a history stand: under everything that a question may begin with.

Problem: a question that reads the whole record costs more with each observation, and is asked at each of them.
Solution: whatever names a kind, a verb, an object or a name of one finds only what has to do with it, in order of
arrival.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

from harness.history.observation import Observation, Verb

__all__ = ["Shelves", "cut"]

_LEAST_LAG_S = 0.05


class Shelves:
    """
    All observations, each list in order of arrival; only ever added to, by one writer.

    `firsts`: the first state of each object of a topic; `named`: the same of each name.
    """

    def __init__(self) -> None:
        self.all: list[Observation] = []
        self.topics: defaultdict[str, list[Observation]] = defaultdict(list)
        self.verbs: defaultdict[tuple[str, Verb], list[Observation]] = defaultdict(list)
        self.states: defaultdict[tuple[str, str], list[Observation]] = defaultdict(list)
        self.firsts: defaultdict[str, list[Observation]] = defaultdict(list)
        self.named: defaultdict[tuple[str, str], list[Observation]] = defaultdict(list)
        self._proofs: list[Observation] = []
        self._lags: dict[int, float] = {0: _LEAST_LAG_S}

    def add(self, seen: Observation) -> None:
        """Put the newest observation where it belongs."""
        self.topics[seen.topic].append(seen)
        self.verbs[seen.topic, seen.verb].append(seen)
        if seen.is_state:
            states = self.states[seen.topic, seen.uid]
            states.append(seen)
            if len(states) == 1:
                self.firsts[seen.topic].append(seen)
                self.named[seen.topic, seen.name].append(seen)
        if seen.verb is Verb.SYNCED:
            self._proofs.append(seen)
        self.all.append(seen)

    def lag(self, end: int) -> float:
        """Return the longest delay of any stream that was measured before observation `end`, in seconds."""
        known = cut(self._proofs, end).stop
        if known not in self._lags:
            measured = (float(proof.data["lag"]) for proof in self._proofs[:known])
            self._lags[known] = max(_LEAST_LAG_S, *measured)
        return self._lags[known]


def cut(found: list[Observation], end: int, since: int = 0) -> slice:
    """Return where the observations with since ≤ seq < end stand in a list."""
    high = len(found)  # the writer may add to it at any time
    low = bisect_left(found, since, key=_seq) if since else 0
    if high and found[high - 1].seq >= end:
        high = bisect_left(found, end, key=_seq)
    return slice(low, high)


def _seq(seen: Observation) -> int:
    return seen.seq
