"""Lines for a terminal or a CI log: each scenario with its steps and their times, and the close of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.model import format_seconds
from harness.reports.recovery_lines import limit_left, recovery_lines
from harness.reports.results import ScenarioResult
from harness.reports.timing import timing_lines

__all__ = ["closing_lines", "report_lines", "scenario_lines"]

_SIGNS = {
    "passed": "✓",
    "failed": "✗",
    "inconclusive": "?",
    "error": "!",
    "known broken": "≠",
    "skipped": "-",
    "not run": "-",
}
_UNRUN = {"undefined": "there is no such step", "skipped": "not reached"}
_MARKS = {"passed": " ", "failed": "✗", "undefined": "?", "skipped": "-"}


def scenario_lines(result: ScenarioResult) -> Iterator[str]:
    """Yield the scenario's title with its verdict and time, then a line for each step that ran."""
    sign = _SIGNS[result.outcome]
    control = f"  [control: {result.control}]" if result.control else ""
    yield f"{sign} {result.title}  {format_seconds(result.seconds)}{control}"
    for step in result.steps:
        told = _UNRUN.get(step.outcome) or format_seconds(step.seconds)
        left = f", {limit_left(step.limit)}" if step.limit else ""
        yield f"  {_MARKS[step.outcome]} {step.keyword:<6}{step.text}  {told}{left}"
    yield from (f"    {line}" for line in recovery_lines(result.recoveries))
    yield from (f"    note: {note}" for note in result.notes)
    if result.is_left_out or result.is_known:
        yield from (f"    {line}" for line in f"{result.outcome}: {result.message}".splitlines())


def report_lines(results: Iterable[ScenarioResult]) -> Iterator[str]:
    """Yield the whole report of a run: every scenario by feature, each failure with its full message."""
    feature = ""
    for result in sorted(results, key=lambda result: (result.feature, result.line)):
        if result.feature != feature:
            feature = result.feature
            yield f"\n{feature}"
        yield from (f"  {line}" for line in scenario_lines(result))
        if result.is_broken:
            yield from (f"      {line}" for line in result.message.splitlines())


def closing_lines(results: Iterable[ScenarioResult], report: Path, *, verbose: bool = False) -> Iterator[str]:
    """Yield what the run came to, which skips it had, where its time went and where the report lies."""
    found = list(results)
    counts = Counter(result.outcome for result in found)
    yield f"{len(found)} scenario{'s' if len(found) != 1 else ''}: " + ", ".join(
        f"{count} {name}" for name, count in sorted(counts.items())
    )
    reasons = Counter((result.outcome, result.message) for result in found if result.is_left_out)
    for (outcome, reason), count in reasons.most_common():
        yield f"{outcome} {count}: {reason}"
    for result in found:
        if result.is_known:
            yield f"known broken: {result.title}: {result.message.partition(chr(10))[0]}"
    yield from timing_lines(found, whole=verbose)
    yield f"report: {report / 'report.html'}"
    for folder in dict.fromkeys(Path(result.recording).parent for result in found if result.recording):
        yield f"recordings: {folder}"
    for result in found:
        if result.kept:
            yield f"kept: {result.title}; remove it with:"
            yield f"  {result.kept}"
    failed = [result for result in found if result.evidence]
    for result in failed[:10]:
        yield f"evidence: {result.evidence}"
    if len(failed) > 10:
        yield f"evidence of {len(failed) - 10} more under {report / 'evidence'}"
