"""What the judge says about windows of a record, live and replayed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf

import pytest

from harness import timeouts
from harness.errors import BadInput, ExpectationNotMet, Inconclusive
from harness.history.history import History
from harness.history.observation import ACTION, Verb
from harness.model import Since, TimeLimit
from harness.promises.causes import Cause
from harness.promises.condition import Answer, Condition
from harness.promises.pods import ready
from harness.scenario.judge import Judge
from harness.scenario.run import LiveRun, Replay, StepMark
from tests.scenario.scripted import Happening, ScriptedRecorder

WHEN = StepMark("when", "the lamp is switched", 3)
THEN = StepMark("then", "it shines", 4)


def lamp(at: float, colour: str) -> Happening:
    """A lamp changes its colour: an object of the kind Pod, since kinds are all one here."""
    metadata = {"name": "lamp", "uid": "u1", "resourceVersion": f"{at}"}
    return (at, "Pod", Verb.MODIFIED, "lamp", {"metadata": metadata, "colour": colour})


def _ask(colour: str, history: History, since: int) -> Answer:
    seen = history.of("Pod", Verb.MODIFIED, since=since)
    now = str(seen[-1].data["colour"]) if seen else "dark"
    return Answer(now == colour, f"the lamp is {now}", tuple(seen[-1:]))


def is_colour(colour: str) -> Condition:
    return Condition(f"the lamp is {colour}", ("Pod",), lambda history, since: _ask(colour, history, since))


def judge_of(recorder: ScriptedRecorder, *steps: StepMark) -> Judge:
    run = LiveRun(recorder)  # type: ignore[arg-type]
    for step in steps:
        run.begin(step)
    return Judge(run)


def test_within_returns_the_first_answer_that_meets_the_condition():
    judge = judge_of(ScriptedRecorder([lamp(1, "red"), lamp(2, "green"), lamp(3, "red")]), WHEN, THEN)

    answer = judge.within(10, is_colour("green"))

    assert [event.at for event in answer.events] == [2]
    assert judge.history.of("Pod", Verb.SYNCED), "the window was not closed by a proof"


def test_within_sees_a_state_that_passes_between_two_looks():
    """Both changes arrive at the same moment: a poll would see the second only."""
    recorder = ScriptedRecorder([lamp(1, "green"), lamp(1, "red")])

    assert judge_of(recorder, WHEN, THEN).within(10, is_colour("green")).met


def test_within_says_what_it_saw_when_time_is_over():
    judge = judge_of(ScriptedRecorder([lamp(1, "red")]), WHEN, THEN)

    with pytest.raises(ExpectationNotMet) as caught:
        judge.within(10, is_colour("green"))

    lines = str(caught.value).splitlines()
    assert lines[0] == "not within 10 s: the lamp is green"
    assert lines[1].split(None, 1) == ["observed:", "the lamp is red"]
    assert lines[2].split(None, 1)[0] == "since:"
    assert caught.value.expected == "the lamp is green"
    assert caught.value.facts == {"condition": "the lamp is green"}


def test_within_accepts_nothing_from_before_the_event():
    """A lamp that was green already proves nothing about the switch."""
    recorder = ScriptedRecorder([])
    recorder._deliver(*lamp(0, "green")[1:])

    with pytest.raises(ExpectationNotMet):
        judge_of(recorder, WHEN, THEN).within(5, is_colour("green"))


def test_within_is_inconclusive_when_the_stream_lags_behind_the_bound():
    """Found only by the closing list: it may have come in time or not."""
    recorder = ScriptedRecorder([], unlisted=[lamp(9, "green")])

    with pytest.raises(Inconclusive):
        judge_of(recorder, WHEN, THEN).within(10, is_colour("green"))


def blown(heals: float = inf) -> Callable[[History], list[Cause]]:
    """Return what tells, once the lamp was seen, that its fuse is blown and when that may heal."""

    def look(history: History) -> list[Cause]:
        seen = history.of("Pod", Verb.MODIFIED)
        return [Cause("the fuse is blown", seen[0].at, (seen[0],), heals)] if seen else []

    return look


@pytest.mark.parametrize("heals", [201, inf])
def test_within_ends_early_on_a_cause_that_cannot_heal_in_time(heals):
    judge = judge_of(ScriptedRecorder([lamp(1, "red")]), WHEN, THEN)

    with pytest.raises(ExpectationNotMet, match="cannot be met: the fuse is blown"):
        judge.within(200, is_colour("green"), blocked=blown(heals))

    assert judge._run.now < 20


def test_within_goes_on_where_a_cause_may_heal_in_time():
    judge = judge_of(ScriptedRecorder([lamp(1, "red"), lamp(190, "green")]), WHEN, THEN)

    assert judge.within(200, is_colour("green"), blocked=blown(199)).met


def test_within_tells_what_stood_in_the_way_until_the_end():
    judge = judge_of(ScriptedRecorder([lamp(1, "red")]), WHEN, THEN)

    with pytest.raises(ExpectationNotMet) as caught:
        judge.within(200, is_colour("green"), blocked=blown(0))

    assert judge._run.now >= 200
    assert caught.value.title == "not within 3 min 20 s: the lamp is green"
    assert caught.value.observed == "the lamp is red\nthe fuse is blown"


def replica(at: float, name: str, *, up: bool) -> Happening:
    """A replica of a set is seen, ready or not."""
    data = {
        "metadata": {"name": name, "uid": name, "labels": {"controller-revision-hash": "one"}},
        "spec": {},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": str(up)}]},
    }
    return (at, "Pod", Verb.MODIFIED, name, data)


def crew_of(number: int) -> Condition:
    """So many replicas are ready."""

    def ask(history: History, since: int) -> Answer:
        del since
        count = sum(ready(life.last.data) for life in history.alive("Pod").values())
        return Answer(count == number, f"{count} are ready")

    return Condition(f"{number} are ready", ("Pod",), ask)


CREW = StepMark("given", "a crew", 2)


def test_a_given_goes_on_as_long_as_replicas_become_ready():
    slow = [replica(100 * number, f"web-{number - 1}", up=True) for number in (1, 2, 3)]

    assert judge_of(ScriptedRecorder(slow), CREW).awaits(crew_of(3)).met


def test_a_given_ends_where_nothing_moves_on_and_tells_where_to_get_more_time():
    """A pod that is ready now and then is no progress."""
    restless = [replica(10 * number, "web-0", up=number % 2 == 0) for number in range(1, 30)]
    judge = judge_of(ScriptedRecorder(restless), CREW)

    with pytest.raises(ExpectationNotMet) as caught:
        judge.awaits(crew_of(2))

    assert caught.value.title == "nothing has moved on for 2 min 0 s: 2 are ready"
    assert judge._run.now == pytest.approx(20 + 120)
    assert "--harness-timeout-scale" in " ".join(caught.value.look_at)


def asking(at: float, spec: dict[str, object]) -> Happening:
    """A set of this spec was applied, whose pods will be as it says."""
    metadata = {"name": "web", "uid": "s1", "resourceVersion": f"{at}"}
    return (at, "StatefulSet", Verb.ADDED, "web", {"metadata": metadata, "spec": spec})


PROBED = {"containers": [{"name": "web", "readinessProbe": {"initialDelaySeconds": 130}}]}


@pytest.mark.parametrize("spec", [{"minReadySeconds": 130}, {"template": {"spec": PROBED}}])
def test_a_given_bears_the_pauses_that_the_manifests_ask_for(spec):
    """Between two replicas, or before the first one is ready, nothing can move on for longer than a Given waits."""
    slow = [asking(0.5, spec), *(replica(140 * number, f"web-{number - 1}", up=True) for number in (1, 2))]

    assert judge_of(ScriptedRecorder(slow), CREW).awaits(crew_of(2)).met


def test_a_given_knows_of_pauses_from_before_it():
    recorder = ScriptedRecorder([replica(140, "web-0", up=True)])
    recorder._deliver(*asking(0, {"minReadySeconds": 130})[1:])

    assert judge_of(recorder, CREW).awaits(crew_of(1)).met


def test_a_pause_that_was_asked_for_comes_to_an_end():
    judge = judge_of(ScriptedRecorder([asking(0.5, {"minReadySeconds": 130})]), CREW)

    with pytest.raises(ExpectationNotMet, match="nothing has moved on for 4 min 10 s"):
        judge.awaits(crew_of(1))


@pytest.fixture
def slow_machine():
    timeouts.set_scale(3)
    yield
    timeouts.set_scale(1)


@pytest.mark.usefixtures("slow_machine")
def test_the_scale_gives_a_given_more_time_and_a_promise_none():
    late = [replica(300, "web-0", up=True)]

    assert judge_of(ScriptedRecorder(late), CREW).awaits(crew_of(1)).met
    with pytest.raises(ExpectationNotMet, match="not within 2 min 0 s"):
        judge_of(ScriptedRecorder(late), WHEN, THEN).within(120, crew_of(1))


def test_a_given_of_a_recording_has_the_time_that_it_had_live(slow_machine):
    """Whoever judges it again need not know how slow the machine was."""
    recorder = ScriptedRecorder([replica(300, "web-0", up=True)])
    judge_of(recorder, CREW).awaits(crew_of(1))
    timeouts.set_scale(1)
    run = Replay(recorder.history, "crew.jsonl", 3)
    run.begin(CREW)

    assert Judge(run).awaits(crew_of(1)).met


@pytest.mark.parametrize("ask", ["within", "throughout", "never"])
def test_no_window_closes_without_proof(ask):
    """A stream that does not catch up with a fresh list makes every answer inconclusive."""
    judge = judge_of(ScriptedRecorder([lamp(20, "red")], late=["Pod"]), WHEN, THEN)

    asked = {
        "within": lambda: judge.within(10, is_colour("dark")),
        "throughout": lambda: judge.throughout(10, is_colour("dark")),
        "never": lambda: judge.never(is_colour("blue"), since=Since.SCENARIO),
    }
    with pytest.raises(Inconclusive):
        asked[ask]()


def test_thens_that_follow_each_other_at_once_rest_on_one_proof():
    judge = judge_of(ScriptedRecorder([lamp(1, "green")]), WHEN, THEN)
    judge.within(10, is_colour("green"))

    judge.shows(is_colour("green"))
    judge.never(is_colour("red"), since=Since.SCENARIO)

    assert len(judge.history.of("Pod", Verb.SYNCED)) == 1


def test_a_proof_is_asked_for_anew_once_something_has_happened():
    """What happened may have come late: there may be more that the stream has not delivered."""
    recorder = ScriptedRecorder([lamp(1, "green")])
    judge = judge_of(recorder, WHEN, THEN)
    judge.within(10, is_colour("green"))
    recorder._deliver(*lamp(2, "red")[1:])
    judge._run.begin(THEN)

    with pytest.raises(ExpectationNotMet):
        judge.never(is_colour("red"), since=Since.SCENARIO)

    assert len(judge.history.of("Pod", Verb.SYNCED)) == 2


def test_a_proof_from_before_an_event_stands_for_nothing_after_it():
    """Not every event leaves an observation of its own."""
    judge = judge_of(ScriptedRecorder([]), WHEN, THEN)
    judge.shows(Condition("it is dark", ("Pod",), partial(_ask, "dark")))
    for step in (WHEN, THEN):
        judge._run.begin(step)

    judge.never(is_colour("red"), since=Since.SCENARIO)

    assert len(judge.history.of("Pod", Verb.SYNCED)) == 2


def test_a_proof_of_one_kind_stands_for_no_other():
    judge = judge_of(ScriptedRecorder([lamp(1, "green")]), WHEN, THEN)
    judge.within(10, is_colour("green"))
    of_both = Condition("it is green", ("Pod", "StatefulSet"), partial(_ask, "green"))

    judge.shows(of_both)

    assert [len(judge.history.of(kind, Verb.SYNCED)) for kind in ("Pod", "StatefulSet")] == [1, 1]


@pytest.mark.row(42)
def test_throughout_breaks_at_the_first_interruption():
    judge = judge_of(ScriptedRecorder([lamp(1, "red"), lamp(2, "green")]), WHEN, THEN)

    with pytest.raises(ExpectationNotMet, match="did not hold for 10 s: the lamp is dark"):
        judge.throughout(10, is_colour("dark"))

    assert judge._run.now == 1


def test_throughout_is_broken_by_what_only_the_closing_list_shows():
    recorder = ScriptedRecorder([], unlisted=[lamp(9, "red")])

    with pytest.raises(ExpectationNotMet):
        judge_of(recorder, WHEN, THEN).throughout(10, is_colour("dark"))


def test_throughout_holds():
    judge = judge_of(ScriptedRecorder([lamp(20, "red")]), WHEN, THEN)

    assert judge.throughout(10, is_colour("dark")).met
    assert judge._run.now == pytest.approx(10)


def test_never_finds_a_state_that_has_passed():
    judge = judge_of(ScriptedRecorder([lamp(1, "green"), lamp(2, "blue"), lamp(3, "red")]), WHEN, THEN)
    judge.within(10, is_colour("red"))

    with pytest.raises(ExpectationNotMet, match="happened since the event at 2 s: the lamp is blue"):
        judge.never(is_colour("blue"), since=Since.EVENT)
    judge.never(is_colour("white"), since=Since.EVENT)


def test_never_waits_until_the_window_has_an_end():
    """What happens before things have settled belongs to the window."""
    judge = judge_of(ScriptedRecorder([lamp(1, "blue"), lamp(2, "red")]), WHEN, THEN)

    with pytest.raises(ExpectationNotMet):
        judge.never(is_colour("blue"), since=Since.EVENT, settled=is_colour("red"))


def test_never_waits_as_long_as_replicas_move_on():
    """A slow set comes to rest, later than any one of its replicas may take."""
    slow = [replica(100 * number, f"web-{number - 1}", up=True) for number in (1, 2, 3)]

    judge_of(ScriptedRecorder(slow), WHEN, THEN).never(crew_of(9), since=0, settled=crew_of(3))


def test_never_is_inconclusive_when_nothing_settles():
    judge = judge_of(ScriptedRecorder([lamp(1, "red")]), WHEN, THEN)

    with pytest.raises(Inconclusive, match="the window cannot be closed"):
        judge.never(is_colour("blue"), since=Since.EVENT, settled=is_colour("green"))


def _scenario(run: LiveRun | Replay, *, last: str, colour: str = "red") -> str:
    """Play a scenario of three steps and return how it ended."""
    judge = Judge(run)
    run.begin(WHEN)
    run.end(WHEN, "passed")
    run.begin(THEN)
    judge.within(10, is_colour("green"))
    run.end(THEN, "passed")
    final = StepMark("then", last, 5)
    run.begin(final)
    try:
        judge.never(is_colour(colour), since=Since.EVENT)
    except (ExpectationNotMet, Inconclusive) as error:
        run.end(final, "failed")
        return str(error).splitlines()[0]
    run.end(final, "passed")
    return "passed"


def test_replay_comes_to_the_same_verdict():
    recorder = ScriptedRecorder([lamp(1, "red"), lamp(2, "green"), lamp(3, "red")])
    live = _scenario(LiveRun(recorder), last="never red")  # type: ignore[arg-type]

    replayed = _scenario(Replay(recorder.history, "lamp.jsonl"), last="never red")

    assert live == replayed == "happened since the event at 1 s: the lamp is red"


def test_replay_judges_a_changed_then():
    recorder = ScriptedRecorder([lamp(1, "red"), lamp(2, "green")])
    _scenario(LiveRun(recorder), last="never red")  # type: ignore[arg-type]

    assert _scenario(Replay(recorder.history, "x"), last="never blue", colour="blue") == "passed"


def test_replay_refuses_a_changed_when():
    """What did not happen cannot be judged."""
    recorder = ScriptedRecorder([lamp(1, "red"), lamp(2, "green")])
    _scenario(LiveRun(recorder), last="never red")  # type: ignore[arg-type]

    with pytest.raises(BadInput, match="the recording has no step 'the lamp is smashed'"):
        Replay(recorder.history, "lamp.jsonl").begin(StepMark("when", "the lamp is smashed", 3))


def _two_events_in_a_step(run: LiveRun | Replay, recorder: ScriptedRecorder) -> list[float]:
    """Switch the lamp twice in one step, and wait for its colour each time; return when it had it."""
    judge, seen = Judge(run), []
    run.begin(WHEN)
    for colour in ("red", "green"):
        for number in (1, 2):
            run.perform(partial(recorder.record, ACTION, Verb.DONE, name=f"switch {number}"))
        seen += [event.at for event in judge.within(10, is_colour(colour)).events]
    run.end(WHEN, "passed")
    return seen


def test_replay_goes_through_a_step_in_which_more_than_one_thing_is_done():
    recorder = ScriptedRecorder([lamp(1, "red"), lamp(2, "green")])
    live = _two_events_in_a_step(LiveRun(recorder), recorder)  # type: ignore[arg-type]

    assert _two_events_in_a_step(Replay(recorder.history, "lamp.jsonl"), recorder) == live == [1, 2]


def test_replay_takes_proofs_that_were_asked_for_at_the_same_time_in_any_order():
    recorder = ScriptedRecorder([])
    for kind, asked in (("StatefulSet", 1.2), ("Pod", 1.1)):
        recorder.record(kind, Verb.SYNCED, data={"asked": asked, "lag": 0.01})
    run = Replay(recorder.history, "lamp.jsonl")

    asked = run.confirm_fresh(["Pod", "StatefulSet"])

    assert all(run.history.synced(kind, asked) for kind in ("Pod", "StatefulSet"))


def test_bound_that_was_kept_tells_how_much_of_it_was_used():
    """The event that counts is at 2.5 s; the proof that closes the window comes later and is nobody's bound."""
    recorder = ScriptedRecorder([lamp(1, "red"), lamp(2.5, "green")])
    judge = judge_of(recorder, WHEN, THEN)
    judge.within(10, is_colour("green"))
    judge.within(4, is_colour("green"))

    assert judge.limits == {"it shines": TimeLimit(4, 2.5)}

    again = Judge(Replay(recorder.history, "lamp"))
    for step in (WHEN, THEN):
        again._run.begin(step)
    again.within(10, is_colour("green"))

    assert again.limits == {"it shines": TimeLimit(10, 2.5)}


def test_bound_that_was_not_kept_has_nothing_left():
    judge = judge_of(ScriptedRecorder([lamp(1, "red")]), WHEN, THEN)

    with pytest.raises(ExpectationNotMet):
        judge.within(10, is_colour("green"))
    assert judge.limits == {}
