"""Versions: how they are rolled out, which pod runs which, and the revisions that stand for them."""

from __future__ import annotations

from datetime import UTC, datetime

from pytest_bdd import given, then, when

from harness.manifests.editing import Edit, chain, with_partition, with_replicas, with_restart, with_version
from harness.model import Since, TimeWord
from harness.promises import conditions
from harness.promises.causes import Obstacles
from harness.promises.replacement import replaced_for_a_reason
from harness.promises.revisions import one_revision_each
from harness.promises.rollouts import partition_respected
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions

from .parsing import sentence
from .statefulsets import await_given, pods_of, set_of
from .subjects import of_any_pods


@given(
    sentence(
        'StatefulSet "{name:Name}" with {replicas:Replicas} of version "{version:Name}" '
        'and canary "{canary:Name}" from ordinal {partition:Number}'
    )
)
def stateful_set_with_canary(
    name: str,
    replicas: int,
    version: str,
    partition: int,
    canary: str,
    harness_actions: ScenarioActions,
    harness_judge: Judge,
) -> None:
    """Let the set grow into its canary: what is made behind the partition has the new version from the start."""
    harness_actions.apply(name, chain(with_replicas(name, partition), with_version(name, version)))
    await_given(harness_judge, name, conditions.all_ready(name, partition, version))
    grown = chain(with_replicas(name, replicas), with_version(name, canary), with_partition(name, partition))
    harness_actions.apply(name, grown)
    await_given(harness_judge, name, conditions.settled(name))


@given(sentence('version "{version:Name}" of "{name:Name}" has been rolled out( with partition {partition:Number})'))
def version_has_been_rolled_out(
    version: str, name: str, partition: int | None, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    version_is_rolled_out(version, name, partition, harness_actions)
    await_given(harness_judge, name, conditions.settled(name))


@given(sentence('the rollout of version "{version:Name}" of "{name:Name}" has been {how:requested/observed}'))
def rollout_has_been_requested(
    version: str, name: str, how: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_actions.apply(name, with_version(name, version))
    if how == "observed":
        harness_judge.awaits(conditions.new_revision(name))


@given(sentence('the rollout of version "{version:Name}" of "{name:Name}" has reached pod "{pod:Name}"'))
def rollout_has_reached_pod(
    version: str, name: str, pod: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_actions.apply(name, with_version(name, version))
    harness_judge.awaits(conditions.replaced(pod, version))


@given(sentence('the rollout of version "{version:Name}" of "{name:Name}" has reached a replica'))
def rollout_has_reached_a_replica(
    version: str, name: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    pods = pods_of(harness_judge, name)
    harness_actions.apply(name, with_version(name, version))
    harness_judge.awaits(conditions.any_of(*(conditions.replaced(pod, version) for pod in pods)))


@when(sentence('version "{version:Name}" of "{name:Name}" is rolled out( with partition {partition:Number})'))
def version_is_rolled_out(version: str, name: str, partition: int | None, harness_actions: ScenarioActions) -> None:
    harness_actions.apply(name, chain(with_version(name, version), *behind(name, partition)))


@when(sentence('StatefulSet "{name:Name}" is restarted( with partition {partition:Number})'))
def stateful_set_is_restarted(name: str, partition: int | None, harness_actions: ScenarioActions) -> None:
    harness_actions.apply(name, chain(with_restart(name, now()), *behind(name, partition)))


@when(sentence('the partition of "{name:Name}" is set to {partition:Number}'))
def partition_is_set(name: str, partition: int, harness_actions: ScenarioActions) -> None:
    harness_actions.apply(name, with_partition(name, partition))


@then(sentence('within {span:Span} {replicas:All} of "{name:Name}" run/runs version "{version:Name}"'))
@of_any_pods
def all_replicas_run_version(span: float, replicas: int, name: str, version: str, harness_judge: Judge) -> None:
    running = conditions.all_ready(name, replicas, version)
    harness_judge.within(span, running, blocked=Obstacles(name))


@then(sentence('within {span:Span} the rollout of "{name:Name}" is complete'))
def rollout_is_complete(span: float, name: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.rolled_out(name), blocked=Obstacles(name))


@then(sentence('within {span:Span} pod "{pod:Name}" runs version "{version:Name}"'))
def pod_runs_version(span: float, pod: str, version: str, harness_judge: Judge) -> None:
    running = conditions.replaced(pod, version, and_ready=True)
    harness_judge.within(span, running, blocked=Obstacles(pod))


@then(sentence('({time:Time} )pod "{pod:Name}" comes/came back with version "{version:Name}"'))
def pod_comes_back_with_version(time: TimeWord | None, pod: str, version: str, harness_judge: Judge) -> None:
    harness_judge.holds(time, conditions.replaced(pod, version))


@then(sentence('at no time {since:Since} did {pods:Pods} run version "{version:Name}"'))
def pods_never_ran_version(since: Since, pods: list[str], version: str, harness_judge: Judge) -> None:
    running = conditions.any_of(*(conditions.runs_version(version, pod) for pod in pods))
    harness_judge.never(running, since=since, settled=conditions.settled(set_of(pods[0])))


@then(sentence('at no time {since:Since} did a rollout of "{name:Name}" reach below its partition'))
def rollout_kept_to_its_partition(since: Since, name: str, harness_judge: Judge) -> None:
    harness_judge.keeps(partition_respected, name, since=since, settled=conditions.settled(name))


@then(sentence('at no time {since:Since} did pods of two versions of "{name:Name}" exist together'))
def versions_never_met(since: Since, name: str, harness_judge: Judge) -> None:
    harness_judge.never(conditions.two_versions(name), since=since, settled=conditions.settled(name))


@then(sentence('{time:Time} the status of "{name:Name}" names {number:Number} revision/revisions'))
def status_names_revisions(time: TimeWord, name: str, number: int, harness_judge: Judge) -> None:
    harness_judge.holds(time, conditions.names_revisions(name, number))


@then(sentence('within {span:Span} "{name:Name}" has a new update revision'))
def set_has_new_revision(span: float, name: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.new_revision(name))


@then(sentence('within {span:Span} "{name:Name}" has {number:Number} revisions'))
def set_has_revisions(span: float, name: str, number: int, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.revisions(name, number))


@then(sentence('"{name:Name}" reuses a former revision'))
def set_reuses_revision(name: str, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.former_revision(name))


@then(sentence('at no time {since:Since} did "{name:Name}" make two revisions of one version'))
def set_made_one_revision_each(since: Since, name: str, harness_judge: Judge) -> None:
    harness_judge.keeps(one_revision_each, name, since=since)


def behind(name: str, partition: int | None) -> list[Edit]:
    """Return what sets the partition of a set, nothing where a step names none."""
    return [] if partition is None else [with_partition(name, partition)]


def now() -> str:
    """Return this instant as an annotation tells it; microseconds tell two restarts apart."""
    return datetime.now(UTC).isoformat()


@then(sentence('at no time {since:Since} did "{name:Name}" replace a pod whose template had not changed'))
def pods_were_replaced_for_a_reason(since: Since, name: str, harness_judge: Judge) -> None:
    harness_judge.keeps(replaced_for_a_reason, name, since=since)
