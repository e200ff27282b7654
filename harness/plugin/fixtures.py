"""The fixtures of the plugin, known to every run; what makes them is imported by the first that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.plugin.keys import FOLDER, SETTINGS
from harness.plugin.waking import settle, wake

if TYPE_CHECKING:
    from harness.history.history import History
    from harness.kube.api import Api
    from harness.model import Object
    from harness.plugin.hosting import ClusterHandle
    from harness.plugin.run_settings import Settings
    from harness.scenario.judge import Judge
    from harness.scenario.run import ScenarioRun
    from harness.scenario.scenario_actions import ScenarioActions

__all__ = [
    "harness_actions",
    "harness_api",
    "harness_changes",
    "harness_cluster",
    "harness_history",
    "harness_judge",
    "harness_run",
    "harness_run_folder",
    "harness_settings",
]


@pytest.fixture(scope="session")
def harness_settings(request: pytest.FixtureRequest) -> Settings:
    """What this run was told, on the command line, in the environment or in the ini file. Scope: session."""
    settle(request.config)
    return request.config.stash[SETTINGS]


@pytest.fixture(scope="session")
def harness_run_folder(request: pytest.FixtureRequest) -> Path:
    """A folder that all processes of this run share, removed at its end. Scope: session."""
    wake(request.config)
    return request.config.stash[FOLDER]


@pytest.fixture(scope="session")
def harness_cluster(request: pytest.FixtureRequest) -> ClusterHandle:
    """
    The run's cluster, started at the first request and stopped at the end of the run. Scope: session.

    What a collected scenario needs and the cluster has on demand is there before the first of them begins.

    Override it to bring a cluster of your own: return a ClusterHandle.
    """
    wake(request.config)
    from harness.plugin.cluster import cluster_of

    return cluster_of(request)


@pytest.fixture(scope="session")
def harness_api(request: pytest.FixtureRequest, harness_cluster: ClusterHandle) -> Iterator[Api]:
    """The connection to the API server; at its end all that this process has made is gone. Scope: session."""
    from harness.plugin.cluster import connected

    yield from connected(request, harness_cluster)


@pytest.fixture
def harness_run(request: pytest.FixtureRequest, harness_settings: Settings) -> Iterator[ScenarioRun]:
    """
    Where this scenario plays: on the cluster, in a namespace of its own; with --harness-replay on its recording.

    Scope: function. Skips, with the reason, a scenario whose `needs_…` tags the cluster cannot meet, or whose tags name
    other versions of Kubernetes; raises
    EnvironmentUnfit where the run claims a profile that promises them. With --harness-prove it plays under its control.
    """
    wake(request.config)
    from harness.plugin.scenario import played

    yield from played(request, harness_settings)


@pytest.fixture
def harness_changes(request: pytest.FixtureRequest) -> tuple[Object, ...]:
    """
    Changes to every manifest that is applied, each with kind, name and a merge patch. Scope: function.

    They are the control's, if the scenario runs under one. Override it to run features on manifests changed otherwise.
    """
    from harness.plugin.scenario import changes_of

    return changes_of(request)


@pytest.fixture
def harness_actions(request: pytest.FixtureRequest, harness_run: ScenarioRun) -> ScenarioActions:
    """What a step may do: apply systems, let events happen. Scope: function."""
    from harness.plugin.scenario import actions_of

    return actions_of(request, harness_run)


@pytest.fixture
def harness_judge(request: pytest.FixtureRequest, harness_run: ScenarioRun) -> Judge:
    """Says what came of an event, over the recorded history. Scope: function."""
    from harness.plugin.scenario import judge_of

    return judge_of(request, harness_run)


@pytest.fixture
def harness_history(harness_run: ScenarioRun) -> History:
    """The record of this scenario up to now. Scope: function."""
    return harness_run.history
