"""
What a wait looks for: a question that every view of a history answers with yes or not yet.

A condition is asked again at each new observation, live and on a stored history alike. After an event it accepts only
what the event brought about: `since` is the seq of that event, and an answer may not rest on anything the event had
not yet touched (a pod that is about to be replaced, a status of an older generation).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.history.history import History, Incarnation
from harness.history.observation import Observation
from harness.model import format_seconds

__all__ = ["Answer", "Condition", "absent", "unmet"]

_CALLED = {
    "Pod": "{}",
    "StatefulSet": 'StatefulSet "{}"',
    "PersistentVolumeClaim": "claim {}",
    "PersistentVolume": "volume {}",
    "PodDisruptionBudget": "disruption budget {}",
    "Service": "service {}",
}
"""How what is missing is called, by its kind; else by kind and name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    Whether the condition is met in a view, and what was seen.

    `observed` is one line in words either way; `events` are the observations that decide.
    """

    met: bool
    observed: str
    events: tuple[Observation, ...] = ()

    def __bool__(self) -> bool:
        """Refuse, so that nobody takes an answer for its `met`."""
        raise TypeError("an answer is neither true nor false; ask for its `met`")


@dataclass(frozen=True, slots=True)
class Condition:
    """
    A question about the state at the end of a view.

    `expected` completes the sentence "expected: …". `kinds` are the object kinds it looks at. `ask` gets a view of the
    history and the seq of the event that it must be a consequence of (0 where there was none). `meets` says the same as
    the answer's `met` and no more; where many objects are looked at, by a digest instead of by looking at each again.
    How a condition is made says what it rests on: `of_object` on one object, `now` on what is there, else on the event.
    """

    expected: str
    kinds: tuple[str, ...]
    ask: Callable[[History, int], Answer]
    meets: Callable[[History, int], bool] | None = None

    @classmethod
    def now(
        cls,
        expected: str,
        kinds: tuple[str, ...],
        look: Callable[[History], Answer],
        meets: Callable[[History], bool] | None = None,
    ) -> Condition:
        """Return a condition on what is there now, whatever the event was."""
        return cls(
            expected, kinds, lambda history, _since: look(history), meets and (lambda history, _since: meets(history))
        )

    @classmethod
    def of_object(cls, expected: str, kind: str, name: str, look: Callable[[Incarnation], Answer]) -> Condition:
        """Return a condition on one object as it is now; where it does not exist, the condition is not met."""

        def find(history: History) -> Answer:
            found = history.alive(kind).get(name)
            return look(found) if found else absent(history, kind, name)

        return cls.now(expected, (kind,), find)

    def met(self, history: History, since: int) -> bool:
        """Return whether the condition is met in a view."""
        return self.meets(history, since) if self.meets else self.ask(history, since).met


def unmet(observed: str, *events: Observation) -> Answer:
    """Return the answer that the condition is not met."""
    return Answer(met=False, observed=observed, events=events)


def absent(history: History, kind: str, name: str) -> Answer:
    """Return the answer that there is no such object, and since when."""
    words = _CALLED.get(kind, f"{kind} {{}}").format(name)
    former = history.incarnations(kind, name)
    if not former:
        return unmet(f"{words} does not exist")
    gone = former[-1].last
    return unmet(f"{words} does not exist since {format_seconds(history.now - gone.at)}", gone)
