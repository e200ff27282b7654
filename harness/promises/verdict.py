"""
How a promise is stated and how its verdict is reached.

A promise is a function that yields the breaches it finds in a window of a history, or raises NotApplicable. `judge`
turns that into a verdict: a breach counts only where the record has no gap around the objects it names, and "no
breach" counts only where every judged kind was listed anew at the close of the window and the stream has caught up
with that list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from harness.history.history import Gap, History
from harness.history.observation import SAMPLE, Observation, Verb
from harness.promises import statefulsets
from harness.promises.subjects import Subject, bears

__all__ = [
    "PROMISES",
    "Breach",
    "Clause",
    "NotApplicable",
    "Outcome",
    "Promise",
    "Subject",
    "Verdict",
    "Window",
    "judge",
    "promise",
    "proved_kinds",
]


class Outcome(StrEnum):
    """The four answers a promise can get."""

    KEPT = "kept"
    BROKEN = "broken"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not applicable"


class NotApplicable(Exception):
    """The promise says nothing about this subject in this window; the text says why."""


@dataclass(frozen=True, slots=True)
class Window:
    """
    The part of a history that is judged: start ≤ seq < end.

    `asked` is the moment, in seconds, at which its closing was asked for: silence counts only if every judged kind was
    listed anew at or after it. `text` says in words where the window begins. `allowed_s` is for how many seconds
    something wrong may stand before it is a breach, where the sentence says so; else the promise's own bound holds.
    """

    start: int
    end: int
    asked: float
    text: str = ""
    allowed_s: float | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One checkable sentence of a promise; `key` is unique within it."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Breach:
    """One violation: the clause, what was seen in words, and the fewest events that show it, in order."""

    clause: str
    observed: str
    events: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What is known of one promise in one window.

    `events` is the shortest counterexample of a broken promise; `gaps` what makes it inconclusive. Its truth is
    ambiguous: ask for `outcome`.
    """

    promise: str
    outcome: Outcome
    expected: str
    observed: str = ""
    clause: str = ""
    events: tuple[Observation, ...] = ()
    gaps: tuple[Gap, ...] = ()
    window: Window | None = None

    def __bool__(self) -> bool:
        """Refuse: four outcomes do not fit into two."""
        raise TypeError("a verdict is neither true nor false; compare its outcome")


Examine = Callable[[History, Subject, Window], Iterable[Breach]]
Bears = Callable[[History, Subject, Gap], bool]


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of the StatefulSet contract: its name, its clauses, the kinds it looks at, its source."""

    name: str
    sentence: str
    clauses: tuple[Clause, ...]
    kinds: tuple[str, ...]
    source: str
    examine: Examine
    bears: Bears
    """Whether a gap leaves the verdict as it is, since nothing that this promise judges can lie in it."""
    about: str = "StatefulSet"
    """What the subject is called in a verdict."""

    def clause(self, key: str) -> Clause:
        """Return the clause of this key; KeyError where there is none."""
        return next(clause for clause in self.clauses if clause.key == key)


PROMISES: dict[str, Promise] = {}
"""Every promise by its name; filled when the modules of `harness.promises` are imported."""


def promise(
    name: str,
    sentence: str,
    *,
    clauses: dict[str, str],
    kinds: tuple[str, ...],
    source: str,
    bears: Bears = lambda _history, _subject, _gap: False,
    about: str = "StatefulSet",
) -> Callable[[Examine], Promise]:
    """
    Make the decorated function a promise and register it under `name`.

    `clauses`: key → sentence. `kinds`: the judged kinds, whose streams must be proved fresh. `source`: KEP,
    API documentation or upstream file that the promise is taken from. `bears`: which gaps it bears; by default none.
    Raises ValueError for a name used twice.
    """

    def register(examine: Examine) -> Promise:
        if name in PROMISES:
            raise ValueError(f"there are two promises named {name!r}")
        stated = tuple(Clause(key, text) for key, text in clauses.items())
        PROMISES[name] = Promise(name, sentence, stated, kinds, source, examine, bears, about)
        return PROMISES[name]

    return register


def judge(asked: Promise, history: History, subject: Subject, window: Window) -> Verdict:
    """
    Return the verdict on a promise for one subject over one window.

    The breach that is complete earliest, and of those the one with the fewest events, is the counterexample. A gap
    around its objects that began before it was complete puts it in doubt; a breach in doubt is no verdict, nor is it
    none.
    """
    seen = history.upto(window.end)
    expected = asked.sentence
    try:
        breaches = sorted(asked.examine(seen, subject, window), key=_completeness)
    except NotApplicable as reason:
        return Verdict(asked.name, Outcome.NOT_APPLICABLE, expected, str(reason), window=window)
    doubted: list[Gap] = []
    for breach in breaches:
        complete = max(event.at for event in breach.events)
        named = _doubts(asked, seen, subject, window, {(event.topic, event.name) for event in breach.events})
        doubts = [gap for gap in named if gap.since <= complete]
        doubted += doubts
        if not doubts:
            expected = asked.clause(breach.clause).text
            return Verdict(
                asked.name,
                Outcome.BROKEN,
                expected,
                breach.observed,
                breach.clause,
                breach.events,
                window=window,
            )
    gaps = (*doubted, *_doubts(asked, seen, subject, window, _judged_names(seen, asked, subject)))
    if gaps:
        text = f"the record has a gap at {gaps[0].name} ({gaps[0].topic}), from {gaps[0].since:.3f} s on"
        return Verdict(asked.name, Outcome.INCONCLUSIVE, expected, text, gaps=gaps, window=window)
    unproved = [kind for kind in proved_kinds(asked, seen) if seen.synced(kind, window.asked) is None]
    if unproved:
        text = f"nothing proves that the record of {', '.join(unproved)} was complete when the window closed"
        return Verdict(asked.name, Outcome.INCONCLUSIVE, expected, text, window=window)
    return Verdict(asked.name, Outcome.KEPT, expected, window=window)


def proved_kinds(asked: Promise, history: History) -> tuple[str, ...]:
    """Return the kinds that must be proved fresh; what clients tell only where there is one."""
    return tuple(kind for kind in asked.kinds if kind != SAMPLE or history.of(SAMPLE, Verb.DONE))


def _completeness(breach: Breach) -> tuple[int, int]:
    return (max(event.seq for event in breach.events), len(breach.events))


def _judged_names(history: History, asked: Promise, subject: Subject) -> set[tuple[str, str]]:
    """Return the names that a promise may have to do with, also of wanted pods that nobody has seen."""
    spans = {statefulsets.ordinals(seen.data) for seen in history.of("StatefulSet", name=subject.name) if seen.is_state}
    ordinals = {ordinal for span in spans for ordinal in span if "Pod" in asked.kinds}
    wanted = {("Pod", f"{subject.name}-{ordinal}") for ordinal in ordinals}
    own = bears(history, subject.name)
    recorded = {
        (kind, life.name)
        for kind in asked.kinds
        for life in history.incarnations(kind)
        if life.name == subject.name or own(life.name) or kind not in ("Pod", "StatefulSet")
    }
    return wanted | recorded | {(SAMPLE, told.name) for told in history.of(SAMPLE) if SAMPLE in asked.kinds}


def _doubts(
    asked: Promise, history: History, subject: Subject, window: Window, names: set[tuple[str, str]]
) -> Iterator[Gap]:
    for topic, name in sorted(names):
        for gap in history.gaps(topic, name, since=window.start, before=window.end):
            if not asked.bears(history, subject, gap):
                yield gap
