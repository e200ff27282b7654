"""A controller that keeps to the contract breaks no promise, whatever its users do and however late its cache is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.history.history import History
from harness.promises.verdict import PROMISES, Outcome, judge
from tests.promises.histories import SUBJECT, World, whole

ordinals = st.integers(0, 12)
moves = st.one_of(
    st.tuples(st.just("delete"), st.integers(0, 6)),
    st.tuples(st.just("break"), st.integers(0, 6)),
    st.tuples(st.just("mend"), st.integers(0, 6)),
    st.tuples(st.just("scale"), st.integers(0, 5)),
    st.tuples(st.just("partition"), st.integers(0, 6)),
    st.tuples(st.just("image"), st.sampled_from(["app:v1", "app:v2", "app:v3"])),
    st.tuples(st.just("start"), st.integers(0, 3)),
)
reactions = st.lists(
    st.one_of(
        st.tuples(st.just("round"), st.none()),
        st.tuples(st.just("settle"), st.none()),
        st.tuples(st.just("observe"), st.none()),
        st.tuples(st.just("sync"), st.none()),
        st.tuples(st.just("run"), ordinals),
        st.tuples(st.just("rest"), st.integers(1, 20)),
    ),
    max_size=5,
)


def play(world: World, move: tuple[str, object]) -> None:
    """Let one thing happen in the world."""
    verb, value = move
    changes = {"scale": "replicas", "partition": "partition", "image": "image", "start": "start"}
    if verb in changes:
        world.change(**{changes[verb]: value})
    elif verb == "round":
        for ordinal in list(world.pods):
            world.run(ordinal)
        world.observe().sync()
    else:
        deeds: dict[str, Callable[..., World]] = {
            "delete": world.delete,
            "break": world.break_pod,
            "mend": world.mend_pod,
            "observe": world.observe,
            "sync": world.sync,
            "run": world.run,
            "settle": world.settle,
            "rest": world.rest,
        }
        deeds[verb](*[] if value is None else [value])


@st.composite
def recorded(draw: st.DrawFn, make: Callable[..., World] = World) -> History:
    """Draw the record of a set in trouble, seen through streams that are late by less than the lag."""
    late = cycle(draw(st.lists(st.floats(0, 0.045), min_size=1, max_size=8)))
    world = make(
        replicas=draw(st.integers(1, 4)),
        start=draw(st.integers(0, 2)),
        partition=draw(st.integers(0, 3)),
        min_ready_s=draw(st.sampled_from([0, 0, 2, 5])),
        parallel=draw(st.booleans()),
        delay=lambda _: next(late),
        step_s=draw(st.sampled_from([0.002, 0.02, 0.3])),
    )
    if world.set is None:
        world.apply()
    for move, following in draw(st.lists(st.tuples(moves, reactions), min_size=4, max_size=25)):
        play(world, move)
        for reaction in following:
            play(world, reaction)
    return world.settle().close()


@given(recorded())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_contract_is_never_found_broken(record: History) -> None:
    """No sequence of deletions, failures and changes makes a promise look broken that was kept."""
    for promise in PROMISES.values():
        verdict = judge(promise, record, SUBJECT, whole(record))
        assert verdict.outcome in (Outcome.KEPT, Outcome.NOT_APPLICABLE), (promise.name, verdict)


@pytest.mark.parametrize("start", [0, 5])
def test_more_than_ten_replicas(start: int) -> None:
    """Ordinals are numbers: web-10 comes after web-9, at creation, at update and when scaled down."""
    world = World(replicas=12, start=start).apply().settle()
    world.change(image="app:v2", partition=9).settle().change(replicas=1).settle()
    record = world.close()
    outcomes = {name: judge(promise, record, SUBJECT, whole(record)) for name, promise in PROMISES.items()}
    for name in (
        "ordered start",
        "reverse ordered stop",
        "rolling update in reverse order",
        "partition respected",
        "stable identity",
        "claim identity",
    ):
        assert outcomes[name].outcome is Outcome.KEPT, outcomes[name].observed


def test_order_of_text_is_not_the_order_of_ordinals() -> None:
    """A set that stops web-9 before web-10 and web-11 is found out."""
    world = World(replicas=12).apply().settle().change(replicas=9)
    world.observe()
    world._remove(world.pods[9])
    record = world.settle().close()
    verdict = judge(PROMISES["reverse ordered stop"], record, SUBJECT, whole(record))
    assert (verdict.outcome, verdict.clause) == (Outcome.BROKEN, "highest")
    assert [event.name for event in verdict.events] == ["web-10", "web-9"]
