"""Conditions made of conditions."""

from __future__ import annotations

from harness.history.history import History
from harness.promises.condition import Answer, Condition

__all__ = ["all_of", "any_of", "opposite"]


def all_of(*conditions: Condition) -> Condition:
    """Each of these is met at the same moment."""

    def ask(history: History, since: int) -> Answer:
        answers = [condition.ask(history, since) for condition in conditions]
        missing = [answer for answer in answers if not answer.met]
        return _join(not missing, missing or answers)

    def meets(history: History, since: int) -> bool:
        return all(condition.met(history, since) for condition in conditions)

    return Condition(" and ".join(one.expected for one in conditions), _kinds(conditions), ask, meets)


def any_of(*conditions: Condition) -> Condition:
    """One of these is met."""

    def ask(history: History, since: int) -> Answer:
        answers = [condition.ask(history, since) for condition in conditions]
        met = [answer for answer in answers if answer.met]
        return _join(bool(met), met or answers)

    def meets(history: History, since: int) -> bool:
        return any(condition.met(history, since) for condition in conditions)

    return Condition(" or ".join(one.expected for one in conditions), _kinds(conditions), ask, meets)


def opposite(condition: Condition, expected: str) -> Condition:
    """This one is not met; `expected` says what then holds, without a "not:"."""

    def ask(history: History, since: int) -> Answer:
        answer = condition.ask(history, since)
        return Answer(not answer.met, answer.observed, answer.events)

    return Condition(expected, condition.kinds, ask, lambda history, since: not condition.met(history, since))


def _kinds(conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind for condition in conditions for kind in condition.kinds))


def _join(met: bool, answers: list[Answer]) -> Answer:
    events = {event.seq: event for answer in answers for event in answer.events}
    return Answer(met, "; ".join(answer.observed for answer in answers), tuple(events.values()))
