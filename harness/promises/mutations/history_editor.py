"""Changed copies of a history: observations moved, rewritten, inserted; the original stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from harness.history.history import History, Incarnation
from harness.history.observation import Observation, Verb

__all__ = ["HistoryEditor", "Raw"]

Raw = dict[str, Any]


class HistoryEditor:
    """A history that is being changed; observations of the original, and inserted ones, serve as places in it."""

    def __init__(self, history: History) -> None:
        self._seen = list(history)

    def history(self) -> History:
        """Return the changed history, numbered anew."""
        return History(replace(seen, seq=seq) for seq, seen in enumerate(self._seen))

    def move(self, what: Observation, before: Observation) -> None:
        """Put an observation, of a moment later, right before another one; those of its object in between vanish."""
        start, end = self._index(before), self._index(what)
        between = [seen for seen in self._seen[start:end] if (seen.topic, seen.uid) != (what.topic, what.uid)]
        self._seen[start : end + 1] = [replace(what, at=before.at, wall=before.wall), *between]

    def delay(self, first: Observation, by_s: float) -> None:
        """Let `first` and all that follows come later by so many seconds."""
        start = self._index(first)
        self._seen[start:] = [replace(seen, at=seen.at + by_s) for seen in self._seen[start:]]

    def insert(self, before: Observation, like: Observation, verb: Verb, change: Callable[[Raw], None]) -> None:
        """
        Put a changed copy of an observation right before another one.

        Its uid is that which the change gives to `metadata`.
        """
        data = _changed(like.data, change)
        uid = str(data.get("metadata", {}).get("uid", like.uid))
        copy = replace(like, at=before.at, wall=before.wall, verb=verb, uid=uid, data=data)
        index = self._index(before)
        self._seen[index:index] = [copy]

    def rewrite(self, what: Observation, change: Callable[[Raw], None], name: str | None = None) -> None:
        """Change the data of one observation, and its name where one is given."""
        index = self._index(what)
        before = self._seen[index]
        data = _changed(before.data, change)
        uid = str(data.get("metadata", {}).get("uid", before.uid))
        self._seen[index] = replace(before, name=name or before.name, uid=uid, data=data)

    def rewrite_incarnation(
        self, life: Incarnation, change: Callable[[Raw], None], name: str | None = None, since: int = 0
    ) -> None:
        """Change the data of all observations of a life from observation `since` on."""
        for seen in life.seen:
            if seen.seq >= since:
                self.rewrite(seen, change, name)

    def _index(self, what: Observation) -> int:
        return next(index for index, seen in enumerate(self._seen) if seen.seq == what.seq)


def _changed(data: Mapping[str, Any], change: Callable[[Raw], None]) -> Raw:
    copy = deepcopy(dict(data))
    change(copy)
    return copy
