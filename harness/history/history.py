"""
The record of one scenario and the questions that can be asked of it.

Problem: a promise is judged live, again and again while the record grows, and later on the stored file, and must
say the same. Solution: a history only ever grows, and `upto` gives a view that ends at a chosen observation; promises
and conditions see views only, so what they say depends on nothing but what was recorded up to there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.history.observation import Observation, Verb
from harness.model import Object

__all__ = ["Gap", "History", "Life"]


@dataclass(frozen=True, slots=True)
class Life:
    """
    One object from its first observation to its last, known by its uid: a pod that came back is another life.

    `seen` is in order of arrival, never empty, gaps left out.
    """

    topic: str
    name: str
    uid: str
    seen: tuple[Observation, ...]

    @property
    def first(self) -> Observation:
        """The observation that showed the object first."""
        return self.seen[0]

    @property
    def last(self) -> Observation:
        """The newest observation of the object."""
        return self.seen[-1]

    @property
    def created(self) -> Observation | None:
        """The observation of its creation; None where it was there before watching began."""
        return self.first if self.first.verb is Verb.ADDED else None

    @property
    def deleted(self) -> Observation | None:
        """The observation of its removal; None while it lives."""
        return self.last if self.last.verb is Verb.DELETED else None

    def at(self, seq: int) -> Object | None:
        """Return the object as it was when observation `seq` arrived; None before its first and after its removal."""
        index = bisect_left(self.seen, seq + 1, key=lambda observation: observation.seq)
        if index == 0 or self.seen[index - 1].verb is Verb.DELETED:
            return None
        return self.seen[index - 1].data


@dataclass(frozen=True, slots=True)
class Gap:
    """
    A stretch of time in which the object of this name may have changed, come or gone unseen.

    `spanned`: the same object was there before and afterwards, so that nothing but states of it can be missing.
    """

    topic: str
    name: str
    since: float
    seen: Observation
    spanned: bool = False


class History:
    """
    An append-only record; every question is answered from the part before `end`.

    Appending belongs to one writer (the recorder holds a lock); reading needs none.
    """

    def __init__(self, observations: Iterable[Observation] = ()) -> None:
        self._all: list[Observation] = []
        self._topics: dict[str, list[Observation]] = {}
        self._objects: dict[tuple[str, str], list[Observation]] = {}
        self._states: dict[tuple[str, str], list[Observation]] = {}
        self._firsts: dict[str, list[Observation]] = {}
        self._end: int | None = None
        for observation in observations:
            self.append(observation)

    def append(self, observation: Observation) -> None:
        """Make `observation` the newest; its `seq` must be the next, else ValueError."""
        if self._end is not None or observation.seq != len(self._all):
            raise ValueError(f"observation {observation.seq} cannot follow {len(self._all) - 1} here")
        self._topics.setdefault(observation.topic, []).append(observation)
        if observation.uid:
            self._objects.setdefault((observation.topic, observation.uid), []).append(observation)
        if observation.is_state:
            states = self._states.setdefault((observation.topic, observation.uid), [])
            states.append(observation)
            if len(states) == 1:
                self._firsts.setdefault(observation.topic, []).append(observation)
        self._all.append(observation)

    @property
    def end(self) -> int:
        """One more than the newest observation's seq; the seq that the next one will have."""
        return len(self._all) if self._end is None else self._end

    def upto(self, end: int) -> History:
        """Return the view that knows nothing of observation `end` and later ones."""
        view = History.__new__(History)
        view._all, view._topics, view._objects = self._all, self._topics, self._objects
        view._states, view._firsts = self._states, self._firsts
        view._end = min(end, self.end)
        return view

    def __len__(self) -> int:
        return self.end

    def __iter__(self) -> Iterator[Observation]:
        return iter(self._all[: self.end])

    def __getitem__(self, seq: int) -> Observation:
        if not 0 <= seq < self.end:
            raise IndexError(f"there is no observation {seq} among {self.end}")
        return self._all[seq]

    @property
    def now(self) -> float:
        """The `at` of the newest observation, 0 where there is none."""
        return self._all[self.end - 1].at if self.end else 0.0

    def of(
        self, topic: str, *verbs: Verb, name: str | None = None, since: int = 0, before: int | None = None
    ) -> list[Observation]:
        """Return the observations of a topic with since ≤ seq < before, oldest first; any verb where none is named."""
        found = self._cut(self._topics.get(topic, []), since, before)
        return [
            observation
            for observation in found
            if (not verbs or observation.verb in verbs) and (name is None or observation.name == name)
        ]

    def lives(self, topic: str, name: str | None = None) -> list[Life]:
        """Return the lives of all objects of a kind, in order of their first observation."""
        firsts = self._cut(self._firsts.get(topic, []))
        return [self._life(topic, first.uid) for first in firsts if name is None or first.name == name]

    def alive(self, topic: str) -> dict[str, Life]:
        """Return the lives that have not ended, by object name, in order of name length and name."""
        lives = [life for life in self.lives(topic) if life.deleted is None]
        return {life.name: life for life in sorted(lives, key=lambda life: (len(life.name), life.name))}

    def current(self, topic: str, name: str) -> Object | None:
        """Return the object of this name as it is at the end, None where there is none."""
        life = next((life for life in reversed(self.lives(topic, name)) if life.deleted is None), None)
        return life.last.data if life else None

    def former(self, seen: Observation) -> Observation | None:
        """Return the state of the same object that came before this one, None where there is none."""
        found = self._objects.get((seen.topic, seen.uid), [])
        index = bisect_left(found, seen.seq, key=lambda observation: observation.seq)
        return next((one for one in reversed(found[:index]) if one.is_state), None) if seen.uid else None

    def gaps(self, topic: str, name: str, *, since: int = 0, before: int | None = None) -> list[Gap]:
        """
        Return the stretches in which an object of this name may have changed, come or gone unseen.

        An interrupted stream is no gap for a name whose object was the same, untouched, before and afterwards: names
        are unique, so nothing else can have lived under it.
        """
        found = []
        for seen in self.of(topic, Verb.GAP, since=since, before=before):
            lost = float(seen.data.get("since", seen.at))
            if seen.name == name:
                found.append(Gap(topic, name, lost, seen, self._outlived(seen)))
            elif not seen.uid and not self._occupied(topic, name, lost, seen.seq):
                found.append(Gap(topic, name, lost, seen, self._spanned(topic, name, lost, seen.seq)))
        return found

    def synced(self, topic: str, asked: float) -> Observation | None:
        """Return the first proof that the stream showed all there was at `asked` (seconds), else None."""
        proofs = self.of(topic, Verb.SYNCED)
        return next((proof for proof in proofs if float(proof.data["asked"]) >= asked), None)

    @property
    def lag(self) -> float:
        """The longest delay of any stream that was measured so far, in seconds; 50 ms at least."""
        measured = (float(seen.data["lag"]) for seen in self if seen.verb is Verb.SYNCED)
        return max((0.05, *measured))

    def _life(self, topic: str, uid: str) -> Life:
        seen = tuple(self._cut(self._states[topic, uid]))
        return Life(topic, seen[-1].name, uid, seen)

    def _occupied(self, topic: str, name: str, lost: float, seq: int) -> bool:
        return any(
            life.first.at <= lost
            and life.at(seq) is not None
            and not any(gap.uid == life.uid for gap in self.of(topic, Verb.GAP, name=name))
            for life in self.lives(topic, name)
        )

    def _spanned(self, topic: str, name: str, lost: float, seq: int) -> bool:
        """Whether an object of this name was there when the stream was lost, and outlived what was lost."""
        return any(
            life.first.at <= lost
            and life.at(seq) is not None
            and all(
                self._outlived(gap) for gap in self.of(topic, Verb.GAP, name=name, since=seq) if gap.uid == life.uid
            )
            for life in self.lives(topic, name)
        )

    def _outlived(self, gap: Observation) -> bool:
        """Whether the object of a gap was known before, and was there when the gap ended."""
        states = [seen for seen in self._cut(self._objects.get((gap.topic, gap.uid), [])) if seen.is_state]
        later = [seen for seen in states if seen.seq > gap.seq]
        return len(later) < len(states) and bool(later) and later[0].verb is not Verb.DELETED

    def _cut(self, found: list[Observation], since: int = 0, before: int | None = None) -> list[Observation]:
        end = self.end if before is None else min(before, self.end)
        high = len(found)  # the writer may add to it at any time
        low = bisect_left(found, since, key=lambda observation: observation.seq) if since else 0
        if high and found[high - 1].seq >= end:
            high = bisect_left(found, end, key=lambda observation: observation.seq)
        return found[low:high]
