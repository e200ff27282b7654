"""
What a part of a history comes to, kept up to date by each observation that follows instead of being read anew.

Problem: what is asked at each observation of a thousand pods must not look at all of them again; yet an answer may
depend on nothing but the view that is asked. Solution: a digest takes the observations of one topic in their order. A
view that ends later than the one asked before gives it what came since; for one that ends earlier another digest begins
anew. So the views of a walk through the history, onwards, cost what has happened, and any other its whole history.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar, cast

from harness.history.observation import Observation
from harness.history.shelves import NOTHING, Shelves

__all__ = ["Digest", "Digests"]

_KEPT = 3
"""How many digests of the same are kept: the newest end, the event that answers refer to, and one to walk with."""


class Digest(Protocol):
    """Something that is told each observation of `topic` up to the end of a view, once and in order."""

    topic: str

    def take(self, seen: Observation) -> None:
        """Take note of the next observation."""


D = TypeVar("D", bound=Digest)


class Digests:
    """The digests of one history, for the one thread that judges it."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self._readers: dict[tuple[object, str], list[_Reader]] = {}

    def upto(self, end: int, kind: Callable[[str], D], about: str) -> D:
        """Return what `kind(about)` has become by the observations before `end`; good until the next question."""
        readers = self._readers.setdefault((kind, about), [])
        reader = max((one for one in readers if one.end <= end), key=_Reader.reached, default=None)
        if reader is None:
            reader = _Reader(kind(about))
        else:
            readers.remove(reader)
        readers.append(reader)
        del readers[:-_KEPT]
        reader.read(self._shelves, end)
        return cast(D, reader.digest)


class _Reader:
    """A digest and how far it has read."""

    def __init__(self, digest: Digest) -> None:
        self.digest = digest
        self.end = 0
        self._taken = 0

    def reached(self) -> int:
        """Return the end of the views that it can go on from."""
        return self.end

    def read(self, shelves: Shelves, end: int) -> None:
        """Let the digest take what came before observation `end`."""
        shelf = shelves.topics.get(self.digest.topic, NOTHING)
        seen, count = shelf.seen, len(shelf.seqs)
        while self._taken < count and seen[self._taken].seq < end:
            self.digest.take(seen[self._taken])
            self._taken += 1
        self.end = max(self.end, end)
