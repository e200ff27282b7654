"""Where the plugin keeps what belongs to a run or to one scenario: the keys of pytest's stash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.api_server import ApiServer
from harness.plugin.options import Settings
from harness.reports.results import ScenarioResult, StepResult, Timing

if TYPE_CHECKING:
    from pytest_bdd.parser import Scenario

    from harness.plugin.controls import NegativeControl
    from harness.plugin.hosting import ClusterHost
    from harness.plugin.parts import FailedPart
    from harness.reports.live_status import LiveStatus
    from harness.scenario.folders import Folders
    from harness.scenario.judge import Judge
    from harness.scenario.namespace import ScenarioNamespace
    from harness.scenario.run import ScenarioRun

__all__ = [
    "CONTROL",
    "ENDED",
    "FOLDER",
    "FOLDERS",
    "FORETOLD",
    "HOST",
    "IDLE",
    "JUDGE",
    "KNOWN",
    "KUBECTL",
    "LACKING",
    "NAMESPACE",
    "NAMESPACES",
    "PARTS",
    "RECORDING",
    "RUN",
    "SCENARIO",
    "SCENARIO_NAMESPACE",
    "SCENARIO_RUN",
    "SERVER",
    "SETTINGS",
    "STEPS",
    "TIMING",
    "UNAVAILABLE",
]

SETTINGS: pytest.StashKey[Settings] = pytest.StashKey()
HOST: pytest.StashKey[ClusterHost] = pytest.StashKey()
"""Only in the process that controls the run."""
UNAVAILABLE: pytest.StashKey[str] = pytest.StashKey()
"""Why this process cannot have the run's cluster, in one line; known once it has asked for it in vain."""
FOLDER: pytest.StashKey[Path] = pytest.StashKey()
"""A folder of the run's own, shared by its workers, removed at its end."""
RUN: pytest.StashKey[str] = pytest.StashKey()
"""The run's id, a label of everything it makes."""
SERVER: pytest.StashKey[ApiServer] = pytest.StashKey()
"""What the run's API server says of itself, asked for once."""
IDLE: pytest.StashKey[Callable[[LiveStatus], None]] = pytest.StashKey()
"""Shown, about twice a second, what is to be seen of a scenario that waits."""
FOLDERS: pytest.StashKey[Folders] = pytest.StashKey()
"""The folders that the scenarios of this process have on nodes, where somebody must remove them."""
NAMESPACES: pytest.StashKey[list[str]] = pytest.StashKey()
"""The namespaces that this process has made and asked the server to remove."""

SCENARIO_NAMESPACE: pytest.StashKey[ScenarioNamespace] = pytest.StashKey()
NAMESPACE: pytest.StashKey[str] = pytest.StashKey()
"""The namespace that the scenario has, or had when it was recorded."""
KUBECTL: pytest.StashKey[str] = pytest.StashKey()
"""How a person would begin a kubectl command for this cluster."""
LACKING: pytest.StashKey[list[str]] = pytest.StashKey()
"""What the scenario needs and the cluster lacks; it was skipped for that."""
SCENARIO_RUN: pytest.StashKey[ScenarioRun] = pytest.StashKey()
CONTROL: pytest.StashKey[NegativeControl] = pytest.StashKey()
KNOWN: pytest.StashKey[NegativeControl] = pytest.StashKey()
"""The control of a scenario that is tagged as known to be broken, where it does not run under it."""
FORETOLD: pytest.StashKey[str] = pytest.StashKey()
"""Why the scenario has failed as was known beforehand."""
RECORDING: pytest.StashKey[Path] = pytest.StashKey()
SCENARIO: pytest.StashKey[Scenario] = pytest.StashKey()
"""The scenario as it runs, its placeholders filled in."""
JUDGE: pytest.StashKey[Judge] = pytest.StashKey()
STEPS: pytest.StashKey[list[StepResult]] = pytest.StashKey()
PARTS: pytest.StashKey[list[FailedPart]] = pytest.StashKey()
"""The parts of the running phase that have failed while it went on."""
ENDED: pytest.StashKey[ScenarioResult] = pytest.StashKey()
"""How the scenario ended; known once its steps have run, before its place is removed."""
TIMING: pytest.StashKey[Timing] = pytest.StashKey()
"""Where the scenario's time went; known once its place was removed."""
