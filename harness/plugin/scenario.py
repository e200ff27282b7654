"""The fixtures of one scenario, and the marks its steps leave in the history."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_bdd.parser import Scenario, Step

from harness.errors import BadInput
from harness.history.history import History
from harness.model import Object
from harness.plugin.cluster import require_cluster
from harness.plugin.controls import Control, control_of
from harness.plugin.features import template_of
from harness.plugin.hosting import Attachment
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
    PLACE,
    RECORDING,
    RUN,
    SCENARIO,
    SERVER,
    STAGE,
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
from harness.reports.glimpse import glimpse_of
from harness.reports.results import StepResult, Timing
from harness.server import Server

if TYPE_CHECKING:
    from harness.cluster.pod_faults import PodFaults
    from harness.cluster.provider import Faults
    from harness.kube.api import Api
    from harness.scenario.floor import Floor
    from harness.scenario.judge import Judge
    from harness.scenario.place import Place as ScenarioPlace
    from harness.scenario.sandbox import Sandbox
    from harness.scenario.stage import Note, Stage, StepMark

__all__ = [
    "harness_changes",
    "harness_history",
    "harness_judge",
    "harness_sandbox",
    "harness_stage",
    "pytest_bdd_after_step",
    "pytest_bdd_before_scenario",
    "pytest_bdd_before_step_call",
    "pytest_bdd_step_error",
    "pytest_bdd_step_func_lookup_error",
]

BEGUN: pytest.StashKey[float] = pytest.StashKey()
"""When the running step began, in seconds of the monotonic clock."""


@pytest.fixture
def harness_stage(request: pytest.FixtureRequest, harness_settings: Settings) -> Iterator[Stage]:
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
        stage = request.node.stash[STAGE] = _replayed(request.node, harness_settings, control)
        yield stage
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
def harness_sandbox(request: pytest.FixtureRequest, harness_stage: Stage) -> Sandbox:
    """What a step may do: apply systems, let events happen. Scope: function."""
    from harness.scenario.sandbox import Sandbox

    template = template_of(request.node)
    folder = Path(template.feature.filename).parent if template else request.path.parent
    return Sandbox(harness_stage, request.node.stash[NAMESPACE], folder, request.node.stash.get(PLACE, None))


@pytest.fixture
def harness_judge(request: pytest.FixtureRequest, harness_stage: Stage) -> Judge:
    """Says what came of an event, over the recorded history. Scope: function."""
    from harness.scenario.judge import Judge

    judge = request.node.stash[JUDGE] = Judge(harness_stage)
    return judge


@pytest.fixture
def harness_history(harness_stage: Stage) -> History:
    """The record of this scenario up to now. Scope: function."""
    return harness_stage.history


def pytest_bdd_before_scenario(request: pytest.FixtureRequest, scenario: Scenario) -> None:
    """Keep the scenario with its placeholders filled in: its end tells also of steps that were not reached."""
    request.node.stash[SCENARIO] = scenario


def pytest_bdd_before_step_call(request: pytest.FixtureRequest, step: Step) -> None:
    """Mark in the history that a step begins, and start its time."""
    stage = request.node.stash.get(STAGE, None)
    if stage is not None:
        stage.begin(_mark(step))
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
    stage = request.node.stash.get(STAGE, None)
    if stage is not None:
        stage.end(_mark(step), outcome)
    took_s = time.monotonic() - request.node.stash.get(BEGUN, time.monotonic())
    done = StepResult(step.keyword.strip(), step.name, step.line_number, took_s, outcome)
    request.node.stash.setdefault(STEPS, []).append(done)


def _mark(step: Step) -> StepMark:
    from harness.scenario.stage import StepMark

    return StepMark(step.type, step.name, step.line_number)


def _live(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Stage]:
    from harness.history.secrets import Secrets
    from harness.scenario.place import open_place
    from harness.scenario.stage import LiveStage

    api, changes = request.getfixturevalue("harness_api"), request.getfixturevalue("harness_changes")
    cluster = request.getfixturevalue("harness_cluster")
    # They import what the first scenario of a process is the first to need.
    faults, pod_faults = _faults(request.node, cluster), _pod_faults(cluster)
    server = _server(request)
    began, run = time.monotonic(), request.config.stash[RUN]
    place = open_place(
        api,
        run,
        changes,
        dns=cluster.dns,
        faults=faults,
        pod_faults=pod_faults,
        classes=cluster.classes,
        needs=needs(request.node),
    )
    place.secrets = Secrets(_feature_text(request.node))
    place.folders = request.config.stash.get(FOLDERS, None)
    place.common_folder = settings.cluster == "embedded"  # its nodes have it bound in from the cluster's own folder
    place.note_server(server)
    request.node.stash[PLACE] = place
    request.node.stash[NAMESPACE] = place.namespace
    request.config.stash.setdefault(NAMESPACES, []).append(place.namespace)
    request.node.stash[RECORDING] = recording_path(request.node, settings)
    stage = request.node.stash[STAGE] = LiveStage(place.recorder, _watched(request, place))
    try:
        yield stage
    finally:
        ended = request.node.stash.get(ENDED, None)
        broken = ended is None or ended.is_broken
        try:
            with stage.floor.answering():  # what has failed on purpose takes its time to come back
                place.healing.heal()
        finally:
            _leave(request, settings, place, broken=broken)
            if is_recorded(settings, broken=broken or (ended is not None and ended.is_known)):
                write_recording(request.node, place, server.version, settings, _timing(began, stage.floor))
            request.node.stash[TIMING] = _timing(began, stage.floor)


def _server(request: pytest.FixtureRequest) -> Server:
    """Return what the run's server says of itself; asked for once in each process."""
    stash = request.config.stash
    if SERVER not in stash:
        api: Api = request.getfixturevalue("harness_api")
        stash[SERVER] = api.told_of_itself()
    return stash[SERVER]


def _feature_text(node: pytest.Item) -> str:
    template = template_of(node)
    return Path(template.feature.filename).read_text(encoding="utf-8") if template else ""


def _leave(request: pytest.FixtureRequest, settings: Settings, place: ScenarioPlace, *, broken: bool) -> None:
    """Remove all that the scenario has made, or leave it for somebody to look at, as the settings ask."""
    if keeps_place(settings, broken=broken):
        request.config.stash[NAMESPACES].remove(place.namespace)
        place.release()
    else:
        place.remove()


def _timing(began: float, floor: Floor) -> Timing:
    return Timing(time.monotonic() - began, floor.waited_s, floor.windows_s, floor.answered_s)


def _faults(node: pytest.Item, cluster: Attachment) -> Faults | None:
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


def _pod_faults(cluster: Attachment) -> PodFaults | None:
    """Return what makes the scenario's own pods fail from outside."""
    if not cluster.faults:
        return None
    from harness.cluster.failing import pod_faults_at

    return pod_faults_at(cluster.faults)


def _watched(request: pytest.FixtureRequest, place: ScenarioPlace) -> Callable[[Note], None]:
    """Return what shows a scenario that waits, often enough for a person and no oftener."""
    show, title = request.config.stash[IDLE], request.node.name.removeprefix("test_").replace("_", " ")
    shown = 0.0

    def watch(note: Note) -> None:
        nonlocal shown
        if time.monotonic() - shown >= PACE_S:
            show(glimpse_of(title, place.recorder.history, place.recorder.now, note()))
            shown = time.monotonic()

    return watch


def _control(node: pytest.Item) -> Control:
    template = template_of(node)
    if template is None:
        raise BadInput(f"{node.nodeid} is no scenario", remedy="only scenarios have controls")
    return control_of(Path(template.feature.filename), template.name)


def _replayed(node: pytest.Item, settings: Settings, control: Control | None) -> Stage:
    from harness.history.storage import load
    from harness.promises.mutations import mutate
    from harness.promises.server import server_of
    from harness.scenario.stage import ReplayStage

    found = find_recording(node, settings.replay)
    header, history = load(found)
    node.stash[NAMESPACE] = str(header["namespace"])
    node.stash[RECORDING] = found.resolve()
    if control:
        known = control.known and (server := server_of(history)) and control.known.concerns(server)
        history = history if known else mutate(control.mutation, history)
        node.stash[RECORDING] = recording_path(node, settings)
        save_mutated(history, node.stash[RECORDING], header, control)
    return ReplayStage(history, str(found), float(header.get("options", {}).get("timeout_scale", 1)))
