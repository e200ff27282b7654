"""
Evaluates conditions against the recorded history after an event: within a time, for a time, at no time.

A window never closes on silence. At its end each judged kind is listed anew, and only a stream that has caught up with
that list counts; else the answer is Inconclusive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from harness.errors import ExpectationNotMet, HarnessError, Inconclusive
from harness.history.history import History
from harness.history.observation import ACTION, SAMPLE, STEP, Observation, Verb
from harness.model import Since, TimeLimit, TimeWord, format_seconds
from harness.promises.causes import Cause, Look, lasting
from harness.promises.condition import Answer, Condition
from harness.promises.explain import spell_events
from harness.promises.subjects import named_pods
from harness.promises.verdict import Outcome, Promise, Subject, Verdict, Window, proved_kinds
from harness.promises.verdict import judge as judge_promise
from harness.scenario.bounds import Fixed, Standstill
from harness.scenario.freshness import close, fresh_at, refuse_silence
from harness.scenario.run import Probe, ScenarioRun
from harness.timeouts import GIVEN, REST

__all__ = ["Judge"]

STUCK_S = 10.0
"""
Seconds for which nothing more is told of a cause that cannot heal before a wait ends early; less for bounds under 40 s.
What would heal it, as a rollout that replaces the pod, may be told by another stream.
"""


class Judge:
    """Answers for one scenario; every answer is a function of the recorded history alone."""

    def __init__(self, run: ScenarioRun) -> None:
        self._run = run
        self.verdicts: list[Verdict] = []
        """Every verdict that `keeps` has reached so far."""
        self.limits: dict[str, TimeLimit] = {}
        """The `within` bounds that were kept so far, by the text of their step; of several in one the tightest."""

    @property
    def history(self) -> History:
        """The history up to now."""
        return self._run.history

    @property
    def event(self) -> int:
        """
        The seq of the event that answers must be a consequence of.

        That is the begin of the step that runs, or in a Then the begin of the last When, or of the last Given where
        there is no When.
        """
        begun = self.history.of(STEP, Verb.BEGAN)
        if not begun:
            return 0
        if begun[-1].data["type"] != "then":
            return begun[-1].seq
        for wanted in ("when", "given"):
            found = [mark.seq for mark in begun if mark.data["type"] == wanted]
            if found:
                return found[-1]
        return 0

    def within(
        self,
        span_s: float,
        condition: Condition,
        *,
        since: int | None = None,
        blocked: Look | None = None,
        probe: Probe | None = None,
    ) -> Answer:
        """
        Return the first answer that meets the condition, at most `span_s` seconds after the step began.

        Only what came about after `since` (by default `event`) is accepted. Raises ExpectationNotMet when the time is
        over, or earlier when `blocked` names a cause that cannot heal before; Inconclusive when the record is not
        proved complete at that moment.
        """
        return self._await(Fixed(self._anchor(), span_s), condition, since, blocked, probe)

    def awaits(
        self,
        condition: Condition,
        *,
        since: int | None = None,
        blocked: Look | None = None,
        probe: Probe | None = None,
    ) -> Answer:
        """
        Return the first answer that meets a condition which the specification gives no time: what a Given says.

        It is given up where no pod and no claim has moved on for GIVEN; otherwise like `within`.
        """
        bound = Standstill(self._anchor(), GIVEN.plain_s * self._run.scale, self.history)
        return self._await(bound, condition, since, blocked, probe)

    def holds(
        self, time: TimeWord | None, condition: Condition, *, blocked: Look | None = None, probe: Probe | None = None
    ) -> Answer:
        """
        Return as `within` or as `throughout` does, as the time word says; as `shows` does where none is said.

        What holds throughout, or now, is never blocked.
        """
        if time is None:
            return self.shows(condition)
        if time.within:
            return self.within(time.seconds, condition, blocked=blocked, probe=probe)
        return self.throughout(time.seconds, condition, probe=probe)

    def shows(self, condition: Condition, *, since: int | None = None) -> Answer:
        """
        Return the answer if the record, as complete as it is now, meets the condition.

        Raises ExpectationNotMet where it does not; Inconclusive as `within` does.
        """
        event = self.event if since is None else since
        close(self._run, condition)
        answer = condition.ask(self.history, event)
        if not answer.met:
            raise self._unmet(condition, answer, event, f"failed: {condition.expected}", answer.events)
        return answer

    def throughout(
        self, span_s: float, condition: Condition, *, since: int | None = None, probe: Probe | None = None
    ) -> Answer:
        """
        Return the last answer once the condition has held for `span_s` seconds without interruption.

        Raises ExpectationNotMet at the first observation that breaks it; Inconclusive as `within` does.
        """
        event = self.event if since is None else since
        begun, end = self._run.now, self._anchor() + span_s
        holds = condition.met(self.history, event)
        while holds and self._run.wait(end, probe, lambda: f"still so: {condition.expected}"):
            holds = condition.met(self.history, event)
        answer = condition.ask(self.history, event)
        self._run.cluster_time.windows_s += max(0.0, (end if answer.met else self.history.now) - begun)
        if answer.met:
            answer = self._last_or_first_unmet(condition, event)
        if not answer.met:
            title = f"did not hold for {format_seconds(span_s)}: {condition.expected}"
            raise self._unmet(condition, answer, event, title, answer.events)
        return answer

    def never(self, condition: Condition, *, since: Since, settled: Condition | None = None) -> None:
        """
        Return if at no observation of the window that begins at `since` the condition was met.

        `settled` is awaited first, so that the window has an end that means something. Raises ExpectationNotMet with
        the first moment at which it was met, Inconclusive as `within` does.
        """
        start = self._start(since)
        self._settle(settled)
        close(self._run, condition)
        for view in _views(self.history, start, condition.kinds):
            if condition.met(view, start):
                answer = condition.ask(view, start)
                title = f"happened {since} at {format_seconds(view.now)}: {condition.expected}"
                raise self._unmet(condition, answer, start, title, answer.events or (view[view.end - 1],), never=True)
        refuse_silence(self.history, condition, start)

    def keeps(
        self,
        promise: Promise,
        name: str,
        *,
        since: Since = Since.SCENARIO,
        settled: Condition | None = None,
        allowed_s: float | None = None,
    ) -> Verdict:
        """
        Return the verdict *kept* of a promise for one StatefulSet, or client, judged from `since` until now.

        `allowed_s`: for how long something wrong may stand, where the sentence says so. Raises ExpectationNotMet with
        the counterexample of a broken promise, also where it is not applicable: a step that names a promise says that
        it applies. Raises Inconclusive where the record has a gap or is unproved.
        """
        subject, start = Subject(name), self._start(since)
        self._settle(settled)
        asked = fresh_at(self._run, proved_kinds(promise, self.history))
        window = Window(start, self.history.end, asked, since, allowed_s)
        verdict = judge_promise(promise, self.history, subject, window)
        self.verdicts.append(verdict)
        if verdict.outcome is Outcome.KEPT:
            return verdict
        about = "pods" if named_pods(self.history, name) else promise.about
        title = f'{about} "{name}" did not keep the promise "{promise.name}"'
        if verdict.outcome is Outcome.NOT_APPLICABLE:
            raise ExpectationNotMet(f"{title}: it does not apply", verdict.expected, verdict.observed)
        if verdict.outcome is Outcome.INCONCLUSIVE:
            raise Inconclusive(f'no verdict on "{promise.name}" for "{name}"', verdict.expected, verdict.observed)
        raise ExpectationNotMet(
            title,
            verdict.expected,
            verdict.observed,
            since=_since(self.history, start),
            details=spell_events(self.history, verdict.events, start),
            facts={"promise": promise.name, "clause": verdict.clause},
            events=tuple(event.seq for event in verdict.events),
        )

    def _start(self, since: Since) -> int:
        """Return the seq at which a window begins."""
        return self.event if since is Since.EVENT else 0

    def _await(
        self,
        bound: Fixed | Standstill,
        condition: Condition,
        since: int | None,
        blocked: Look | None,
        probe: Probe | None,
    ) -> Answer:
        event = self.event if since is None else since
        begun, patience_s = self._run.now, min(STUCK_S, bound.span_s / 4)
        look = lasting(blocked) if blocked else None
        asked = view = self.history
        met = condition.met(asked, event)
        while not met:
            cause = next(filter(bound.rules_out, look(view)), None) if look else None
            ripe = cause.events[-1].at + patience_s if cause else bound.end
            if cause and self._run.now >= ripe:
                self._waited(begun, self._run.now)
                answer = condition.ask(asked, event)
                raise self._unmet(condition, answer, event, f"cannot be met: {cause.text}", cause.events)
            note = partial(_note, condition, asked, event)
            if self._run.wait(min(bound.end, ripe), probe, note):
                view = self.history
                newest = view[view.end - 1]
                bound.heed(newest)
                if _concerns(newest, condition.kinds):
                    asked = view
                    met = condition.met(asked, event)
            elif self._run.now >= bound.end:
                self._waited(begun, bound.end)
                raise self._too_late(condition, event, bound, blocked(view) if blocked else ())
        self._waited(begun, self.history.now)
        if isinstance(bound, Fixed):
            self._kept(bound)
        close(self._run, condition)
        return condition.ask(asked, event)

    def _kept(self, bound: Fixed) -> None:
        """Take note of how much of a bound was used when the observation came that met its condition."""
        steps = self.history.of(STEP, Verb.BEGAN)
        step = steps[-1].name if steps else ""
        kept = TimeLimit(bound.span_s, max(0.0, self.history.now - (bound.end - bound.span_s)))
        self.limits[step] = min(kept, self.limits.get(step, kept), key=lambda limit: limit.left_s)

    def _anchor(self) -> float:
        marks = self.history.of(STEP, Verb.BEGAN)
        acts = self.history.of(ACTION, since=marks[-1].seq if marks else 0)
        return (acts or marks)[-1].at if acts or marks else self._run.now

    def _settle(self, settled: Condition | None) -> None:
        if settled is None:
            return
        begun = self._run.now
        bound = Standstill(begun, REST.plain_s * self._run.scale, self.history)
        event = self.event
        while not settled.met(self.history, event):
            if not self._run.wait(bound.end, note=lambda: settled.expected):
                title = f"the window cannot be closed: {bound.over(settled.expected)}"
                answer = settled.ask(self.history, event)
                raise Inconclusive(title, settled.expected, answer.observed, look_at=bound.hint[:1])
            bound.heed(self.history[self.history.end - 1])
        self._waited(begun, self.history.now)

    def _waited(self, begun: float, ended: float) -> None:
        """Take note of a wait; what ended it may have been there before, so that it has cost no time."""
        self._run.cluster_time.waited_s += max(0.0, ended - begun)

    def _last_or_first_unmet(self, condition: Condition, event: int) -> Answer:
        """Close the window, and look at all that came to light in doing so."""
        before = self.history.end - 1
        close(self._run, condition, anew=True)
        for view in _views(self.history, before, condition.kinds):
            if not condition.met(view, event):
                break
        return condition.ask(view, event)

    def _too_late(
        self, condition: Condition, event: int, bound: Fixed | Standstill, causes: Sequence[Cause]
    ) -> HarnessError:
        close(self._run, condition, anew=True)
        answer, title = condition.ask(self.history, event), bound.over(condition.expected)
        if answer.met:
            title = f"perhaps {title.removeprefix('not ')}, but seen only when the record was proved complete"
            return Inconclusive(title, condition.expected, answer.observed)
        known = (*answer.events, *(causes[0].events if causes else ()))
        error = self._unmet(condition, answer, event, title, known)
        if causes:
            error.observed += f"\n{causes[0].text}"
        error.look_at = bound.hint
        return error

    def _unmet(
        self,
        condition: Condition,
        answer: Answer,
        since: int,
        title: str,
        events: tuple[Observation, ...],
        *,
        never: bool = False,
    ) -> ExpectationNotMet:
        return ExpectationNotMet(
            title,
            f"at no time: {condition.expected}" if never else condition.expected,
            answer.observed,
            since=_since(self.history, since),
            details=spell_events(self.history, events, since),
            facts={"condition": condition.expected},
            events=tuple(event.seq for event in events),
        )


def _views(history: History, since: int, kinds: tuple[str, ...]) -> Iterator[History]:
    """Yield the view after each observation that could change a condition on these kinds."""
    yield history.upto(since + 1)
    for observation in history:
        if observation.seq > since and _concerns(observation, kinds):
            yield history.upto(observation.seq + 1)


def _note(condition: Condition, view: History, since: int) -> str:
    return f"{condition.expected}: {condition.ask(view, since).observed}"


def _concerns(observation: Observation, kinds: tuple[str, ...]) -> bool:
    """Return whether an observation can change a condition on these kinds; samples, being many, only where named."""
    return observation.topic in kinds or not (observation.is_state or observation.topic == SAMPLE)


def _since(history: History, seq: int) -> str:
    if not history.end:
        return ""
    event = history[min(seq, history.end - 1)]
    words = f": {event.name}" if event.topic == STEP else ""
    return f"{event.wall}, {format_seconds(history.now - event.at)} before this verdict{words}"
