"""What a server acknowledged is judged by what it, and no other, said before."""

from __future__ import annotations

from harness.promises.verdict import PROMISES, Outcome, Verdict, judge
from tests.promises.histories import SUBJECT, World, whole


def verdict(world: World) -> Verdict:
    seen = world.close()
    return judge(PROMISES["acknowledged entries kept"], seen, SUBJECT, whole(seen))


def test_entry_of_a_former_pod_of_the_same_name_counts() -> None:
    world = World().apply().settle().acknowledged(1, "a", "b").delete(1).settle().found(1, "a")
    found = verdict(world)
    assert (found.outcome, found.clause) == (Outcome.BROKEN, "present")
    assert "web-1 has acknowledged b" in found.observed


def test_entry_that_was_never_acknowledged_may_be_there_or_not() -> None:
    world = World().apply().settle().acknowledged(0, "a").found(0, "a", "of-unknown-outcome")
    assert verdict(world).outcome is Outcome.KEPT


def test_entry_that_both_have_acknowledged_is_nobodys_alone() -> None:
    world = World().apply().settle().acknowledged(0, "a", "both").acknowledged(1, "both").found(1, "both")
    assert verdict(world).outcome is Outcome.KEPT


def test_entries_of_another_replica_are_told() -> None:
    world = World().apply().settle().acknowledged(0, "a").acknowledged(1, "b").found(1, "b", "a")
    found = verdict(world)
    assert (found.outcome, found.clause) == (Outcome.BROKEN, "own")


def test_list_of_a_replica_that_acknowledged_nothing_proves_nothing() -> None:
    assert verdict(World().apply().settle().found(0)).outcome is Outcome.NOT_APPLICABLE
