"""How long it took until all was well again: numbers of real recordings, each worked out by hand from its lines."""

from __future__ import annotations

from copy import deepcopy

import pytest

from harness.history.history import History
from harness.model import Lack, Recovery
from harness.promises.recovery import recoveries
from tests.promises.histories import World
from tests.promises.test_recording import stored

Told = tuple[str, Lack, str, float | None]


def told(history: History) -> list[Told]:
    return [(one.event, one.lack, one.subject, one.seconds) for one in recoveries(history)]


def test_deletions_and_rollouts_of_a_real_record() -> None:
    """
    The canary: what each pod lacked, from its last ready moment to the next one, by the `at` of its observations.

    myapp-1: 69 → 90, 13.3262 → 14.2296. myapp-2: 164 → 182, 27.7724 → 29.3186. myapp-0: 186 → 212, 29.3444 → 31.3646.
    myapp-2: 191 → 223, 29.3774 → 32.6106. myapp-1: 228 → 245, 32.6680 → 33.8363. myapp-0: 247 → 266,
    33.8486 → 50.2753. What is scaled away comes back never, and is no lack; names were asked for long after.
    """
    assert told(stored("canary")) == [
        ("delete Pod myapp-1", Lack.READY, "myapp-1", pytest.approx(0.9034, abs=2e-4)),
        ("apply StatefulSet myapp", Lack.READY, "myapp-2", pytest.approx(1.5462, abs=2e-4)),
        ("delete Pod myapp-0", Lack.READY, "myapp-0", pytest.approx(2.0202, abs=2e-4)),
        ("delete Pod myapp-2", Lack.READY, "myapp-2", pytest.approx(3.2332, abs=2e-4)),
        ("apply StatefulSet myapp", Lack.READY, "myapp-1", pytest.approx(1.1683, abs=2e-4)),
        ("apply StatefulSet myapp", Lack.READY, "myapp-0", pytest.approx(16.4267, abs=2e-4)),
    ]


def test_pause_of_a_writer_in_a_real_record() -> None:
    """The client's own clock: write 3 acknowledged at 1.910903, write 4 unknown, write 5 acknowledged at 4.327978."""
    event = 'client "writer" and pod "notebook-1" cannot reach each other'
    assert told(stored("writes")) == [(event, Lack.WRITE, 'client "writer"', 2.4171)]


def test_event_of_a_step_has_the_words_of_the_step() -> None:
    """mysql-1: its deletion is seen at 17.237, the new pod is ready at 36.7485; the first start is no event."""
    assert told(stored("database")) == [('pod "mysql-1" is deleted', Lack.READY, "mysql-1", 19.5115)]


def test_rollout_of_an_operator_in_a_real_record() -> None:
    """
    What a client saw meanwhile, by its own clock, and when each pod was found by its name.

    Not ready: shop-2 116 → 163, 4.7942 → 7.6417; shop-1 164 → 199, 7.6531 → 9.5196; shop-0 203 → 245, 9.6399 → 12.4288.
    Answers: shop-2 115 → 168, 4.6390 → 7.7171; shop-1 173 → 205, 7.9141 → 9.7167; shop-0 225 → 252, 10.8868 → 12.4598.
    Names: 163 → 166, 7.6417 → 7.7168; 199 → 204, 9.5196 → 9.7167; 245 → 247, 12.4288 → 12.4318.
    """
    found = recoveries(stored("operator"))
    assert {one.event for one in found} == {'"shop-v2" is applied'}
    spans = [(one.lack, one.subject.partition(" ")[0], one.seconds) for one in found]
    assert spans == [
        (lack, f"shop-{ordinal}", pytest.approx(span_s, abs=2e-4))
        for lack, several in (
            (Lack.READY, (2.8475, 1.8665, 2.7889)),
            (Lack.ANSWER, (3.0781, 1.8026, 1.5730)),
            (Lack.NAME, (0.0751, 0.1971, 0.0030)),
        )
        for ordinal, span_s in zip((2, 1, 0), several, strict=True)
    ]


def test_nothing_is_told_of_a_start() -> None:
    assert told(stored("preparation")) == []


def running() -> World:
    return World().apply().settle()


def test_first_missed_answer_to_first_answer() -> None:
    """The samples are 2 s, 3 s and 1.5 s apart, and so is what the client's clock says: 1.1 + 3.1 and no more."""
    world = running().sample("answer", "web-1", "ok").delete(1)
    world.sample("answer", "web-1", "failed", after_s=2).sample("answer", "web-1", "failed", after_s=1)
    world.sample("answer", "web-1", "ok", after_s=3).sample("answer", "web-1", "ok", after_s=1.5)
    found = [one for one in recoveries(world.close()) if one.lack is Lack.ANSWER]
    assert [(one.subject, one.event) for one in found] == [('web-1 for client "web"', "delete Pod web-1")]
    assert found[0].seconds == pytest.approx(1.1 + 3.1)


def test_answer_that_never_came_has_no_end() -> None:
    world = running().sample("answer", "web-1", "ok").delete(1).sample("answer", "web-1", "failed")
    assert [one.seconds for one in recoveries(world.close()) if one.lack is Lack.ANSWER] == [None]


def test_hole_after_a_missed_answer_leaves_its_length_open() -> None:
    world = running().sample("answer", "web-1", "ok").delete(1).sample("answer", "web-1", "failed")
    record = world.hole("web-1", world.at).sample("answer", "web-1", "ok", after_s=9).close()
    assert not [one for one in recoveries(record) if one.lack is Lack.ANSWER]


def test_writer_that_is_never_acknowledged_again_has_no_end() -> None:
    world = running().sample("write", "k1", "began").sample("write", "k1", "ok").delete(1)
    record = world.sample("write", "k2", "began").rest(9).close()
    assert [one.seconds for one in recoveries(record) if one.lack is Lack.WRITE] == [None]


def test_writer_that_is_done_is_missed_by_nobody() -> None:
    world = running().sample("write", "k1", "began").sample("write", "k1", "ok").delete(1)
    assert not [one for one in recoveries(world.rest(9).close()) if one.lack is Lack.WRITE]


def named(*pauses_s: float) -> list[Recovery]:
    """Ask for the name of a pod that was replaced after each of these pauses, in vain but for the last time."""
    world = running().delete(1).settle()
    ready = world.at
    for number, pause_s in enumerate(pauses_s, 1):
        world.rest(pause_s)
        found = number == len(pauses_s)
        records = [world.address(1)] if found else []
        world.ask("web-1.web-svc", "A", *records, rcode="NOERROR" if found else "NXDOMAIN")
    record = world.close()
    assert record.now > ready
    return [one for one in recoveries(record) if one.lack is Lack.NAME]


def test_ready_to_found_by_name() -> None:
    """Each question is answered a tenth of a second after it."""
    short, long = named(0.5, 0.5), named(0.5, 0.5, 2)
    assert [(one.subject, one.event) for one in long] == [("web-1", "delete Pod web-1")]
    assert long[0].seconds is not None
    assert short[0].seconds is not None
    assert long[0].seconds - short[0].seconds == pytest.approx(2.1)


def test_name_that_nobody_asked_for_in_time_is_no_number() -> None:
    assert named(9) == []
    assert named(0.5, 9) == []


def test_pod_that_the_scenario_deleted_and_nobody_made_again_is_missing_to_the_end() -> None:
    world = running().delete(1).run(1).rest(3)
    assert [(one.subject, one.seconds) for one in recoveries(world.close())] == [("web-1", None)]


def test_pod_that_nothing_makes_again_under_its_name_is_missed_by_nobody() -> None:
    """As one of a deployment's, whose successors have other names, or one that belongs to nobody."""
    world = running()
    for owners in ([{"kind": "ReplicaSet", "name": "r", "uid": "r", "controller": True}], []):
        world.pods[1]["metadata"]["ownerReferences"] = owners
        assert recoveries(deepcopy(world).delete(1).run(1).rest(3).close()) == []


def test_of_several_lacks_of_one_subject_the_longest_is_told() -> None:
    world = running().delete(1).settle()
    world.break_pod(1).rest(30).mend_pod(1).settle()
    found = recoveries(world.close())
    assert [one.subject for one in found] == ["web-1"]
    assert found[0].seconds is not None
    assert found[0].seconds > 30
