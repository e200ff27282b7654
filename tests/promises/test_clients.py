"""What clients tell: outages only where samples prove them, acknowledged writes found or lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.history.history import History
from harness.promises import conditions
from harness.promises.clients import writes_kept
from harness.promises.dns import dns_identity
from harness.promises.verdict import Outcome, Verdict, judge
from tests.promises.histories import SUBJECT, World, history, whole


def asked() -> World:
    """Return a world whose client has had an answer of each of three members."""
    world = World().apply().settle()
    for member in ("web-0", "web-1", "web-2"):
        world.sample("answer", member, "ok")
    return world


def told(world: World, *samples: str) -> History:
    """Return the record after these answers, each `MEMBER OUTCOME`."""
    for sample in samples:
        world.sample("answer", *sample.split())
    return world.close()


def fewer(record: History, number: int = 2) -> bool:
    return conditions.fewer_answering("web", number).ask(record, 0).met


def test_one_member_may_be_silent() -> None:
    assert not fewer(told(asked(), "web-2 failed", "web-2 failed", "web-2 ok", "web-1 failed", "web-1 ok"))


def test_two_members_silent_at_one_instant_are_shown_with_the_samples_around_it() -> None:
    record = told(asked(), "web-2 failed", "web-1 failed", "web-2 failed", "web-2 ok", "web-1 ok")
    answer = conditions.fewer_answering("web", 2).ask(record, 0)
    assert answer.met
    assert answer.observed == "1 of 3 answered web while web-1, web-2 did not"
    assert [event.data["subject"] for event in answer.events] == ["web-2", "web-1", "web-2"]


def test_two_members_silent_one_after_the_other_are_no_proof() -> None:
    """Nobody knows whether the first was back when the second went."""
    assert not fewer(told(asked(), "web-2 failed", "web-1 failed", "web-2 ok", "web-1 ok"))


def test_an_outage_does_not_reach_across_a_hole() -> None:
    """What was not heard may have been an answer."""
    world = asked().sample("answer", "web-2", "failed")
    world.hole("web-2", world.at).sample("answer", "web-1", "failed", after_s=5)
    assert not fewer(told(world, "web-2 failed"))


def test_a_member_that_never_answered_is_none() -> None:
    """Three are asked for, and two only have ever answered."""
    world = World().apply().settle().sample("answer", "web-0", "ok").sample("answer", "web-1", "ok")
    answer = conditions.fewer_answering("web", 3).ask(told(world, "web-2 failed"), 0)
    assert answer.met
    assert answer.observed == "only web-0, web-1 ever answered web"
    assert not fewer(told(world, "web-2 failed"))


def test_each_client_counts_for_itself() -> None:
    """Two clients that cannot reach one member each have seen no two of them silent."""
    world = asked()
    for member in ("web-0", "web-1", "web-2"):
        world.sample("answer", member, "ok", client="other")
    world.sample("answer", "web-2", "failed").sample("answer", "web-1", "failed", client="other")
    assert not fewer(told(world, "web-2 failed"))


def test_silence_lasts_from_its_first_sample_to_its_last() -> None:
    world = asked().sample("answer", "web-2", "failed").sample("answer", "web-2", "failed", after_s=2)
    record = world.sample("answer", "web-2", "ok", after_s=9).close()
    assert conditions.silent("web-2", 2).ask(record, 0).met
    assert not conditions.silent("web-2", 3).ask(record, 0).met
    assert conditions.silent("web-9", 3).ask(record, 0).observed == "no client ever asked web-9"


def test_all_members_answer_only_after_each_was_asked() -> None:
    world = World().apply().settle().sample("answer", "web-0", "ok").sample("answer", "web-1", "ok")
    everybody = conditions.all_answer("web", "web")
    assert everybody.ask(world.close(), 0).observed.endswith("web-2: not asked")
    assert everybody.ask(world.sample("answer", "web-2", "ok").close(), 0).met
    assert not everybody.ask(world.sample("answer", "web-1", "failed").close(), 0).met


def test_enough_writes_are_acknowledged() -> None:
    """The one that is under way counts neither way."""
    world = asked()
    for number, outcome in enumerate(("ok", "ok", "unknown", "ok")):
        world.sample("write", f"k{number}", "began").sample("write", f"k{number}", outcome)
    record = world.sample("write", "k4", "began").close()
    assert conditions.enough_acknowledged("web", 75).ask(record, 0).met
    assert not conditions.enough_acknowledged("web", 76).ask(record, 0).met
    assert not conditions.enough_acknowledged("stranger", 0).ask(record, 0).met


def test_writes_that_failed_before_the_event_do_not_count() -> None:
    world = asked().sample("write", "k0", "began").sample("write", "k0", "failed").sample("write", "k1", "began")
    event = world.close().end
    world.sample("write", "k1", "ok").sample("write", "k2", "began").sample("write", "k2", "ok")
    record = world.close()
    assert conditions.enough_acknowledged("web", 100).ask(record, event).observed.startswith("1 of 1 writes")
    assert not conditions.enough_acknowledged("web", 100).ask(record, 0).met


def test_a_name_that_a_client_was_told_is_judged_as_any_other() -> None:
    """Nine seconds after the pod has got another address the former one is wrong."""
    world = World().apply().settle()
    former = world.address(1)
    world.delete(1).settle().sample("name", "web-1.web-svc", former, after_s=3)
    record = world.close()
    assert judge(dns_identity, record, SUBJECT, whole(record)).outcome is Outcome.KEPT
    record = world.sample("name", "web-1.web-svc", former, after_s=9).close()
    verdict = judge(dns_identity, record, SUBJECT, whole(record))
    assert (verdict.outcome, verdict.clause) == (Outcome.BROKEN, "pod")


def test_a_hole_in_what_a_client_was_told_leaves_its_names_open() -> None:
    world = World().apply().settle()
    world.sample("name", "web-1.web-svc", world.address(1)).hole("web-1.web-svc", world.at, kind="name")
    record = world.close()
    assert judge(dns_identity, record, SUBJECT, whole(record)).outcome is Outcome.INCONCLUSIVE


def verdict_on(world: World) -> Verdict:
    record = world.close()
    return judge(writes_kept, record, SUBJECT, whole(record))


def test_a_hole_between_answers_says_nothing_of_writes_and_names() -> None:
    world = asked().apply().settle().sample("write", "k1", "began").sample("write", "k1", "ok")
    world.sample("name", "web-1.web-svc", world.address(1)).hole("web-1", world.at).stored("k1")
    record = world.close()
    assert judge(writes_kept, record, SUBJECT, whole(record)).outcome is Outcome.KEPT
    assert judge(dns_identity, record, SUBJECT, whole(record)).outcome is Outcome.KEPT


def test_a_write_acknowledged_while_reading_need_not_be_found() -> None:
    world = asked().sample("write", "k1", "began").sample("write", "k1", "ok").stored("k1")
    assert verdict_on(world.sample("write", "k2", "began").sample("write", "k2", "ok")).outcome is Outcome.KEPT


def test_without_writes_or_without_reading_there_is_nothing_to_judge() -> None:
    assert judge(writes_kept, history(), SUBJECT, whole(history())).outcome is Outcome.NOT_APPLICABLE
    assert "looked for" in verdict_on(asked().sample("write", "k1", "ok")).observed
    assert "acknowledged" in verdict_on(asked().sample("write", "k1", "unknown").stored("k1")).observed


OUTCOMES = st.sampled_from(["ok", "failed", "unknown", "began"])


@given(outcomes=st.lists(OUTCOMES, min_size=1, max_size=12), found=st.sets(st.integers(0, 15)))
def test_exactly_the_acknowledged_writes_must_be_found(outcomes: list[str], found: set[int]) -> None:
    """Against a model: lost is what was acknowledged and is not there, foreign what is there and was never sent."""
    world = World()
    for number, outcome in enumerate(outcomes):
        world.sample("write", f"k{number}", "began")
        if outcome != "began":
            world.sample("write", f"k{number}", outcome)
    verdict = verdict_on(world.stored(*(f"k{number}" for number in found)))
    acknowledged = {number for number, outcome in enumerate(outcomes) if outcome == "ok"}
    lost, foreign = acknowledged - found, {number for number in found if number >= len(outcomes)}
    if not acknowledged:
        assert verdict.outcome is Outcome.NOT_APPLICABLE
    elif lost or foreign:
        assert verdict.outcome is Outcome.BROKEN
        assert (
            verdict.clause == "known" if foreign else f"{len(lost)} of {len(acknowledged)} are lost" in verdict.observed
        )
    else:
        assert verdict.outcome is Outcome.KEPT
