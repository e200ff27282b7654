"""What one scenario has, which fixtures give to its steps, and the marks that these leave in the history."""

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
from harness.model import Object
from harness.plugin.attempt import attempt_of
from harness.plugin.cluster import require_cluster
from harness.plugin.controls import NegativeControl, control_of
from harness.plugin.features import template_of
from harness.plugin.hosting import ClusterHandle
from harness.plugin.keys import (
    FOLDERS,
    IDLE,
    NAMESPACES,
    RUN,
    SERVER,
)
from harness.plugin.known import note_known, skip_if_kept
from harness.plugin.neighbourhood import neighbourhood
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
from harness.plugin.run_settings import Settings
from harness.plugin.vocabulary import refuse_named_pods
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
    "actions_of",
    "changes_of",
    "judge_of",
    "played",
    "pytest_bdd_after_step",
    "pytest_bdd_before_scenario",
    "pytest_bdd_before_step_call",
    "pytest_bdd_step_error",
    "pytest_bdd_step_func_lookup_error",
]


def played(request: pytest.FixtureRequest, settings: Settings) -> Iterator[ScenarioRun]:
    """Yield where this scenario plays; skips it, or raises, as the fixture `harness_run` says."""
    attempt = attempt_of(request.node)
    control = attempt.control = _control(request.node) if settings.prove else None
    note_known(request.node)
    if control.mutation if control else settings.replay:
        attempt.run = _replayed(request.node, settings, control)
        yield attempt.run
        return
    require_cluster(request.config)
    cluster = request.getfixturevalue("harness_cluster")
    skip_if_of_another_version(request.node, partial(_server, request))
    if control and control.known and not control.changes:
        skip_if_kept(control.known, _server(request))
    skip_if_lacking(request.node, cluster, settings.may_lack)
    exclusive = request.node.get_closest_marker("exclusive") is not None
    folder = request.getfixturevalue("harness_run_folder")
    with neighbourhood(folder, exclusive=exclusive, mend=lambda: _give_back(request)):
        attempt.kubectl = f"kubectl --kubeconfig {cluster.kubeconfig} --context {cluster.context}"
        yield from _live(request, settings)


def changes_of(request: pytest.FixtureRequest) -> tuple[Object, ...]:
    """Return the changes of the control that the scenario runs under."""
    control = attempt_of(request.node).control
    return control.changes if control else ()


def actions_of(request: pytest.FixtureRequest, run: ScenarioRun) -> ScenarioActions:
    """Return what a step may do in this scenario."""
    from harness.scenario.scenario_actions import ScenarioActions

    template = template_of(request.node)
    folder = Path(template.feature.filename).parent if template else request.path.parent
    attempt = attempt_of(request.node)
    return ScenarioActions(run, attempt.namespace, folder, attempt.place)


def judge_of(request: pytest.FixtureRequest, run: ScenarioRun) -> Judge:
    """Return what says what came of an event, over the recorded history."""
    from harness.scenario.judge import Judge

    judge = attempt_of(request.node).judge = Judge(run)
    return judge


def pytest_bdd_before_scenario(request: pytest.FixtureRequest, scenario: Scenario) -> None:
    """Keep the scenario with its placeholders filled in: its end tells also of steps that were not reached."""
    attempt_of(request.node).scenario = scenario


def pytest_bdd_before_step_call(
    request: pytest.FixtureRequest, step: Step, step_func: Callable[..., object], step_func_args: dict[str, object]
) -> None:
    """Mark in the history that a step begins, and start its time; refuse what is true of StatefulSets alone."""
    attempt = attempt_of(request.node)
    if attempt.run is not None:
        attempt.run.begin(_mark(step))
    attempt.step_began = time.monotonic()
    if attempt.run is not None:
        refuse_named_pods(attempt.run.history, step_func, step_func_args)


def pytest_bdd_after_step(request: pytest.FixtureRequest, step: Step) -> None:
    """Mark that a step has passed, unless parts of it have failed."""
    attempt = attempt_of(request.node)
    failed = any(part.step == len(attempt.steps) for part in attempt.parts)
    _end(request, step, "failed" if failed else "passed")


def pytest_bdd_step_func_lookup_error(request: pytest.FixtureRequest, step: Step) -> None:
    """Mark that there is no step of this text; a feature that is collected as it is was refused for it before."""
    _end(request, step, "undefined")


def pytest_bdd_step_error(request: pytest.FixtureRequest, step: Step) -> None:
    """Mark that a step has failed."""
    _end(request, step, "failed")


def _end(request: pytest.FixtureRequest, step: Step, outcome: str) -> None:
    attempt = attempt_of(request.node)
    if attempt.run is not None:
        attempt.run.end(_mark(step), outcome)
    now = time.monotonic()
    took_s = now - (attempt.step_began or now)  # a step that is not defined has not begun
    limit = attempt.judge.limits.pop(step.name, None) if attempt.judge else None
    kept = limit if outcome == "passed" else None
    attempt.steps.append(StepResult(step.keyword.strip(), step.name, step.line_number, took_s, outcome, kept))


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
    attempt = attempt_of(request.node)
    attempt.place, attempt.namespace = scenario, scenario.namespace
    request.config.stash.setdefault(NAMESPACES, []).append(scenario.namespace)
    attempt.recording = recording_path(request.node, settings)
    run = attempt.run = LiveRun(scenario.recorder, _watched(request, scenario))
    try:
        yield run
    finally:
        ended = attempt.ended
        broken = ended is None or ended.is_broken
        try:
            with run.cluster_time.answering():  # what has failed on purpose takes its time to come back
                scenario.healing.heal()
        finally:
            _leave(request, settings, scenario, broken=broken)
            if is_recorded(settings, broken=broken or (ended is not None and ended.is_known)):
                write_recording(request.node, scenario, server.version, settings, _timing(began, run.cluster_time))
            attempt.timing = _timing(began, run.cluster_time)


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
    attempt = attempt_of(node)
    attempt.namespace, attempt.recording = str(header["namespace"]), found.resolve()
    if control:
        known = control.known and (server := server_of(history)) and control.known.concerns(server)
        history = history if known else mutate(control.mutation, history)
        attempt.recording = recording_path(node, settings)
        save_mutated(history, attempt.recording, header, control)
    return Replay(history, str(found), float(header.get("options", {}).get("timeout_scale", 1)))
