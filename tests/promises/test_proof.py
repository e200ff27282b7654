"""A clause is proved by a recording that it rejects once it is changed, and by nothing less."""

from __future__ import annotations

import pytest

from harness.history.history import History
from harness.promises.mutations import MUTATIONS, Proof, mutate, prove_clause
from harness.promises.mutations.mutation import Mutation
from tests.promises.histories import history, rich

NAME = "ordered start: ready"


@pytest.fixture(scope="module")
def good() -> History:
    """Give a record in which every promise is kept."""
    return rich()


def test_clause_that_finds_its_mutation_out_is_proved(good: History) -> None:
    """The first history without an occasion, and one that is broken as it is, are passed over."""
    assert prove_clause(NAME, [history(), mutate(NAME, good), good]) == Proof(NAME)


def test_clause_without_an_occasion_is_not_proved() -> None:
    """Nothing shows that it could fail."""
    assert prove_clause(NAME, [history()]) == Proof(NAME, "no recording offers the occasion")


def test_blind_clause_survives(good: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that leaves the promise kept ends the search, whatever other recordings there are."""
    blind = Mutation("ordered start", "ready", lambda record, _subject: History(record))
    monkeypatch.setitem(MUTATIONS, NAME, blind)
    assert prove_clause(NAME, [good, good]) == Proof(NAME, 'of "web": kept')


def test_breach_of_another_clause_is_no_proof(good: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clause itself must find it."""
    other = Mutation("ordered start", "ready", MUTATIONS["ordered start: rising"].apply)
    monkeypatch.setitem(MUTATIONS, NAME, other)
    assert prove_clause(NAME, [good]) == Proof(NAME, 'of "web": broken rising')
