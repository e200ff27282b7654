"""What pytest's JUnit XML says of a scenario beyond its failure: feature, tags, promises and steps, as properties."""

from __future__ import annotations

from collections.abc import Iterator

from harness.reports.results import ScenarioResult, Timing

__all__ = ["junit_properties", "timing_properties"]


def junit_properties(result: ScenarioResult) -> Iterator[tuple[str, object]]:
    """Yield name and value of each property; there is one `step` for every step, in their order."""
    yield "feature", f"{result.feature}:{result.line}"
    if result.tags:
        yield "tags", " ".join(result.tags)
    for promise, outcome in result.promises.items():
        yield "promise", f"{promise}: {outcome}"
    for step in result.steps:
        yield "step", f"{step.outcome} {step.seconds:.3f} s: {step.keyword} {step.text}"
    for name in ("recording", "evidence"):
        if getattr(result, name):
            yield name, getattr(result, name)


def timing_properties(timing: Timing) -> Iterator[tuple[str, object]]:
    """Yield name and seconds of each part of a scenario's time."""
    yield from timing.to_data().items()
