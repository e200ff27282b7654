"""Conditions about what a disruption budget counts and allows."""

from __future__ import annotations

from harness.history.history import History
from harness.promises.condition import Answer, Condition, absent
from harness.promises.pods import healthy
from harness.promises.subjects import pods_of

__all__ = ["budget_allows", "budget_known"]


def budget_known(budget: str, set_name: str) -> Condition:
    """The status of a disruption budget counts the set's pods as they are."""

    def look(history: History) -> Answer:
        found = history.alive("PodDisruptionBudget").get(budget)
        if found is None:
            return absent(history, "PodDisruptionBudget", budget)
        status, pods = found.last.data.get("status") or {}, pods_of(history, set_name)
        told = (status.get("expectedPods"), status.get("currentHealthy"))
        there = (len(pods), sum(healthy(life.last.data) for life in pods))
        current = status.get("observedGeneration") == found.last.data["metadata"].get("generation")
        text = f"it counts {told[0]} pods, {told[1]} healthy; there are {there[0]}, {there[1]} healthy"
        return Answer(bool(current and told == there), text, (found.last,))

    return Condition.now(f'budget {budget} counts the pods of "{set_name}"', ("PodDisruptionBudget", "Pod"), look)


def budget_allows(budget: str, number: int, *, anew: bool = False) -> Condition:
    """
    The status of a disruption budget, for its newest spec, allows so many evictions.

    With `anew` only a status that was written since the event counts.
    """

    def ask(history: History, since: int) -> Answer:
        found = history.alive("PodDisruptionBudget").get(budget)
        if found is None:
            return absent(history, "PodDisruptionBudget", budget)
        status, old = found.last.data.get("status") or {}, anew and found.last.seq <= since
        current = status.get("observedGeneration") == found.last.data["metadata"].get("generation")
        told = status.get("disruptionsAllowed")
        text = f"it allows {told}" + (", as it did before" if old else "" if current else ", for an older spec")
        return Answer(bool(current and not old and told == number), text, (found.last,))

    return Condition(f"budget {budget} allows {number} evictions", ("PodDisruptionBudget",), ask)
