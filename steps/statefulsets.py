"""StatefulSets: how they are set up, scaled, changed and deleted, and what their status reports."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.actions.statefulsets import GROUP, delete_set, patch_set, scale_set, set_status_condition
from harness.manifests.editing import chain, with_replicas, with_spec, with_version
from harness.model import TimeWord
from harness.promises import conditions, subjects
from harness.promises.causes import Look, Obstacles
from harness.promises.condition import Condition
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions

from .parsing import sentence
from .subjects import of_any_pods

Fields = dict[str, object]


def await_given(judge: Judge, name: str, condition: Condition) -> None:
    """Return once a Given about a StatefulSet, or one of its pods, is true; raises as `Judge.awaits` does."""
    judge.awaits(condition, blocked=Obstacles(name))


def pods_of(judge: Judge, name: str) -> list[str]:
    """Return the names of the subject's pods as they are in the record now."""
    return [life.name for life in subjects.pods_of(judge.history, name)]


def set_of(pod: str) -> str:
    """Return the name of the StatefulSet that a pod is named after."""
    return pod.rpartition("-")[0]


def waiting(pod: str, container: str) -> tuple[Condition, Look | None]:
    """Return that a pod waits in an init container, or for its claim where none is named, and what rules it out."""
    if container:
        return conditions.held(pod, container), conditions.unprepared(pod, container)
    return conditions.held_back_by_claim(pod), None


@given(
    sentence('StatefulSet "{name:Name}" with {replicas:Replicas}( of version "{version:Name}")( and {setting:Setting})')
)
def stateful_set_with_ready_replicas(
    name: str,
    replicas: int,
    version: str | None,
    setting: Fields | None,
    harness_actions: ScenarioActions,
    harness_judge: Judge,
) -> None:
    edits = [with_version(name, version)] if version else []
    harness_actions.apply(name, chain(with_replicas(name, replicas), with_spec(name, **(setting or {})), *edits))
    await_given(harness_judge, name, conditions.all_ready(name, replicas, version))


@given(sentence('StatefulSet "{name:Name}" with {number:Number} available replica/replicas'))
def stateful_set_with_available_replicas(
    name: str, number: int, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    """Wait until all have been ready for `minReadySeconds`: before that, 1.37 rolls out a Parallel set all at once."""
    stateful_set_with_ready_replicas(name, number, None, None, harness_actions, harness_judge)
    await_given(harness_judge, name, conditions.reports(name, "available", number))


@given(sentence('StatefulSet "{name:Name}" with {replicas:Replicas} in group "{group:Name}"'))
def stateful_set_in_group(
    name: str, replicas: int, group: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_actions.apply(name, with_replicas(name, replicas))
    harness_actions.perform(patch_set, name, {"metadata": {"labels": {GROUP: group}}})
    await_given(harness_judge, name, conditions.all_ready(name, replicas))


@given(sentence('StatefulSet "{name:Name}" with {replicas:Replicas} waiting {container:Wait}'))
def stateful_set_waits(
    name: str, replicas: int, container: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_actions.apply(name, with_replicas(name, replicas))
    waits, blocked = waiting(f"{name}-0", container)
    harness_judge.awaits(waits, blocked=blocked)


@given(sentence('StatefulSet "{name:Name}" has been deleted(, {orphaning:orphaning its pods})'))
def stateful_set_has_been_deleted(
    name: str, orphaning: str | None, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    stateful_set_is_deleted(name, orphaning, harness_actions)
    gone = conditions.gone(name, "StatefulSet")
    emptied = gone if orphaning else conditions.all_of(gone, conditions.only_ordinals(name, ()))
    await_given(harness_judge, name, emptied)


@given(sentence('StatefulSet "{name:Name}" has been scaled to {replicas:Number}'))
def stateful_set_has_been_scaled(
    name: str, replicas: int, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_actions.perform(scale_set, name, replicas)
    await_given(harness_judge, name, conditions.all_ready(name, replicas))


@given(sentence('scaling "{name:Name}" to {replicas:Number} has been {how:requested/observed}'))
def scaling_has_been_requested(
    name: str, replicas: int, how: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_actions.perform(scale_set, name, replicas)
    if how == "observed":
        harness_judge.awaits(conditions.reported(name))


@given(sentence('scaling "{name:Name}" to {replicas:Number} has reached pod "{pod:Name}"'))
def scaling_has_reached_pod(
    name: str, replicas: int, pod: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_actions.perform(scale_set, name, replicas)
    harness_judge.awaits(conditions.not_ready(pod))


@given(sentence('StatefulSet "{name:Name}" has been updated to {setting:Setting}'))
def stateful_set_has_been_updated(
    name: str, setting: Fields, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_actions.apply(name, with_spec(name, **setting))
    await_given(harness_judge, name, conditions.settled(name))


@given(sentence('StatefulSet "{name:Name}" reports {number:Number} {reported:Reported} replica/replicas'))
def stateful_set_has_reported(name: str, number: int, reported: str, harness_judge: Judge) -> None:
    harness_judge.awaits(conditions.reports(name, reported, number))


@when(sentence('StatefulSet "{name:Name}" is scaled to {replicas:Number}'))
def stateful_set_is_scaled(name: str, replicas: int, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(scale_set, name, replicas)


@when(sentence('StatefulSet "{name:Name}" is applied with {replicas:Replicas}( and {setting:Setting})'))
def stateful_set_is_applied(name: str, replicas: int, setting: Fields | None, harness_actions: ScenarioActions) -> None:
    harness_actions.apply(name, chain(with_replicas(name, replicas), with_spec(name, **(setting or {}))))


@when(sentence('StatefulSet "{name:Name}" is updated to {setting:Setting}'))
def stateful_set_is_updated(name: str, setting: Fields, harness_actions: ScenarioActions) -> None:
    harness_actions.apply(name, with_spec(name, **setting))


@when(sentence('StatefulSet "{name:Name}" is deleted(, {orphaning:orphaning its pods})'))
def stateful_set_is_deleted(name: str, orphaning: str | None, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(delete_set, name, propagation="Orphan" if orphaning else "Background")


@given(sentence('a client has set condition "{condition:Name}" on "{name:Name}"'))
@when(sentence('a client sets condition "{condition:Name}" on "{name:Name}"'))
def client_sets_condition(condition: str, name: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(set_status_condition, name, condition)


@when(sentence('an update of "{name:Name}" to {setting:Setting} is tried'))
def update_is_tried(name: str, setting: Fields, harness_actions: ScenarioActions) -> None:
    harness_actions.dry_run(name, with_spec(name, **setting))


@then(sentence('the update is rejected( for field "{path:Name}")(, because "{reason:Name}")'))
def update_is_rejected(path: str | None, reason: str | None, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.answered("proposal", "refused", because=reason or ""))
    if path:
        harness_judge.shows(conditions.refused_field("proposal", path))


@then(sentence('within {span:Span} {replicas:All} of "{name:Name}" is/are ready'))
@of_any_pods
def all_replicas_are_ready(span: float, replicas: int, name: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.all_ready(name, replicas), blocked=Obstacles(name))


@then(sentence('within {span:Span} {replicas:All} of Deployment "{name:Name}" is/are ready'))
def replicas_of_deployment_are_ready(span: float, replicas: int, name: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.crew_ready(name, replicas))


@then(sentence('{time:Time} "{name:Name}" has {number:Count} pod/pods'))
@of_any_pods
def set_has_pods(time: TimeWord, name: str, number: int, harness_judge: Judge) -> None:
    harness_judge.holds(time, conditions.count(name, number))


@then(sentence('{time:Time} {pods:Pods} is/are the only pod/pods of "{name:Name}"'))
@of_any_pods
def pods_are_the_only_ones(time: TimeWord, pods: list[str], name: str, harness_judge: Judge) -> None:
    harness_judge.holds(time, conditions.only_pods(name, pods))


@then(sentence('{time:Time} "{name:Name}" reports {number:Number} {reported:Reported} replica/replicas'))
def set_reports(time: TimeWord, name: str, number: int, reported: str, harness_judge: Judge) -> None:
    harness_judge.holds(time, conditions.reports(name, reported, number))


@then(sentence('{time:Time} the status of "{name:Name}" has {how:condition/no condition} "{condition:Name}"'))
def status_has_condition(time: TimeWord, name: str, how: str, condition: str, harness_judge: Judge) -> None:
    there = conditions.has_condition(name, condition)
    absent = conditions.opposite(there, f'"{name}" has no condition {condition}')
    harness_judge.holds(time, there if how == "condition" else absent)


@then(sentence('within {span:Span} condition "{condition:Name}" of "{name:Name}" has reason "{reason:Name}"'))
def condition_has_reason(span: float, condition: str, name: str, reason: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.condition_because(name, condition, reason))


@then(sentence('within {span:Span} "{name:Name}" adopts pod "{pod:Name}"'))
def set_adopts_pod(span: float, name: str, pod: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.adopted(pod, name))
