"""One attempt at a scenario, and what the plugin knows of it by now; a scenario that is run again has another one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.reports.results import ScenarioResult, StepResult, Timing

if TYPE_CHECKING:
    from pytest_bdd.parser import Scenario

    from harness.plugin.controls import NegativeControl
    from harness.plugin.parts import FailedPart
    from harness.scenario.judge import Judge
    from harness.scenario.namespace import ScenarioNamespace
    from harness.scenario.run import ScenarioRun

__all__ = ["Attempt", "attempt_of", "forget"]


@dataclass(slots=True)
class Attempt:
    """
    What is known of a scenario that runs; nothing, zero or empty until then.

    `scenario`: as it runs, its placeholders filled in. `control`: what it runs under. `known`: the control of a
    scenario that is tagged as known to be broken, where it does not run under it; `foretold`: why it has failed as was
    known beforehand. `lacking`: what it needs and the cluster lacks, for which it was skipped. `place`: its namespace
    on a cluster; `namespace`: the name of that, or of the one in which it was recorded. `kubectl`: how a person would
    begin a command for this cluster. `step_began`: when the running step began, in seconds of the monotonic clock.
    `parts`: those of the running phase that have failed while it went on. `ended`: how it ended, known once its steps
    have run, before its place is removed; `timing`: where its time went, known after that.
    """

    scenario: Scenario | None = None
    control: NegativeControl | None = None
    known: NegativeControl | None = None
    foretold: str = ""
    lacking: list[str] = field(default_factory=list)
    place: ScenarioNamespace | None = None
    namespace: str = ""
    kubectl: str = ""
    run: ScenarioRun | None = None
    judge: Judge | None = None
    recording: Path | None = None
    step_began: float = 0.0
    steps: list[StepResult] = field(default_factory=list)
    parts: list[FailedPart] = field(default_factory=list)
    ended: ScenarioResult | None = None
    timing: Timing | None = None


_ATTEMPT: pytest.StashKey[Attempt] = pytest.StashKey()


def attempt_of(item: pytest.Item) -> Attempt:
    """Return the running attempt at a scenario; the first to ask begins it."""
    return item.stash.setdefault(_ATTEMPT, Attempt())


def forget(item: pytest.Item) -> None:
    """Let go of an attempt, its whole record with it, but for how it ended: pytest keeps items to the end."""
    item.stash[_ATTEMPT] = Attempt(ended=attempt_of(item).ended)
