"""
Which pods of a set were there at a moment, and which of them were not well.

Problem: a pod that is created or deleted is judged by all others, and of a thousand others nearly all are well.
Solution: a digest knows at each moment those that may not be, and only they are looked at.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort

from harness.history.history import History, Incarnation
from harness.history.incarnations import Present
from harness.history.observation import Observation
from harness.promises.pods import healthy, revision
from harness.promises.verdict import Subject

__all__ = ["Roster"]


class Roster:
    """The lives of all pods that bear a name of the set, by ordinal."""

    def __init__(self, history: History, subject: Subject) -> None:
        self._history = history
        self._set_name = subject.name
        self._lives: dict[int, list[Incarnation]] = {}
        for life in history.incarnations("Pod"):
            ordinal = subject.ordinal(life.name)
            if ordinal is not None:
                self._lives.setdefault(ordinal, []).append(life)

    def of(self, ordinal: int) -> list[Incarnation]:
        """Return the lives of an ordinal, in order of their first observation."""
        return self._lives.get(ordinal, [])

    def standing(self, ordinal: int, seq: int) -> Incarnation | None:
        """Return the life of an ordinal that existed just before observation `seq`; None where there was none."""
        return next((life for life in reversed(self.of(ordinal)) if life.at(seq - 1) is not None), None)

    def unwell(self, ordinals: range, seq: int) -> list[int]:
        """Return those of the ordinals whose pods may have been missing, unready or terminating, rising."""
        return self._ranks(seq).unwell_among(ordinals)

    def unlike(self, revisions: set[str], ordinals: range, seq: int) -> list[int]:
        """Return those of the ordinals whose pods may have been of none of these revisions, rising."""
        made = self._ranks(seq).revisions
        return sorted({one for name in made.keys() - revisions for one in _among(made[name], ordinals)})

    def above(self, ordinal: int, seq: int, wanted: list[range]) -> list[int]:
        """Return the higher ordinals that had pods just before observation `seq` and are in no range, rising."""
        present = self._ranks(seq).present
        found, place = [], bisect_right(present, ordinal)
        while place < len(present):
            stop = max((span.stop for span in wanted if present[place] in span), default=None)
            if stop is None:
                found.append(present[place])
            place = place + 1 if stop is None else bisect_left(present, stop)
        return found

    def _ranks(self, seq: int) -> _Ranks:
        return self._history.upto(seq).digest(_Ranks, self._set_name)


class _Ranks(Present):
    """
    A digest of the ordinals of a set, each list rising.

    `present`: those that have a pod; `revisions`: the same by the revision of it. Of what was seen at any time, `_sick`
    has no pod, one that is not ready or is terminating, or several names.
    """

    def __init__(self, set_name: str) -> None:
        super().__init__("Pod")
        self.present: list[int] = []
        self.revisions: dict[str, list[int]] = {}
        self._sick: list[int] = []
        self._seen: list[int] = []
        self._pods: dict[int, dict[str, tuple[bool, str]]] = {}
        """By ordinal and name: whether the pod is well, and its revision."""
        self._subject = Subject(set_name)

    def became(self, name: str, before: Observation | None, now: Observation | None) -> None:
        """Move the ordinal between the lists."""
        del before
        ordinal = self._subject.ordinal(name)
        if ordinal is None:
            return
        pods = self._pods.setdefault(ordinal, {})
        former = pods.pop(name, None)
        if now is not None:
            pods[name] = (healthy(now.data), revision(now.data))
        if pods.get(name) == former is not None:
            return
        _mark(self._seen, ordinal, there=True)
        _mark(self.present, ordinal, there=bool(pods))
        _mark(self._sick, ordinal, there=len(pods) != 1 or not all(well for well, _ in pods.values()))
        made = {revision for _, revision in pods.values()}
        for one in made | ({former[1]} if former else set()):
            _mark(self.revisions.setdefault(one, []), ordinal, there=one in made)

    def unwell_among(self, ordinals: range) -> list[int]:
        """Return those that are in `_sick`, or were never seen."""
        known = bisect_left(self._seen, ordinals.stop) - bisect_left(self._seen, ordinals.start)
        unseen = set(ordinals) - set(_among(self._seen, ordinals)) if known < len(ordinals) else ()
        return sorted([*unseen, *_among(self._sick, ordinals)])


def _among(rising: list[int], ordinals: range) -> list[int]:
    return rising[bisect_left(rising, ordinals.start) : bisect_left(rising, ordinals.stop)]


def _mark(rising: list[int], ordinal: int, *, there: bool) -> None:
    """Have the ordinal in the list, once, or not in it."""
    place = bisect_left(rising, ordinal)
    found = place < len(rising) and rising[place] == ordinal
    if there and not found:
        insort(rising, ordinal)
    elif found and not there:
        del rising[place]
