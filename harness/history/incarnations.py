"""One object from its creation to its deletion, as a view of a history shows it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping

from harness.history.observation import Observation, Verb
from harness.history.shelves import Shelf
from harness.model import Object

__all__ = ["Alive", "Incarnation", "Names", "Present", "rank"]


class Incarnation:
    """
    One object from its first observation to its last, known by its uid: a pod that came back is another life.

    `states`: the observations that showed it, gaps left out, of which the view knows the first `known`, never none.
    """

    __slots__ = ("_known", "_seen", "_seqs", "_states", "topic", "uid")

    def __init__(self, topic: str, uid: str, states: Shelf, known: int) -> None:
        self.topic = topic
        self.uid = uid
        self._states = states.seen
        self._seqs = states.seqs
        self._known = known
        self._seen: tuple[Observation, ...] | None = None

    @property
    def name(self) -> str:
        """The name of the object, which it keeps."""
        return self._states[0].name

    @property
    def seen(self) -> tuple[Observation, ...]:
        """The observations that showed the object, in order of arrival."""
        if self._seen is None:
            self._seen = tuple(self._states[: self._known])
        return self._seen

    @property
    def first(self) -> Observation:
        """The observation that showed the object first."""
        return self._states[0]

    @property
    def last(self) -> Observation:
        """The newest observation of the object."""
        return self._states[self._known - 1]

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
        index = bisect_right(self._seqs, seq, hi=self._known)
        if index == 0 or self._states[index - 1].verb is Verb.DELETED:
            return None
        return self._states[index - 1].data

    def __eq__(self, other: object) -> bool:
        """Whether the other is the same object in the same states."""
        if not isinstance(other, Incarnation):
            return False
        return (self.topic, self.uid, self.seen) == (other.topic, other.uid, other.seen)

    def __hash__(self) -> int:
        """Return what equal lives have in common."""
        return hash((self.topic, self.uid))


class Present:
    """A digest of the objects of one kind that are there, by name, each in its newest state."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self._began: dict[str, tuple[str, int]] = {}
        self._alone: dict[str, Observation] = {}
        self._several: dict[str, dict[str, Observation]] = {}

    def take(self, seen: Observation) -> None:
        """Take note of an object that came, changed or went."""
        before = self._alone.get(seen.name)
        if before is not None and before.uid == seen.uid and seen.verb is Verb.MODIFIED:  # as nearly always
            self._alone[seen.name] = seen
            self.became(seen.name, before, seen)
        elif seen.is_state:
            self._take(seen)

    def _take(self, seen: Observation) -> None:
        name, _ = self._began.setdefault(seen.uid, (seen.name, seen.seq))
        alone = self._alone.pop(name, None)
        there = self._several.pop(name, {alone.uid: alone} if alone else {})
        before = self._newest(there)
        if seen.verb is Verb.DELETED:
            there.pop(seen.uid, None)
        else:
            there[seen.uid] = seen
        now = self._newest(there)
        if len(there) > 1:
            self._several[name] = there
        elif now is not None:
            self._alone[name] = now
        if now is not before:
            self.became(name, before, now)

    def became(self, name: str, before: Observation | None, now: Observation | None) -> None:
        """Take note of what an object of this name was and is now; None where there is none."""

    def _newest(self, there: dict[str, Observation]) -> Observation | None:
        """Return the state of the object that came last of those that were not seen to go."""
        if len(there) < 2:  # names are unique, but a record may lack what a stream has lost
            return next(iter(there.values()), None)
        return there[max(there, key=lambda uid: self._began[uid][1])]


class Names(Present):
    """The names of one kind that are there, in order of length and name."""

    def __init__(self, topic: str) -> None:
        super().__init__(topic)
        self.names: list[str] = []

    def became(self, name: str, before: Observation | None, now: Observation | None) -> None:
        """Keep the names in order."""
        place = bisect_left(self.names, rank(name), key=rank)
        if before is None:
            self.names.insert(place, name)
        elif now is None:
            del self.names[place]


class Alive(Mapping[str, Incarnation]):
    """The lives of one kind that have not ended by the end of a view, by name, in order of name length and name."""

    def __init__(self, find: Callable[[str], Incarnation | None], names: Callable[[], list[str]]) -> None:
        self._find = find
        self._names = names

    def __getitem__(self, name: str) -> Incarnation:
        """Return the life that has this name now."""
        found = self._find(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        """Give the names."""
        return iter(self._names())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._names())


def rank(name: str) -> tuple[int, str]:
    """Return what orders names as people count: by length, then by letters."""
    return len(name), name
