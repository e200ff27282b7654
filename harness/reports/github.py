"""What GitHub shows of a run: a job summary, failures first, and annotations beside the lines of features."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.model import format_seconds
from harness.reports.overview import overview_of
from harness.reports.results import ScenarioResult

__all__ = ["LIMIT", "error_commands", "job_summary"]

LIMIT = 1024 * 1024 - 4096
"""Bytes that a summary may have: GitHub drops one of more than 1 MiB; a little is left for others."""
ANNOTATIONS = 10
"""GitHub shows no more than ten of a kind for each step."""
_SIGNS = {
    "passed": "✅",
    "failed": "❌",
    "inconclusive": "❔",
    "error": "❗",
    "known broken": "⚠️",
    "skipped": "⏭️",
    "not run": "⏭️",
}


def job_summary(results: Iterable[ScenarioResult], limit: int = LIMIT) -> str:
    """
    Return the run in Markdown, at most `limit` bytes of UTF-8: what broke in full, then every scenario by feature.

    Where it would be longer it ends with a line that says how many failures are missing.
    """
    found = sorted(results, key=lambda result: (not result.is_broken, result.feature, result.line))
    kept = [f"## {overview_of(found).headline}\n\n{_counts(found)}\n"]
    failures = [_failure(result) for result in found if result.is_broken]
    room = limit - len(kept[0].encode()) - 200
    while failures and room > len(failures[0].encode()) + 1:
        room -= len(failures[0].encode()) + 1
        kept.append(failures.pop(0))
    table = "\n".join(_features(found))
    if failures:
        kept.append(f"**{len(failures)} more failures did not fit; see report.html**\n")
    elif room > len(table.encode()):
        kept.append(table)
    else:
        kept.append(f"**The list of {len(found)} scenarios did not fit; see report.html**\n")
    return "\n".join(kept)


def error_commands(results: Iterable[ScenarioResult]) -> Iterator[str]:
    """Yield workflow commands, ten at most, that put a failure's first line beside the step that failed."""
    broken = [result for result in results if result.is_broken]
    for result in broken[:ANNOTATIONS]:
        line = next((step.line for step in result.steps if step.outcome in ("failed", "undefined")), result.line)
        title = _property(f"{result.title} ({result.outcome})")
        yield f"::error file={_property(result.feature)},line={line},title={title}::{_data(_told(result))}"


def _counts(results: list[ScenarioResult]) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in overview_of(results).verdicts.items())


def _failure(result: ScenarioResult) -> str:
    fence = "`" * (3 + max((len(run) for run in result.message.split() if set(run) == {"`"}), default=0))
    title = f"### {_SIGNS[result.outcome]} {_plain(result.title)}"
    return f"{title}\n\n`{result.feature}:{result.line}`\n\n{fence}text\n{result.message}\n{fence}\n"


def _features(results: list[ScenarioResult]) -> Iterator[str]:
    features = dict.fromkeys((result.feature, result.feature_title) for result in results)
    for feature, title in features:
        yield f"#### {_plain(title or feature)}\n\n| | scenario | time |\n|---|---|---:|"
        for result in results:
            if result.feature == feature:
                yield f"| {_SIGNS[result.outcome]} | {_plain(result.title)} | {format_seconds(result.seconds)} |"
        yield ""


def _plain(text: str) -> str:
    """Return a text that is nothing but text in Markdown."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|!~" else letter for letter in text.replace("\n", " "))


def _told(result: ScenarioResult) -> str:
    return result.message.partition("\n")[0] + (f"\nobserved: {result.observed}" if result.observed else "")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
