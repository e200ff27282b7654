"""
What a wait looks for: a question that every view of a history answers with yes or not yet.

A condition is asked again at each new observation, live and on a stored history alike. After an event it accepts only
what the event brought about: `since` is the seq of that event, and an answer may not rest on anything the event had
not yet touched (a pod that is about to be replaced, a status of an older generation).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.history.history import History
from harness.history.observation import Observation

__all__ = ["Answer", "Condition", "unmet"]


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
    """

    expected: str
    kinds: tuple[str, ...]
    ask: Callable[[History, int], Answer]
    meets: Callable[[History, int], bool] | None = None

    def met(self, history: History, since: int) -> bool:
        """Return whether the condition is met in a view."""
        return self.meets(history, since) if self.meets else self.ask(history, since).met


def unmet(observed: str, *events: Observation) -> Answer:
    """Return the answer that the condition is not met."""
    return Answer(met=False, observed=observed, events=events)
