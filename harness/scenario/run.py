"""
Where a scenario plays: on a cluster, or on the recording of a former run.

Problem: a recording must be judged again by the very code that judged it live. Solution: whatever runs a scenario asks
its run for the time, the newest view of the history, the next observation and the proof of freshness. Live, these
come from the recorder; replayed, a cursor walks through the stored history, and nothing is asked of any cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from harness import timeouts
from harness.errors import BadInput
from harness.history.history import History
from harness.history.observation import ACTION, ANSWER, OUTPUT, STEP, Observation, Verb
from harness.history.recorder import Recorder
from harness.scenario.cluster_time import ClusterTime

__all__ = ["LiveRun", "Note", "Replay", "ScenarioRun", "StepMark"]

Probe = Callable[[], object]
Note = Callable[[], str]


@dataclass(frozen=True, slots=True)
class StepMark:
    """One step of the running scenario: its type (given, when or then), its text and its line in the feature."""

    type: str
    text: str
    line: int


class ScenarioRun(Protocol):
    """Where a scenario runs: time, history, the next observation, proof of freshness."""

    @property
    def scale(self) -> float:
        """By what the harness's own bounds are multiplied here (see `harness.timeouts`)."""

    @property
    def cluster_time(self) -> ClusterTime:
        """What of the scenario's time was not ours; whoever waits adds to it."""

    @property
    def history(self) -> History:
        """The history as far as it is known now."""

    @property
    def now(self) -> float:
        """Seconds since the history began."""

    def begin(self, step: StepMark) -> None:
        """Leave the mark of a step's begin."""

    def end(self, step: StepMark, outcome: str) -> None:
        """Leave the mark of a step's end: `passed` or `failed`."""

    def wait(self, until: float, probe: Probe | None = None, note: Note = str) -> bool:
        """
        Return True when there is a newer observation, False when `until` (seconds since the start) has come.

        `probe` asks something that cannot be watched and records the answer; it is called in between, paced. `note`
        says, for whoever looks on, what is waited for; it is asked only where somebody does.
        """

    def confirm_fresh(self, kinds: Iterable[str]) -> float:
        """Ask for proof that the streams of these kinds are complete; return the moment it was asked for."""

    def perform(self, deed: Callable[[], object]) -> None:
        """Let an event happen; its observations are in the history afterwards."""

    def query(self, topic: str, name: str, question: Callable[[], Observation]) -> Observation:
        """Return the observation that answers a question about `name` which cannot be watched."""


class LiveRun:
    """A scenario on a cluster: the recorder's clock, threads and history."""

    pace_s = 0.2
    """Seconds between two probes of what cannot be watched."""

    def __init__(self, recorder: Recorder, idle: Callable[[Note], None] = lambda _note: None) -> None:
        self.cluster_time = ClusterTime()
        self.scale = timeouts.scale()
        self._recorder = recorder
        self._idle = idle
        self._seen = 0

    @property
    def history(self) -> History:
        """The part of the recorder's history that was taken note of, one observation further with each wait."""
        return self._recorder.history.upto(self._seen)

    @property
    def now(self) -> float:
        """Seconds since recording began."""
        return self._recorder.now

    def begin(self, step: StepMark) -> None:
        """Record that a step begins."""
        self._mark(Verb.BEGAN, step, {})

    def end(self, step: StepMark, outcome: str) -> None:
        """Record how a step ended."""
        self._mark(Verb.ENDED, step, {"outcome": outcome})

    def wait(self, until: float, probe: Probe | None = None, note: Note = str) -> bool:
        """Step to the next observation as soon as it is recorded."""
        self._idle(note)
        while self._seen == self._recorder.history.end:
            left = until - self.now
            if left <= 0:
                return False
            self._recorder.wait(self._seen, min(left, self.pace_s if probe else 1.0))
            if self._seen == self._recorder.history.end:
                self._idle(note)
                if probe:
                    probe()
        self._seen += 1
        return True

    def confirm_fresh(self, kinds: Iterable[str]) -> float:
        """List the kinds anew and take note of all that was recorded until the streams had caught up."""
        asked = self._recorder.confirm_fresh(tuple(kinds))
        self._catch_up()
        return asked

    def perform(self, deed: Callable[[], object]) -> None:
        """Do it, and take note of what was recorded meanwhile."""
        with self.cluster_time.answering():
            deed()
        self._catch_up()

    def query(self, topic: str, name: str, question: Callable[[], Observation]) -> Observation:
        """Ask now."""
        del topic, name
        with self.cluster_time.answering():
            answer = question()
        self._catch_up()
        return answer

    def _mark(self, verb: Verb, step: StepMark, more: dict[str, str]) -> None:
        data = {"type": step.type, "text": step.text, "line": step.line, **more}
        self._recorder.record(STEP, verb, name=step.text, data=data)
        self._catch_up()

    def _catch_up(self) -> None:
        self._seen = self._recorder.history.end


class Replay:
    """A scenario on a stored history: events have happened, waiting walks on. `scale` is that of the recording."""

    def __init__(self, recorded: History, source: str, scale: float = 1.0) -> None:
        self.cluster_time = ClusterTime()
        self.scale = scale
        self._recorded = recorded
        self._source = source
        self._cursor = 0
        self._now = 0.0

    @property
    def history(self) -> History:
        """The stored history up to the cursor."""
        return self._recorded.upto(self._cursor)

    @property
    def now(self) -> float:
        """The moment that the replay has come to, in seconds since the recording began."""
        return self._now

    def begin(self, step: StepMark) -> None:
        """
        Go to where the step began in the recording.

        A Then that the recording lacks plays where the last one before it ended. Raises BadInput for a Given or When
        that the recording lacks: what did not happen cannot be judged.
        """
        marks = self._recorded.of(STEP, Verb.BEGAN, name=step.text, since=max(self._cursor - 1, 0))
        if marks:
            self._move(marks[0].seq + 1)
        elif step.type != "then":
            problem = f"the recording has no step {step.text!r}; only Then steps can be changed for a replay"
            raise BadInput(problem, self._source)

    def end(self, step: StepMark, outcome: str) -> None:
        """Go to where the step ended in the recording, where it is recorded."""
        del outcome
        marks = self._recorded.of(STEP, Verb.ENDED, name=step.text, since=self._cursor)
        following = self._recorded.of(STEP, Verb.BEGAN, since=self._cursor)
        if marks and not (following and following[0].seq < marks[0].seq):
            self._move(marks[0].seq + 1)

    def wait(self, until: float, probe: Probe | None = None, note: Note = str) -> bool:
        """Step to the next stored observation that is not later than `until`."""
        del probe, note
        if self._cursor < self._recorded.end and self._recorded[self._cursor].at <= until:
            self._move(self._cursor + 1)
            return True
        self._now = until
        return False

    def confirm_fresh(self, kinds: Iterable[str]) -> float:
        """Go past the proofs that the recorder took next; without them the verdict will be inconclusive."""
        asked = self._now
        proofs = [self._recorded.of(kind, Verb.SYNCED, since=self._cursor) for kind in kinds]
        if proofs and all(proofs):
            # None of them was asked for before the window closed.
            asked = min(float(proof[0].data["asked"]) for proof in proofs)
            self._move(max(proof[0].seq for proof in proofs) + 1)
        return asked

    def perform(self, deed: Callable[[], object]) -> None:
        """Go past what was done in this step of the recording, as far as the proof that closed the next wait in it."""
        del deed
        ended = self._recorded.of(STEP, Verb.ENDED, since=self._cursor)
        end = ended[0].seq if ended else self._recorded.end
        done = self._recorded.of(ACTION, since=self._cursor, before=end)
        if done:
            following = (self._recorded[seq] for seq in range(done[0].seq, end))
            proof = next((seen.seq for seen in following if seen.verb is Verb.SYNCED), end)
            self._move(max(one.seq for one in done if one.seq < proof) + 1)

    def query(self, topic: str, name: str, question: Callable[[], Observation]) -> Observation:
        """
        Return the recorded answer.

        Raises BadInput where this was not asked at this point.
        """
        del question
        answers = self._recorded.of(topic, name=name, since=self._cursor)
        if topic not in (ANSWER, OUTPUT) or not answers:
            raise BadInput(f"the recording holds no {topic} about {name!r} from here on", self._source)
        self._move(answers[0].seq + 1)
        return answers[0]

    def _move(self, cursor: int) -> None:
        self._cursor = cursor
        self._now = max(self._now, self._recorded[cursor - 1].at)
