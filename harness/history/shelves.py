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

__all__ = ["NOTHING", "Shelf", "Shelves"]

_LEAST_LAG_S = 0.05
"""Seconds: two threads that take down what one server sent them at once may differ by so much on a busy machine."""


class Shelf:
    """Observations in order of arrival, and their seqs; only ever added to, by one writer."""

    __slots__ = ("seen", "seqs")

    def __init__(self) -> None:
        self.seen: list[Observation] = []
        self.seqs: list[int] = []

    def add(self, seen: Observation) -> None:
        """Put the newest observation at the end."""
        self.seen.append(seen)
        self.seqs.append(seen.seq)  # last, so that whoever reads meanwhile finds what it counts

    def count(self, end: int) -> int:
        """Return how many came before observation `end`."""
        return bisect_left(self.seqs, end)

    def between(self, since: int, end: int) -> list[Observation]:
        """Return those with since ≤ seq < end."""
        return self.seen[self.count(since) if since else 0 : self.count(end)]


NOTHING = Shelf()
"""What stands under that which was never seen."""


class Shelves:
    """
    All observations, by what they are about.

    `firsts`: the first state of each object of a topic; `named`: the same of each name.
    """

    def __init__(self) -> None:
        self.all: list[Observation] = []
        self.topics: defaultdict[str, Shelf] = defaultdict(Shelf)
        self.verbs: defaultdict[tuple[str, Verb], Shelf] = defaultdict(Shelf)
        self.states: defaultdict[tuple[str, str], Shelf] = defaultdict(Shelf)
        self.firsts: defaultdict[str, Shelf] = defaultdict(Shelf)
        self.named: defaultdict[tuple[str, str], Shelf] = defaultdict(Shelf)
        self._proofs = Shelf()
        self._lags: dict[int, float] = {0: _LEAST_LAG_S}

    def add(self, seen: Observation) -> None:
        """Put the newest observation where it belongs."""
        self.topics[seen.topic].add(seen)
        self.verbs[seen.topic, seen.verb].add(seen)
        if seen.is_state:
            states = self.states[seen.topic, seen.uid]
            states.add(seen)
            if len(states.seen) == 1:
                self.firsts[seen.topic].add(seen)
                self.named[seen.topic, seen.name].add(seen)
        if seen.verb is Verb.SYNCED:
            self._proofs.add(seen)
        self.all.append(seen)

    def lag(self, end: int) -> float:
        """Return the longest delay of any stream that was measured before observation `end`, in seconds."""
        known = self._proofs.count(end)
        if known not in self._lags:
            measured = (float(proof.data["lag"]) for proof in self._proofs.seen[:known])
            self._lags[known] = max(_LEAST_LAG_S, *measured)
        return self._lags[known]
