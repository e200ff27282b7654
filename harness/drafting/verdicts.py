"""What came of each promise that was asked for, as `statefulspec check` tells it, and its exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from harness.drafting.application import Application
from harness.drafting.case import DraftedCase, NotAsked
from harness.drafting.workload import Workload
from harness.model import format_seconds
from harness.reports.results import ScenarioResult

__all__ = ["CheckOutcome", "Judged", "exit_code", "judged", "lines", "summed", "told_of"]

_MOST_LINES = 14
"""Lines of a counterexample on a terminal: the report has all of them."""
_WIDTH = 15
"""Columns of the longest outcome, `inconclusive`, and some space."""


class CheckOutcome(Enum):
    """How a promise came out."""

    KEPT = "kept"
    BROKEN = "broken"
    UNUSABLE = "unusable"
    INCONCLUSIVE = "inconclusive"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Judged:
    """A promise with its outcome; `told`: the counterexample, or why there is no verdict."""

    subject: str
    promise: str
    outcome: CheckOutcome
    told: str = ""
    advice: str = ""
    seconds: float = 0.0


def judged(application: Application, results: Iterable[ScenarioResult]) -> list[Judged]:
    """Return what came of each promise; one that has no result was not played, which is no verdict."""
    known = {result.title: result for result in results}
    found = [one for _, several in application.chosen.values() for one in several]
    return [_judged(one, known) for one in (*found, *application.spared)]


def _judged(one: DraftedCase | NotAsked, known: Mapping[str, ScenarioResult]) -> Judged:
    if isinstance(one, NotAsked):
        return Judged(one.subject, one.promise, CheckOutcome.NOT_ASKED, one.reason)
    result = known.get(one.title)
    if result is None:
        return Judged(one.subject, one.promise, CheckOutcome.INCONCLUSIVE, "it was not played, for the reason above")
    outcome = _outcome(result)
    advice = one.advice if outcome is CheckOutcome.BROKEN else ""
    return Judged(one.subject, one.promise, outcome, result.message, advice, result.seconds)


def _outcome(result: ScenarioResult) -> CheckOutcome:
    if result.outcome == "passed":
        return CheckOutcome.KEPT
    if result.outcome == "skipped":
        return CheckOutcome.NOT_ASKED
    if result.error in ("BadInput", "Invalid", "Denied", "Conflict") and not _was_applied(result):
        return CheckOutcome.UNUSABLE
    if result.error == "ExpectationNotMet" and _had_its_event(result):
        return CheckOutcome.BROKEN
    return CheckOutcome.INCONCLUSIVE


def _was_applied(result: ScenarioResult) -> bool:
    """Whether the server has taken the manifests: what cannot be used afterwards is something of the application."""
    return any(step.outcome == "passed" and step.text.startswith("StatefulSet ") for step in result.steps)


def _had_its_event(result: ScenarioResult) -> bool:
    """
    Whether the scenario came as far as its event: a Given that does not come about is no verdict on what follows.

    The event itself may be what fails, as an installation whose hook does.
    """
    return any(step.keyword == "When" and step.outcome != "skipped" for step in result.steps)


def exit_code(found: Iterable[Judged]) -> int:
    """Return 2 for what cannot be used, 1 for a broken promise, 3 where something, or all, has no verdict; else 0."""
    counted = Counter(one.outcome for one in found)
    for outcome, code in ((CheckOutcome.UNUSABLE, 2), (CheckOutcome.BROKEN, 1), (CheckOutcome.INCONCLUSIVE, 3)):
        if counted[outcome]:
            return code
    return 0 if counted[CheckOutcome.KEPT] else 3


def lines(application: Application, found: list[Judged]) -> Iterator[str]:
    """Yield the report: each set with its promises, then the sum."""
    for name, (workload, _) in application.chosen.items():
        yield workload.heading
        own = [one for one in found if one.subject == name]
        if not any(one.outcome in (CheckOutcome.KEPT, CheckOutcome.BROKEN) for one in own):
            yield from _images(workload)
        yield from told_of(own)
        yield ""
    rest = [one for one in found if one.subject not in application.chosen]
    for one in rest:
        yield f"{one.subject}: {one.told}"
    yield summed(found)


def summed(found: Iterable[Judged]) -> str:
    """Return how many promises came out how."""
    counted = Counter(one.outcome for one in found)
    return ", ".join(f"{counted[outcome]} {outcome.value}" for outcome in CheckOutcome if counted[outcome])


def _images(workload: Workload) -> Iterator[str]:
    """Yield which images may be why nothing could be shown."""
    for image, need in workload.images.items():
        if need == "needs_registry":
            yield f"  image {image} has to be pulled from a registry: --harness-cluster=kind, or a context, can do that"


def told_of(found: Iterable[Judged]) -> Iterator[str]:
    """Yield what came of the promises of one set: verdicts first, then what has none, by its reason."""
    spared: dict[tuple[str, str], list[str]] = {}
    for one in found:
        if one.outcome in (CheckOutcome.NOT_ASKED, CheckOutcome.INCONCLUSIVE):
            spared.setdefault((one.outcome.value, one.told), []).append(one.promise)
            continue
        took = f"  {format_seconds(one.seconds)}" if one.seconds and one.outcome is CheckOutcome.KEPT else ""
        yield f"  {one.outcome.value:<{_WIDTH}}{one.promise}{took}"
        if one.outcome is not CheckOutcome.KEPT:
            yield from _indented(one.told)
            yield from (f"{'':<{_WIDTH + 4}}change: {text}" for text in [one.advice] if text)
    for (outcome, reason), promises in sorted(spared.items()):
        yield f"  {outcome:<{_WIDTH}}{'; '.join(promises)}"
        yield from _indented(reason)


def _indented(text: str) -> Iterator[str]:
    told = text.strip().splitlines()
    yield from (f"{'':<{_WIDTH + 4}}{line}" for line in told[:_MOST_LINES])
    if len(told) > _MOST_LINES:
        yield f"{'':<{_WIDTH + 4}}… {len(told) - _MOST_LINES} more lines: see the report"
