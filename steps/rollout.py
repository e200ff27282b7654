"""Versions: how they are rolled out, and which pod runs which."""

from __future__ import annotations

from functools import partial

from pytest_bdd import given, then, when

from harness.manifests.editing import chain, with_partition, with_replicas, with_version
from harness.promises import conditions
from harness.promises.causes import blocked
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .ordering import WHOLE
from .parsing import sentence
from .workload import await_given


@given(sentence('stateful set "{name:Name}" with {replicas:Replicas} of version "{version:Name}"'))
def stateful_set_of_version(
    name: str, replicas: int, version: str, harness_sandbox: Sandbox, harness_judge: Judge
) -> None:
    harness_sandbox.apply(name, chain(with_replicas(name, replicas), with_version(name, version)))
    await_given(harness_judge, name, conditions.all_ready(name, replicas, version))


@given(
    sentence(
        'stateful set "{name:Name}" with {replicas:Replicas} of version "{version:Name}", '
        'from ordinal {partition:Number} on of version "{canary:Name}"'
    )
)
def stateful_set_with_canary(
    name: str,
    replicas: int,
    version: str,
    partition: int,
    canary: str,
    harness_sandbox: Sandbox,
    harness_judge: Judge,
) -> None:
    """Let the set grow into its canary: what is made behind the partition has the new version from the start."""
    harness_sandbox.apply(name, chain(with_replicas(name, partition), with_version(name, version)))
    await_given(harness_judge, name, conditions.all_ready(name, partition, version))
    grown = chain(with_replicas(name, replicas), with_version(name, canary), with_partition(name, partition))
    harness_sandbox.apply(name, grown)
    await_given(harness_judge, name, conditions.settled(name))


@given(sentence('version "{version:Name}" of "{name:Name}" is settled'))
def version_is_settled(version: str, name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(name, with_version(name, version))
    await_given(harness_judge, name, conditions.settled(name))


@given(sentence('version "{version:Name}" of "{name:Name}" is settled with partition {partition:Number}'))
def version_is_settled_with_partition(
    version: str, name: str, partition: int, harness_sandbox: Sandbox, harness_judge: Judge
) -> None:
    harness_sandbox.apply(name, chain(with_version(name, version), with_partition(name, partition)))
    await_given(harness_judge, name, conditions.settled(name))


@given(sentence('version "{version:Name}" of "{name:Name}" is known'))
def version_is_known(version: str, name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(name, with_version(name, version))
    await_given(harness_judge, name, conditions.new_revision(name))


@given(sentence('version "{version:Name}" of "{name:Name}" has come as far as pod "{pod:Name}"'))
def version_has_come_as_far(version: str, name: str, pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(name, with_version(name, version))
    harness_judge.awaits(conditions.replaced(pod, version))


@given(sentence('"{name:Name}" is to go back to version "{version:Name}"'))
def version_is_to_go_back(name: str, version: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(name, with_version(name, version))
    harness_judge.awaits(conditions.new_revision(name))


@when(sentence('version "{version:Name}" of "{name:Name}" is rolled out'))
def version_is_rolled_out(version: str, name: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(name, with_version(name, version))


@when(sentence('version "{version:Name}" of "{name:Name}" is rolled out with partition {partition:Number}'))
def version_is_rolled_out_with_partition(version: str, name: str, partition: int, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(name, chain(with_version(name, version), with_partition(name, partition)))


@when(sentence('the partition of "{name:Name}" is set to {partition:Number}'))
def partition_is_set(name: str, partition: int, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(name, with_partition(name, partition))


@then(sentence('within {span:Span} all {replicas:Number} replicas of "{name:Name}" run version "{version:Name}"'))
def all_replicas_run_version(span: float, replicas: int, name: str, version: str, harness_judge: Judge) -> None:
    running = conditions.all_ready(name, replicas, version)
    harness_judge.within(span, running, blocked=partial(blocked, name=name))


@then(sentence('within {span:Span} pod "{pod:Name}" runs version "{version:Name}"'))
def pod_runs_version(span: float, pod: str, version: str, harness_judge: Judge) -> None:
    running = conditions.replaced(pod, version, and_ready=True)
    harness_judge.within(span, running, blocked=partial(blocked, name=pod))


@then(sentence('within {span:Span} pod "{pod:Name}" is made of version "{version:Name}"'))
def pod_is_made_of_version(span: float, pod: str, version: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.replaced(pod, version))


@then(sentence("for {span:Span} pods {pods:Names} are not replaced"))
def pods_are_not_replaced(span: float, pods: list[str], harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.unreplaced(*pods))


@then(sentence('pod "{pod:Name}" came back with version "{version:Name}"'))
def pod_came_back_with_version(pod: str, version: str, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.replaced(pod, version))


@then(sentence('at no time did pods {pods:Names} run version "{version:Name}"'))
def pods_never_ran_version(pods: list[str], version: str, harness_judge: Judge) -> None:
    running = conditions.any_of(*(conditions.runs_version(version, pod) for pod in pods))
    settled = conditions.settled(pods[0].rpartition("-")[0])
    harness_judge.never(running, since=0, settled=settled, text=WHOLE)


@then(sentence('at no time since the rollout were fewer than {number:Number} pods of "{name:Name}" ready'))
def pods_were_available(number: int, name: str, harness_judge: Judge) -> None:
    fewer = conditions.opposite(conditions.at_least_ready(name, number))
    settled = conditions.settled(name)
    harness_judge.never(fewer, since=harness_judge.event, settled=settled, text="since the rollout")


@then(sentence('at no time did "{name:Name}" replace a replica out of order'))
def set_replaced_in_order(name: str, harness_judge: Judge) -> None:
    harness_judge.keeps("rolling update in reverse order", name, since=0, settled=conditions.settled(name))


@then(sentence('at no time did a rollout of "{name:Name}" reach below its partition'))
def rollout_kept_to_its_partition(name: str, harness_judge: Judge) -> None:
    harness_judge.keeps("partition respected", name, since=0, settled=conditions.settled(name))


@then(sentence('within {span:Span} "{name:Name}" knows of a new revision'))
def set_knows_new_revision(span: float, name: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.new_revision(name))


@then(sentence('for {span:Span} no pod of "{name:Name}" is replaced'))
def no_pod_is_replaced(span: float, name: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.none_replaced(name))


@then(sentence('no pod of "{name:Name}" has been replaced'))
def no_pod_has_been_replaced(name: str, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.none_replaced(name))


@then(sentence('"{name:Name}" uses a revision again that it had before'))
def set_uses_former_revision(name: str, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.former_revision(name))
