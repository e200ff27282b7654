"""The proof that a clause can fail: a recording in which it is kept, and which it rejects once it is changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.history.history import History
from harness.promises.mutations.mutation import MUTATIONS, occasion
from harness.promises.verdict import PROMISES, Outcome, Subject, Verdict, Window, judge

__all__ = ["Proof", "prove_clause"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of the mutation of one clause; `survived` says why it was not found out, empty where it was."""

    name: str
    survived: str = ""


def prove_clause(name: str, histories: Iterable[History]) -> Proof:
    """
    Return the proof that the clause a mutation is named after can fail, by the first history that allows one.

    A history allows it that offers the occasion and does not break the promise as it is. There the changed history
    must be found to break this clause; where the change brings a breach of another clause to light before, or leaves
    no verdict, the next history is asked. One in which the promise is still kept ends the search: the clause is blind.
    """
    mutation = MUTATIONS[name]
    reason = "no recording offers the occasion"
    for history in histories:
        found = occasion(name, history)
        if found is None or _verdict(mutation.promise, history, found[0]).outcome is Outcome.BROKEN:
            continue
        subject, changed = found
        verdict = _verdict(mutation.promise, changed, subject)
        if verdict.outcome is Outcome.BROKEN and verdict.clause == mutation.clause:
            return Proof(name)
        reason = f'of "{subject.name}": {verdict.outcome.value} {verdict.clause or verdict.observed}'.rstrip()
        if verdict.outcome is Outcome.KEPT:
            break
    return Proof(name, reason)


def _verdict(promise: str, history: History, subject: Subject) -> Verdict:
    return judge(PROMISES[promise], history, subject, Window(0, history.end, 0.0))
