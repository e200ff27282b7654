"""The fixtures of one scenario, and the marks its steps leave in the history."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_bdd.parser import Scenario, Step

from harness.api_server import ApiServer
from harness.errors import BadInput
from harness.history.history import History
from harness.model import Object
from harness.plugin.cluster import require_cluster
from harness.plugin.controls import NegativeControl, control_of
from harness.plugin.features import template_of
from harness.plugin.hosting import ClusterHandle
from harness.plugin.keys import (
    CONTROL,
    ENDED,
    FOLDERS,
    IDLE,
    JUDGE,
    KUBECTL,
    NAMESPACE,
    NAMESPACES,
    PARTS,
    RECORDING,
    RUN,
    SCENARIO,
    SCENARIO_NAMESPACE,
    SCENARIO_RUN,
    SERVER,
    STEPS,
    TIMING,
)
from harness.plugin.known import note_known, skip_if_kept
from harness.plugin.neighbourhood import neighbourhood
from harness.plugin.options import Settings
from harness.plugin.profile import needs, skip_if_lacking, skip_if_of_another_version
from harness.plugin.progress import PACE_S
from harness.plugin.recording import (
    find_recording,
    is_recorded,
    keeps_place,
    recording_path,
    save_mutated,
    write_recording,
)
from harness.reports.live_status import live_status_of
from harness.reports.results import StepResult, Timing

if TYPE_CHECKING:
    from harness.cluster.pod_faults import PodFaults
    from harness.cluster.provider import Faults
    from harness.kube.api import Api
    from harness.scenario.cluster_time import ClusterTime
    from harness.scenario.judge import Judge
    from harness.scenario.namespace import ScenarioNamespace
    from harness.scenario.run import Note, ScenarioRun, StepMark
    from harness.scenario.scenario_actions import ScenarioActions

__all__ = [
    "harness_actions",
    "harness_changes",
    "harness_history",
    "harness_judge",
    "harness_run",
    "pytest_bdd_after_step",
    "pytest_bdd_before_scenario",
    "pytest_bdd_before_step_call",
    "pytest_bdd_step_error",
    "pytest_bdd_step_func_lookup_error",
]

BEGUN: pytest.StashKey[float] = pytest.StashKey()
"""When the running step began, in seconds of the monotonic clock."""


@pytest.fixture
def harness_run(request: pytest.FixtureRequest, harness_settings: Settings) -> Iterator[ScenarioRun]:
    """
    Where this scenario plays: on the cluster, in a namespace of its own; with --harness-replay on its recording.

    Scope: function. Skips, with the reason, a scenario whose `needs_…` tags the cluster cannot meet, or whose tags name
    other versions of Kubernetes; raises
    EnvironmentUnfit where the run claims a profile that promises them. With --harness-prove it plays under its control.
    """
    control = _control(request.node) if harness_settings.prove else None
    if control:
        request.node.stash[CONTROL] = control
    note_known(request.node)
    if control.mutation if control else harness_settings.replay:
        run = request.node.stash[SCENARIO_RUN] = _replayed(request.node, harness_settings, control)
        yield run
        return
    require_cluster(request.config)
    cluster = request.getfixturevalue("harness_cluster")
    skip_if_of_another_version(request.node, partial(_server, request))
    if control and control.known and not control.changes:
        skip_if_kept(control.known, _server(request))
    skip_if_lacking(request.node, cluster, harness_settings.may_lack)
    exclusive = request.node.get_closest_marker("exclusive") is not None
    folder = request.getfixturevalue("harness_run_folder")
    with neighbourhood(folder, exclusive=exclusive, mend=lambda: _give_back(request)):
        request.node.stash[KUBECTL] = f"kubectl --kubeconfig {cluster.kubeconfig} --context {cluster.context}"
        yield from _live(request, harness_settings)


@pytest.fixture
def harness_changes(request: pytest.FixtureRequest) -> tuple[Object, ...]:
    """
    Changes to every manifest that is applied, each with kind, name and a merge patch. Scope: function.

    They are the control's, if the scenario runs under one. Override it to run features on manifests changed otherwise.
    """
    control = request.node.stash.get(CONTROL, None)
    return control.changes if control else ()


@pytest.fixture
def harness_actions(request: pytest.FixtureRequest, harness_run: ScenarioRun) -> ScenarioActions:
    """What a step may do: apply systems, let events happen. Scope: function."""
    from harness.scenario.scenario_actions import ScenarioActions

    template = template_of(request.node)
    folder = Path(template.feature.filename).parent if template else request.path.parent
    stash = request.node.stash
    return ScenarioActions(harness_run, stash[NAMESPACE], folder, stash.get(SCENARIO_NAMESPACE, None))


@pytest.fixture
def harness_judge(request: pytest.FixtureRequest, harness_run: ScenarioRun) -> Judge:
    """Says what came of an event, over the recorded history. Scope: function."""
    from harness.scenario.judge import Judge

    judge = request.node.stash[JUDGE] = Judge(harness_run)
    return judge


@pytest.fixture
def harness_history(harness_run: ScenarioRun) -> History:
    """The record of this scenario up to now. Scope: function."""
    return harness_run.history


def pytest_bdd_before_scenario(request: pytest.FixtureRequest, scenario: Scenario) -> None:
    """Keep the scenario with its placeholders filled in: its end tells also of steps that were not reached."""
    request.node.stash[SCENARIO] = scenario


def pytest_bdd_before_step_call(request: pytest.FixtureRequest, step: Step) -> None:
    """Mark in the history that a step begins, and start its time."""
    run = request.node.stash.get(SCENARIO_RUN, None)
    if run is not None:
        run.begin(_mark(step))
    request.node.stash[BEGUN] = time.monotonic()


def pytest_bdd_after_step(request: pytest.FixtureRequest, step: Step) -> None:
    """Mark that a step has passed, unless parts of it have failed."""
    number = len(request.node.stash.get(STEPS, []))
    failed = any(part.step == number for part in request.node.stash.get(PARTS, []))
    _end(request, step, "failed" if failed else "passed")


def pytest_bdd_step_func_lookup_error(request: pytest.FixtureRequest, step: Step) -> None:
    """Mark that there is no step of this text; a feature that is collected as it is was refused for it before."""
    _end(request, step, "undefined")


def pytest_bdd_step_error(request: pytest.FixtureRequest, step: Step) -> None:
    """Mark that a step has failed."""
    _end(request, step, "failed")


def _end(request: pytest.FixtureRequest, step: Step, outcome: str) -> None:
    run = request.node.stash.get(SCENARIO_RUN, None)
    if run is not None:
        run.end(_mark(step), outcome)
    took_s = time.monotonic() - request.node.stash.get(BEGUN, time.monotonic())
    judge = request.node.stash.get(JUDGE, None)
    limit = judge.limits.pop(step.name, None) if judge else None
    kept = limit if outcome == "passed" else None
    done = StepResult(step.keyword.strip(), step.name, step.line_number, took_s, outcome, kept)
    request.node.stash.setdefault(STEPS, []).append(done)


def _mark(step: Step) -> StepMark:
    from harness.scenario.run import StepMark

    return StepMark(step.type, step.name, step.line_number)


def _live(request: pytest.FixtureRequest, settings: Settings) -> Iterator[ScenarioRun]:
    from harness.history.secrets import Secrets
    from harness.scenario.namespace import open_namespace
    from harness.scenario.run import LiveRun

    api, changes = request.getfixturevalue("harness_api"), request.getfixturevalue("harness_changes")
    cluster = request.getfixturevalue("harness_cluster")
    # They import what the first scenario of a process is the first to need.
    faults, pod_faults = _faults(request.node, cluster), _pod_faults(cluster)
    server = _server(request)
    began, run_id = time.monotonic(), request.config.stash[RUN]
    scenario = open_namespace(
        api,
        run_id,
        changes,
        dns=cluster.dns,
        faults=faults,
        pod_faults=pod_faults,
        classes=cluster.classes,
        needs=needs(request.node),
    )
    scenario.secrets = Secrets(_feature_text(request.node))
    scenario.folders = request.config.stash.get(FOLDERS, None)
    scenario.common_folder = settings.cluster == "embedded"  # its nodes have it bound in from the cluster's own folder
    scenario.note_server(server)
    request.node.stash[SCENARIO_NAMESPACE] = scenario
    request.node.stash[NAMESPACE] = scenario.namespace
    request.config.stash.setdefault(NAMESPACES, []).append(scenario.namespace)
    request.node.stash[RECORDING] = recording_path(request.node, settings)
    run = request.node.stash[SCENARIO_RUN] = LiveRun(scenario.recorder, _watched(request, scenario))
    try:
        yield run
    finally:
        ended = request.node.stash.get(ENDED, None)
        broken = ended is None or ended.is_broken
        try:
            with run.cluster_time.answering():  # what has failed on purpose takes its time to come back
                scenario.healing.heal()
        finally:
            _leave(request, settings, scenario, broken=broken)
            if is_recorded(settings, broken=broken or (ended is not None and ended.is_known)):
                write_recording(request.node, scenario, server.version, settings, _timing(began, run.cluster_time))
            request.node.stash[TIMING] = _timing(began, run.cluster_time)


def _server(request: pytest.FixtureRequest) -> ApiServer:
    """Return what the run's server says of itself; asked for once in each process."""
    stash = request.config.stash
    if SERVER not in stash:
        api: Api = request.getfixturevalue("harness_api")
        stash[SERVER] = api.told_of_itself()
    return stash[SERVER]


def _feature_text(node: pytest.Item) -> str:
    template = template_of(node)
    return Path(template.feature.filename).read_text(encoding="utf-8") if template else ""


def _leave(request: pytest.FixtureRequest, settings: Settings, scenario: ScenarioNamespace, *, broken: bool) -> None:
    """Remove all that the scenario has made, or leave it for somebody to look at, as the settings ask."""
    if keeps_place(settings, broken=broken):
        request.config.stash[NAMESPACES].remove(scenario.namespace)
        scenario.release()
    else:
        scenario.remove()


def _timing(began: float, cluster_time: ClusterTime) -> Timing:
    return Timing(time.monotonic() - began, cluster_time.waited_s, cluster_time.windows_s, cluster_time.answered_s)


def _faults(node: pytest.Item, cluster: ClusterHandle) -> Faults | None:
    """Return what makes the cluster's pieces fail, after mending what a killed process of this run has left out."""
    if not cluster.faults:
        return None
    from harness.cluster.failing import outages_at

    outages = outages_at(cluster.faults, cluster.kubeconfig, cluster.context, stays=cluster.stays)
    outages.mend(left_behind=True)
    return outages if node.get_closest_marker("exclusive") else None


def _give_back(request: pytest.FixtureRequest) -> None:
    """Give back what a killed process of this run has taken from everybody's use."""
    from harness.scenario.remains import give_back_left_behind

    give_back_left_behind(request.getfixturevalue("harness_api"))


def _pod_faults(cluster: ClusterHandle) -> PodFaults | None:
    """Return what makes the scenario's own pods fail from outside."""
    if not cluster.faults:
        return None
    from harness.cluster.failing import pod_faults_at

    return pod_faults_at(cluster.faults)


def _watched(request: pytest.FixtureRequest, scenario: ScenarioNamespace) -> Callable[[Note], None]:
    """Return what shows a scenario that waits, often enough for a person and no oftener."""
    show, title = request.config.stash[IDLE], request.node.name.removeprefix("test_").replace("_", " ")
    shown = 0.0

    def watch(note: Note) -> None:
        nonlocal shown
        if time.monotonic() - shown >= PACE_S:
            show(live_status_of(title, scenario.recorder.history, scenario.recorder.now, note()))
            shown = time.monotonic()

    return watch


def _control(node: pytest.Item) -> NegativeControl:
    template = template_of(node)
    if template is None:
        raise BadInput(f"{node.nodeid} is no scenario", remedy="only scenarios have controls")
    return control_of(Path(template.feature.filename), template.name)


def _replayed(node: pytest.Item, settings: Settings, control: NegativeControl | None) -> ScenarioRun:
    from harness.history.history_file import load
    from harness.promises.mutations import mutate
    from harness.promises.server import server_of
    from harness.scenario.run import Replay

    found = find_recording(node, settings.replay)
    header, history = load(found)
    node.stash[NAMESPACE] = str(header["namespace"])
    node.stash[RECORDING] = found.resolve()
    if control:
        known = control.known and (server := server_of(history)) and control.known.concerns(server)
        history = history if known else mutate(control.mutation, history)
        node.stash[RECORDING] = recording_path(node, settings)
        save_mutated(history, node.stash[RECORDING], header, control)
    return Replay(history, str(found), float(header.get("options", {}).get("timeout_scale", 1)))
