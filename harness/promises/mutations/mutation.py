"""What a mutation is, and how one is found by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.errors import BadInput
from harness.history.history import History
from harness.history.observation import SAMPLE, STEP, Verb
from harness.promises.verdict import PROMISES, Subject

__all__ = ["MUTATIONS", "Mutate", "Mutation", "breaks", "mutate", "occasion"]

Mutate = Callable[[History, Subject], History | None]


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change that breaks one clause of one promise; `apply` returns None where the history offers no occasion."""

    promise: str
    clause: str
    apply: Mutate

    @property
    def name(self) -> str:
        """What a control calls it by."""
        return f"{self.promise}: {self.clause}"


MUTATIONS: dict[str, Mutation] = {}
"""Every mutation by its name."""


def mutate(name: str, history: History) -> History:
    """
    Return a copy of the history, changed so that it breaks the clause that the mutation is named after.

    Raises BadInput for an unknown name, and where no set and no client in the history offers the occasion.
    """
    if name not in MUTATIONS:
        raise BadInput(f"there is no mutation {name!r}", remedy=f"one of: {', '.join(MUTATIONS)}")
    found = occasion(name, history)
    if found:
        return found[1]
    clause = PROMISES[MUTATIONS[name].promise].clause(MUTATIONS[name].clause)
    raise BadInput(f"this recording offers no occasion to break: {clause.text}")


def occasion(name: str, history: History) -> tuple[Subject, History] | None:
    """
    Return the first subject that offers a mutation its occasion, with the changed copy; None where none does.

    The copy ends with the last step: nobody judges what comes after it, while faults are healed.
    """
    steps = history.of(STEP, Verb.ENDED)
    judged = history.upto(steps[-1].seq + 1) if steps else history
    of_set = PROMISES[MUTATIONS[name].promise].about == "StatefulSet"
    named = judged.incarnations("StatefulSet") if of_set else judged.of(SAMPLE)
    for subject in dict.fromkeys(one.name for one in named):
        changed = MUTATIONS[name].apply(judged, Subject(subject))
        if changed is not None:
            return Subject(subject), changed
    return None


def breaks(promise: str, clause: str) -> Callable[[Mutate], Mutate]:
    """Make the decorated function the mutation that breaks this clause of this promise."""

    def register(apply: Mutate) -> Mutate:
        mutation = Mutation(promise, clause, apply)
        MUTATIONS[mutation.name] = mutation
        return apply

    return register
