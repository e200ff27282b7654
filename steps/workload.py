"""Stateful sets and their pods: how they are set up, scaled and taken away, and whether they are ready."""

from __future__ import annotations

from functools import partial

from pytest_bdd import given, then, when

from harness.faults.pods import delete_pods
from harness.faults.readiness import make_ready, make_unready, untouched
from harness.faults.sets import delete_set, scale_set
from harness.manifests.editing import with_replicas
from harness.promises import conditions
from harness.promises.causes import blocked
from harness.promises.condition import Condition
from harness.promises.verdict import Subject
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .parsing import sentence


def await_given(judge: Judge, name: str, condition: Condition) -> None:
    """Return once a Given about a set is true; raises as `Judge.awaits` does."""
    judge.awaits(condition, blocked=partial(blocked, name=name))


@given(sentence('stateful set "{name:Name}" with {replicas:Replicas}'))
def stateful_set_with_ready_replicas(name: str, replicas: int, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(name, with_replicas(name, replicas))
    await_given(harness_judge, name, conditions.all_ready(name, replicas))


@given(sentence('stateful set "{name:Name}" is gone'))
def stateful_set_is_gone(name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(delete_set, name)
    gone = conditions.all_of(conditions.gone(name, "StatefulSet"), conditions.only_ordinals(name, ()))
    await_given(harness_judge, name, gone)


@given(sentence('stateful set "{name:Name}" has been scaled to {replicas:Number}'))
def stateful_set_has_been_scaled(name: str, replicas: int, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(scale_set, name, replicas)
    await_given(harness_judge, name, conditions.all_ready(name, replicas))


@when(sentence('stateful set "{name:Name}" is applied with {replicas:Replicas}'))
def stateful_set_is_applied(name: str, replicas: int, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(name, with_replicas(name, replicas))


@when(sentence('stateful set "{name:Name}" is applied again'))
def stateful_set_is_applied_again(name: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(name)


@given(sentence('stateful set "{name:Name}" is to have {replicas:Replicas}'))
def stateful_set_is_to_have(name: str, replicas: int, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(scale_set, name, replicas)
    harness_judge.awaits(conditions.reported(name))


@when(sentence('stateful set "{name:Name}" is scaled to {replicas:Number}'))
def stateful_set_is_scaled(name: str, replicas: int, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(scale_set, name, replicas)


@when(sentence('pod "{pod:Name}" is deleted'))
def pod_is_deleted(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(delete_pods, [pod])


@when(sentence("pods {pods:Names} are deleted"))
def pods_are_deleted(pods: list[str], harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(delete_pods, pods)


@when(sentence("pods {pods:Names} are deleted without grace"))
def pods_are_deleted_without_grace(pods: list[str], harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(delete_pods, pods, grace=0)


@given(sentence('pod "{pod:Name}" is not ready'))
@when(sentence('pod "{pod:Name}" becomes unready'))
def pod_becomes_unready(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(make_unready, pod)
    known = conditions.all_of(conditions.not_ready(pod), conditions.reported(pod.rpartition("-")[0]))
    harness_judge.awaits(known, blocked=untouched(pod))


@given(sentence('no pod of "{name:Name}" is ready'))
def no_pod_is_ready(name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    pods = [pod for pod in harness_judge.history.alive("Pod") if Subject(name).ordinal(pod) is not None]
    for pod in pods:
        harness_sandbox.act(make_unready, pod)
    unready = [conditions.not_ready(pod) for pod in pods]
    looks = [untouched(pod) for pod in pods]
    known = conditions.all_of(*unready, conditions.reported(name))
    harness_judge.awaits(known, blocked=lambda history: [cause for look in looks for cause in look(history)])


@when(sentence('pod "{pod:Name}" becomes ready'))
def pod_becomes_ready(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(make_ready, pod)


@then(sentence('within {span:Span} all {replicas:Number} replicas of "{name:Name}" are ready'))
def all_replicas_are_ready(span: float, replicas: int, name: str, harness_judge: Judge) -> None:
    ready = conditions.all_ready(name, replicas)
    harness_judge.within(span, ready, blocked=partial(blocked, name=name))


@then(sentence('within {span:Span} pod "{pod:Name}" is ready'))
def pod_is_ready(span: float, pod: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.is_ready(pod))


@then(sentence('within {span:Span} pod "{pod:Name}" is replaced'))
def pod_is_replaced(span: float, pod: str, harness_judge: Judge) -> None:
    replaced = conditions.replaced(pod, and_ready=True)
    harness_judge.within(span, replaced, blocked=partial(blocked, name=pod))


@then(sentence('within {span:Span} no pod of "{name:Name}" is left'))
def no_pod_is_left(span: float, name: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.only_ordinals(name, ()))


@then(sentence('within {span:Span} "{name:Name}" has {number:Number} pods'))
def set_has_pods(span: float, name: str, number: int, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.count(name, number))


@then(sentence('for {span:Span} "{name:Name}" has {number:Number} pods'))
def set_keeps_pods(span: float, name: str, number: int, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.count(name, number))


@then(sentence('within {span:Span} "{pod:Name}" is the only pod of "{name:Name}"'))
def pod_is_the_only_one(span: float, pod: str, name: str, harness_judge: Judge) -> None:
    harness_judge.within(span, only_pod(pod, name))


@then(sentence('for {span:Span} "{pod:Name}" is the only pod of "{name:Name}"'))
def pod_stays_the_only_one(span: float, pod: str, name: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, only_pod(pod, name))


@then(sentence('within {span:Span} pods {pods:Names} are the only ones of "{name:Name}"'))
def pods_are_the_only_ones(span: float, pods: list[str], name: str, harness_judge: Judge) -> None:
    ordinals = [ordinal for pod in pods if (ordinal := Subject(name).ordinal(pod)) is not None]
    harness_judge.within(span, conditions.only_ordinals(name, ordinals))


@then(sentence('within {span:Span} pod "{pod:Name}" is replaced while pod "{other:Name}" is not ready'))
def pod_is_replaced_beside(span: float, pod: str, other: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.all_of(conditions.replaced(pod), conditions.not_ready(other)))


def only_pod(pod: str, name: str) -> Condition:
    """Return the condition that this pod is the only one of the set."""
    ordinal = Subject(name).ordinal(pod)
    return conditions.only_ordinals(name, [ordinal] if ordinal is not None else ())
