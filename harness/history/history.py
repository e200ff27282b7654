"""
The record of one scenario and the questions that can be asked of it.

Problem: a promise is judged live, again and again while the record grows, and later on the stored file, and must
say the same. Solution: a history only ever grows, and `upto` gives a view that ends at a chosen observation; promises
and conditions see views only, so what they say depends on nothing but what was recorded up to there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from harness.history.digests import D, Digests
from harness.history.incarnations import Alive, Incarnation, Names
from harness.history.observation import Observation, Verb
from harness.history.shelves import Shelf, Shelves
from harness.model import Object

__all__ = ["Gap", "History", "Incarnation"]


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

    Appending belongs to one writer (the recorder holds a lock). Reading needs none, but digests, and the names of what
    is alive, belong to the one thread that judges.
    """

    def __init__(self, observations: Iterable[Observation] = ()) -> None:
        self._shelves = Shelves()
        self._digests = Digests(self._shelves)
        self._end: int | None = None
        for observation in observations:
            self.append(observation)

    def append(self, observation: Observation) -> None:
        """Make `observation` the newest; its `seq` must be the next, else ValueError."""
        newest = len(self._shelves.all)
        if self._end is not None or observation.seq != newest:
            raise ValueError(f"observation {observation.seq} cannot follow {newest - 1} here")
        self._shelves.add(observation)

    @property
    def end(self) -> int:
        """One more than the newest observation's seq; the seq that the next one will have."""
        return len(self._shelves.all) if self._end is None else self._end

    def upto(self, end: int) -> History:
        """Return the view that knows nothing of observation `end` and later ones."""
        view = History.__new__(History)
        view._shelves, view._digests = self._shelves, self._digests
        view._end = min(end, self.end)
        return view

    def __len__(self) -> int:
        return self.end

    def __iter__(self) -> Iterator[Observation]:
        return iter(self._shelves.all[: self.end])

    def __getitem__(self, seq: int) -> Observation:
        if not 0 <= seq < self.end:
            raise IndexError(f"there is no observation {seq} among {self.end}")
        return self._shelves.all[seq]

    @property
    def now(self) -> float:
        """The `at` of the newest observation, 0 where there is none."""
        return self._shelves.all[self.end - 1].at if self.end else 0.0

    def of(
        self, topic: str, *verbs: Verb, name: str | None = None, since: int = 0, before: int | None = None
    ) -> list[Observation]:
        """Return the observations of a topic with since ≤ seq < before, oldest first; any verb where none is named."""
        shelves = self._shelves
        found = shelves.verbs.get((topic, verbs[0])) if len(verbs) == 1 else shelves.topics.get(topic)
        return [
            observation
            for observation in self._cut(found, since, before)
            if (len(verbs) < 2 or observation.verb in verbs) and (name is None or observation.name == name)
        ]

    def digest(self, kind: Callable[[str], D], about: str) -> D:
        """Return what `kind(about)` has become at the end, having taken all of its topic; good until asked again."""
        return self._digests.upto(self.end, kind, about)

    def incarnations(self, topic: str, name: str | None = None) -> list[Incarnation]:
        """Return the lives of all objects of a kind, in order of their first observation."""
        shelves = self._shelves
        firsts = shelves.firsts.get(topic) if name is None else shelves.named.get((topic, name))
        return [self._life(topic, first.uid) for first in self._cut(firsts)]

    def alive(self, topic: str) -> Mapping[str, Incarnation]:
        """Return the lives that have not ended, by object name, in order of name length and name."""
        return Alive(partial(self._living, topic), lambda: list(self.digest(Names, topic).names))

    def current(self, topic: str, name: str) -> Object | None:
        """Return the object of this name as it is at the end, None where there is none."""
        life = self._living(topic, name)
        return life.last.data if life else None

    def former(self, seen: Observation) -> Observation | None:
        """Return the state of the same object that came before this one, None where there is none."""
        before = self._cut(self._shelves.states.get((seen.topic, seen.uid)), before=seen.seq)
        return before[-1] if seen.uid and before else None

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
        return self._shelves.lag(self.end)

    def _life(self, topic: str, uid: str) -> Incarnation:
        states = self._shelves.states[topic, uid]
        return Incarnation(topic, uid, states, states.count(self.end))

    def _living(self, topic: str, name: str) -> Incarnation | None:
        return next((life for life in reversed(self.incarnations(topic, name)) if life.deleted is None), None)

    def _occupied(self, topic: str, name: str, lost: float, seq: int) -> bool:
        return any(
            life.first.at <= lost
            and life.at(seq) is not None
            and not any(gap.uid == life.uid for gap in self.of(topic, Verb.GAP, name=name))
            for life in self.incarnations(topic, name)
        )

    def _spanned(self, topic: str, name: str, lost: float, seq: int) -> bool:
        """Whether an object of this name was there when the stream was lost, and outlived what was lost."""
        return any(
            life.first.at <= lost
            and life.at(seq) is not None
            and all(
                self._outlived(gap) for gap in self.of(topic, Verb.GAP, name=name, since=seq) if gap.uid == life.uid
            )
            for life in self.incarnations(topic, name)
        )

    def _outlived(self, gap: Observation) -> bool:
        """Whether the object of a gap was known before, and was there when the gap ended."""
        states = self._cut(self._shelves.states.get((gap.topic, gap.uid))) if gap.uid else []
        later = [seen for seen in states if seen.seq > gap.seq]
        return len(later) < len(states) and bool(later) and later[0].verb is not Verb.DELETED

    def _cut(self, found: Shelf | None, since: int = 0, before: int | None = None) -> list[Observation]:
        end = self.end if before is None else min(before, self.end)
        return found.between(since, end) if found else []
