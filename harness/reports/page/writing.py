"""Writes the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from harness.errors import BadInput
from harness.history.history_file import load, load_header
from harness.model import format_seconds
from harness.promises.explain import ExplainedEvent, explain
from harness.reports.drawing import Drawing, close_up, draw
from harness.reports.overview import Overview, overview_of
from harness.reports.page.packed_objects import packed_objects
from harness.reports.recovery_lines import limit_left, recovery_lines
from harness.reports.results import ScenarioResult, Timing
from harness.reports.timeline import timeline_of

__all__ = ["Run", "facts_of", "write_page"]

LONGEST = 30_000
"""Characters of the evidence that the page shows; the rest is in its file."""
OPEN = 5
"""Failed scenarios that are open when the page is opened."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a page says of the run as a whole: `facts` are label and text; `began` is an ISO-8601 instant."""

    began: str = ""
    seconds: float = 0.0
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Scenario:
    """One scenario as the template needs it; without a recording there is nothing to draw."""

    result: ScenarioResult
    anchor: str
    is_open: bool
    headline: str
    details: str
    evidence: str
    whole: Drawing | None = None
    close: Drawing | None = None
    counterexample: tuple[ExplainedEvent, ...] = ()
    objects: str = ""
    note: str = ""

    @property
    def longest_s(self) -> float:
        return max((step.seconds for step in self.result.steps), default=0.0) or 1.0


def write_page(results: Iterable[ScenarioResult], path: Path, run: Run) -> None:
    """
    Write the page about these results; the broken ones come first, each with the picture of its recording.

    A recording that cannot be read is named on the page, with the reason.
    """
    found = sorted(results, key=lambda result: (not result.is_broken, result.feature, result.line, result.title))
    overview: Overview = overview_of(found)
    stream = (
        _environment()
        .get_template("page.html.jinja")
        .stream(run=run, overview=overview, scenarios=_scenarios(found, path.parent))
    )
    stream.enable_buffering(50)
    path.parent.mkdir(parents=True, exist_ok=True)
    stream.dump(str(path), encoding="utf-8")


def facts_of(results: Iterable[ScenarioResult]) -> dict[str, str]:
    """Return what the first recording there is says of cluster and versions; empty where there is none."""
    path = next((Path(result.recording) for result in results if result.recording), None)
    if path is None or not path.is_file():
        return {}
    header = load_header(path)
    versions, options = header.get("versions") or {}, header.get("options") or {}
    facts = {"cluster": options.get("cluster"), "Kubernetes": versions.get("kubernetes")}
    facts |= {"statefulspec": versions.get("statefulspec")}
    return {label: str(text) for label, text in facts.items() if text}


def _scenarios(results: Iterable[ScenarioResult], folder: Path) -> Iterator[_Scenario]:
    for number, result in enumerate(results):
        headline, _, details = result.message.partition("\n")
        scenario = partial(
            _Scenario,
            result,
            f"scenario-{number + 1}",
            result.is_broken and number < OPEN,
            headline,
            details,
            _evidence(result, folder),
        )
        yield _drawn(result, folder, scenario) if result.recording else scenario()


def _drawn(result: ScenarioResult, folder: Path, scenario: Callable[..., _Scenario]) -> _Scenario:
    try:
        _, history = load(_found(result.recording, folder))
    except BadInput as error:
        return scenario(note=str(error))
    timeline = timeline_of(history)
    return scenario(
        whole=draw(timeline, result.events),
        close=close_up(timeline, result.events),
        counterexample=tuple(explain(history, (history[seq] for seq in result.events if seq < len(history)))),
        objects=packed_objects(history, timeline),
    )


def _found(recording: str, folder: Path) -> Path:
    """Return where a recording lies now: where it was written, or beside the page after the folder was moved."""
    path = Path(recording)
    moved = folder / path.parent.name / path.name
    return moved if not path.is_file() and moved.is_file() else path


def _evidence(result: ScenarioResult, folder: Path) -> str:
    if not result.evidence:
        return ""
    path = Path(result.evidence) / "evidence.txt"
    moved = folder / "evidence" / path.parent.name / path.name
    path = path if path.is_file() else moved
    return path.read_text(encoding="utf-8", errors="replace")[:LONGEST] if path.is_file() else ""


def _tagged(counted: tuple[str, Mapping[str, int]]) -> tuple[str, Mapping[str, int]]:
    return f"@{counted[0]}", counted[1]


def _timed(result: ScenarioResult) -> tuple[str, str]:
    return result.title, format_seconds(result.seconds)


def _spent(timing: Timing) -> list[tuple[str, str]]:
    parts = (
        ("waiting for the cluster", timing.waited_s),
        ("windows: for, at no time", timing.windows_s),
        ("responses of the cluster", timing.answered_s),
        (f"the harness itself: {timing.own_share:.1%}", timing.own_s),
        ("all passed scenarios", timing.total_s),
    )
    return [(name, format_seconds(span_s)) for name, span_s in parts]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("harness.reports.page", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"seconds": format_seconds, "tagged": _tagged, "timed": _timed, "spent": _spent}
    environment.filters |= {"left": limit_left, "recoveries": recovery_lines}
    environment.filters["px"] = lambda length: f"{length:.1f}".removesuffix(".0")
    return environment
