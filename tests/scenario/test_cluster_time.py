"""What of a scenario's time counts as the cluster's, and what is left to the harness."""

from __future__ import annotations

import pytest

from harness.errors import BadInput, ExpectationNotMet
from harness.model import Since
from harness.promises.condition import Condition
from harness.scenario.cluster_time import ClusterTime
from harness.scenario.judge import Judge
from harness.scenario.run import LiveRun, Replay
from tests.scenario.scripted import ScriptedRecorder
from tests.scenario.test_judge import THEN, WHEN, is_colour, judge_of, lamp


def floor_of(judge: Judge) -> ClusterTime:
    return judge._run.cluster_time


def test_wait_counts_up_to_the_observation_that_ended_it():
    judge = judge_of(ScriptedRecorder([lamp(1, "red"), lamp(2.5, "green")]), WHEN, THEN)

    judge.within(10, is_colour("green"))

    assert floor_of(judge) == ClusterTime(waited_s=2.5)


def test_what_was_there_already_is_not_waited_for():
    judge = judge_of(ScriptedRecorder([lamp(1, "green")]), WHEN, THEN)
    judge.within(10, is_colour("green"))

    judge.within(10, is_colour("green"))

    assert floor_of(judge) == ClusterTime(waited_s=1)


def test_slow_proof_is_the_harness_s_own():
    class Slow(ScriptedRecorder):
        def confirm_fresh(self, kinds):
            self.now += 7
            return super().confirm_fresh(kinds)

    judge = judge_of(Slow([lamp(2, "green")]), WHEN, THEN)

    judge.within(10, is_colour("green"))

    assert floor_of(judge) == ClusterTime(waited_s=2)


def test_window_counts_as_far_as_it_was_still_to_come():
    recorder = ScriptedRecorder([lamp(1, "green"), lamp(3, "green")])
    judge = judge_of(recorder, WHEN, THEN)
    judge.within(10, is_colour("green"))

    judge.throughout(5, is_colour("green"))

    assert floor_of(judge) == ClusterTime(waited_s=1, windows_s=4)


def test_wait_that_was_in_vain_counts_whole():
    judge = judge_of(ScriptedRecorder([lamp(1, "red")]), WHEN, THEN)

    with pytest.raises(ExpectationNotMet):
        judge.within(5, is_colour("green"))

    assert floor_of(judge) == ClusterTime(waited_s=5)


def test_window_that_breaks_counts_up_to_there():
    judge = judge_of(ScriptedRecorder([lamp(1, "green"), lamp(3, "red")]), WHEN, THEN)
    judge.within(10, is_colour("green"))

    with pytest.raises(ExpectationNotMet):
        judge.throughout(5, is_colour("green"))

    assert floor_of(judge) == ClusterTime(waited_s=1, windows_s=2)


def test_rest_that_closes_a_window_is_waited_for():
    judge = judge_of(ScriptedRecorder([lamp(1, "red"), lamp(4, "green")]), WHEN, THEN)
    dark = Condition("the lamp is blue", ("Pod",), is_colour("blue").ask)

    judge.never(dark, since=Since.SCENARIO, settled=is_colour("green"))

    assert floor_of(judge) == ClusterTime(waited_s=4)


def test_replay_counts_the_same_waits():
    recorder = ScriptedRecorder([lamp(1, "red"), lamp(2.5, "green")])
    live = judge_of(recorder, WHEN, THEN)
    live.within(10, is_colour("green"))
    run = Replay(recorder.history, "recording")
    for step in (WHEN, THEN):
        run.begin(step)
    replayed = Judge(run)

    replayed.within(10, is_colour("green"))

    assert floor_of(replayed) == floor_of(live) == ClusterTime(waited_s=2.5)


@pytest.mark.parametrize(("took_s", "computed_s"), [(2.0, 0.5), (2.0, 0.0), (0.5, 0.5)])
def test_answer_counts_without_what_our_thread_has_computed(monkeypatch, took_s, computed_s):
    clock = {"monotonic": 10.0, "thread_time": 1.0}
    monkeypatch.setattr("harness.scenario.cluster_time.time.monotonic", lambda: clock["monotonic"])
    monkeypatch.setattr("harness.scenario.cluster_time.time.thread_time", lambda: clock["thread_time"])
    run = LiveRun(ScriptedRecorder([]))  # type: ignore[arg-type]

    run.perform(lambda: clock.update(monotonic=10.0 + took_s, thread_time=1.0 + computed_s))

    assert run.cluster_time == ClusterTime(answered_s=took_s - computed_s)


def test_refused_event_counts_too(monkeypatch):
    times = iter([1.0, 4.0])
    monkeypatch.setattr("harness.scenario.cluster_time.time.monotonic", lambda: next(times))
    monkeypatch.setattr("harness.scenario.cluster_time.time.thread_time", lambda: 0.0)
    run = LiveRun(ScriptedRecorder([]))  # type: ignore[arg-type]

    def refused() -> None:
        raise BadInput("refused")

    with pytest.raises(BadInput):
        run.perform(refused)
    assert run.cluster_time == ClusterTime(answered_s=3)
