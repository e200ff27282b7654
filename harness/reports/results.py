"""The result of one scenario, with where its time went, as it travels between processes and into files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from harness.errors import BadInput
from harness.history.history_file import load
from harness.model import Recovery, TimeLimit

__all__ = ["SHARD", "ResultsFile", "ScenarioResult", "StepResult", "Timing", "read_results", "recorded_result"]

SHARD = "shard"
"""The file of a report that says which part of its suite it tells of, as in `2/4`."""


@dataclass(frozen=True, slots=True)
class Timing:
    """
    Seconds from the making of a scenario's namespace to its removal, lists, proofs, judging and clean-up included.

    `waited_s`, `windows_s` and `answered_s` are the parts that were not ours, as `harness.scenario.cluster_time` has
    them. The start of the cluster and the wait for exclusive neighbours belong to the run and are left out.
    """

    total_s: float
    waited_s: float = 0.0
    windows_s: float = 0.0
    answered_s: float = 0.0

    @property
    def floor_s(self) -> float:
        """What any harness would have had to wait for."""
        return self.waited_s + self.windows_s + self.answered_s

    @property
    def own_s(self) -> float:
        """The harness's own part: all the rest."""
        return self.total_s - self.floor_s

    @property
    def own_share(self) -> float:
        """The harness's own part as a share of the total, from 0 to 1."""
        return self.own_s / self.total_s if self.total_s else 0.0

    def __add__(self, other: Timing) -> Timing:
        return Timing(
            self.total_s + other.total_s,
            self.waited_s + other.waited_s,
            self.windows_s + other.windows_s,
            self.answered_s + other.answered_s,
        )

    def to_data(self) -> dict[str, float]:
        """Return seconds by name, rounded to milliseconds; `floor_s` and `own_s` are told for who reads them."""
        told = asdict(self) | {"floor_s": self.floor_s, "own_s": self.own_s}
        return {name: round(value, 3) for name, value in told.items()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Timing:
        """Return the timing that `to_data` has written."""
        return cls(*(float(data[name]) for name in cls.__slots__))


@dataclass(frozen=True, slots=True)
class StepResult:
    """
    One step of a scenario; `line` is its line in the feature.

    `outcome`: passed, failed, undefined where nothing understands it, or skipped after one of these. `limit`: its
    `within`, where that was kept.
    """

    keyword: str
    text: str
    line: int
    seconds: float
    outcome: str
    limit: TimeLimit | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> StepResult:
        """Return the step that `dataclasses.asdict` has made plain; reports before 0.1.0 know no limits."""
        return cls(**{**data, "limit": TimeLimit(**data["limit"]) if data.get("limit") else None})


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """
    One scenario that was tried.

    `outcome`: passed, failed, inconclusive, error, skipped, known broken where it has failed as Kubernetes is known to
    break its promise, or not run where the run has no cluster, as the error of another scenario tells. `message`: the
    whole failure, or the reason of the skip;
    `expected`, `observed` and `since` are parts of it. `facts`: which promise and clause, or which condition, was not
    kept. `events`: the counterexample, by the `seq` of observations in the recording. `promises`: the outcome of each
    promise that was judged. `rule`: the title of the rule that it is under. `error`: the class of what ended it.
    `control`: whether it ran under its control. `began`: seconds since the epoch. `kept`: the command that removes what
    was kept of it. `notes`: how its manifests were used.
    `timing`: where its time went; None where it had no cluster. `recoveries`: what was missing after its events.
    """

    id: str
    feature: str
    title: str
    line: int
    outcome: str
    seconds: float
    steps: tuple[StepResult, ...] = ()
    message: str = ""
    expected: str = ""
    observed: str = ""
    since: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    recording: str = ""
    evidence: str = ""
    control: str = ""
    feature_title: str = ""
    rule: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    promises: Mapping[str, str] = field(default_factory=dict)
    events: tuple[int, ...] = ()
    began: float = 0.0
    kept: str = ""
    notes: tuple[str, ...] = ()
    timing: Timing | None = None
    error: str = ""
    recoveries: tuple[Recovery, ...] = ()

    @property
    def is_broken(self) -> bool:
        """Whether somebody has to look at it: it ran, or should have, and has not passed."""
        return self.outcome not in ("passed", "known broken", "skipped", "not run")

    @property
    def is_known(self) -> bool:
        """Whether it has failed as was known beforehand: nobody has to look at it, and it is no success."""
        return self.outcome == "known broken"

    @property
    def is_left_out(self) -> bool:
        """Whether the run has counted it and done without."""
        return self.outcome in ("skipped", "not run")

    @property
    def was_tried(self) -> bool:
        """Whether it came to an end that says something: a skip does not, unless what failed was expected to."""
        return not self.is_left_out or any(step.outcome in ("failed", "undefined") for step in self.steps)

    def to_data(self) -> dict[str, Any]:
        """Return the result as plain data, fit for JSON and for execnet, which knows no subclass of a text."""
        told = {"timing": self.timing.to_data() if self.timing else None}
        return asdict(self) | told | {"recoveries": [one.to_data() for one in self.recoveries]}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ScenarioResult:
        """Return the result that `to_data` has written."""
        steps = tuple(map(StepResult.from_data, data["steps"]))
        recovered = tuple(map(Recovery.from_data, data.get("recoveries", ())))
        tuples = {name: tuple(data[name]) for name in ("tags", "events", "notes") if name in data}
        timing = Timing.from_data(data["timing"]) if data.get("timing") else None
        return cls(**{**data, **tuples, "steps": steps, "timing": timing, "recoveries": recovered})


def recorded_result(recording: Path) -> ScenarioResult:
    """
    Return the result that a recording was stored with.

    Raises BadInput where the file is no recording, or one of a scenario that did not come to its end.
    """
    header, _ = load(recording)
    if not header.get("result"):
        raise BadInput("this recording does not say how its scenario ended", str(recording), remedy="judge it instead")
    return replace(ScenarioResult.from_data(header["result"]), recording=str(recording))


class ResultsFile:
    """The results of a run in a file, one JSON line for each: what is known is in it, also when the run is killed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun = False

    def append(self, result: ScenarioResult) -> None:
        """Write one line, the first in place of what an earlier run has left; a missing folder is made."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a" if self._begun else "w", encoding="utf-8") as file:
            file.write(_line(result))
        self._begun = True

    def replace(self, results: Iterable[ScenarioResult]) -> None:
        """Put these lines in place of those before; at no moment is there less in the file than was known."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        whole = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        whole.write_text("".join(map(_line, results)), encoding="utf-8")
        whole.replace(self._path)


def read_results(path: Path) -> list[ScenarioResult]:
    """Return what such a file holds; BadInput where it cannot be read, with the line where that is no result."""
    try:
        return [_result(path, number, line) for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)]
    except OSError as error:
        remedy = "name folders that pytest has written: --harness-report=DIR"
        raise BadInput(f"this report cannot be read: {error.strerror}", str(path), remedy=remedy) from None


def _result(path: Path, number: int, line: str) -> ScenarioResult:
    try:
        return ScenarioResult.from_data(json.loads(line))
    except (ValueError, KeyError, TypeError):
        raise BadInput("this line is no result of a scenario", str(path), number) from None


def _line(result: ScenarioResult) -> str:
    return json.dumps(result.to_data()) + "\n"
