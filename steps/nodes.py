"""Nodes: cordoned, drained, tainted, and where pods may run and do."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.actions import infrastructure
from harness.actions.nodes import cordon, cordon_all, drain, uncordon_all
from harness.model import TimeWord
from harness.promises import conditions
from harness.promises.causes import Obstacles
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions

from .parsing import sentence


@given(sentence("{of_pod:Nodes} is/are cordoned"))
def nodes_are_cordoned(of_pod: str, harness_actions: ScenarioActions) -> None:
    if of_pod:
        harness_actions.perform(cordon, str(harness_actions.latest("Pod", of_pod)["spec"]["nodeName"]))
    else:
        harness_actions.perform(cordon_all)


@when(sentence("all nodes are uncordoned"))
def nodes_are_uncordoned(harness_actions: ScenarioActions) -> None:
    harness_actions.perform(uncordon_all)


@when(sentence("the nodes of pods {pods:Names} are drained at once"))
def nodes_are_drained(pods: list[str], harness_actions: ScenarioActions) -> None:
    harness_actions.perform(drain, pods)


@when(sentence('the node of pod "{pod:Name}" is tainted out-of-service'))
def node_is_out_of_service(pod: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(infrastructure.declare_out_of_service, pod)


@then(sentence('{time:Time} pod "{pod:Name}" is unschedulable(, because "{reason:Name}")'))
def pod_is_unschedulable(time: TimeWord, pod: str, reason: str | None, harness_judge: Judge) -> None:
    harness_judge.holds(time, conditions.unschedulable(pod, reason or ""))


@then(sentence("within {span:Span} {pods:Pods} has/have moved to another node"))
def pods_have_moved(span: float, pods: list[str], harness_judge: Judge) -> None:
    moved = conditions.all_of(*map(conditions.moved, pods))
    harness_judge.within(span, moved, blocked=Obstacles(pods[0]) if len(pods) == 1 else None)
