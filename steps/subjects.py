"""Pods that no StatefulSet makes: a name for them, and their members; what else is said of them stands with pods."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pytest_bdd import given, then, when

from harness.actions.pods import delete_pods
from harness.actions.subjects import name_labelled_pods, name_owned_pods
from harness.errors import BadInput
from harness.promises import conditions
from harness.promises.subjects import named_pods
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions

from .parsing import sentence

F = TypeVar("F", bound=Callable[..., None])


def of_any_pods(step: F) -> F:
    """Mark a step whose `name` may be that of pods which the scenario has named; any other is refused for those."""
    step.of_any_pods = True  # type: ignore[attr-defined]
    return step


@given(sentence('the pods labelled "{labels:Labels}" as "{name:Name}"(, told apart by label "{member:Name}")'))
@of_any_pods
def labelled_pods_are_named(
    labels: dict[str, str], name: str, member: str | None, harness_actions: ScenarioActions
) -> None:
    harness_actions.perform(name_labelled_pods, name, labels, member or "")


@given(sentence('the pods owned by {kind:Owner} "{owner:Name}" as "{name:Name}"'))
@of_any_pods
def owned_pods_are_named(kind: str, owner: str, name: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(name_owned_pods, name, kind, owner)


@given(sentence('{replicas:All} of "{name:Name}" is/are ready'))
@of_any_pods
def replicas_have_become_ready(replicas: int, name: str, harness_judge: Judge) -> None:
    harness_judge.awaits(conditions.all_ready(name, replicas))


@when(sentence('member "{member:Name}" of "{name:Name}" is deleted'))
@of_any_pods
def member_is_deleted(member: str, name: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.perform(delete_pods, [pod_of(harness_judge, name, member)])


@then(sentence('within {span:Span} member "{member:Name}" of "{name:Name}" is replaced'))
@of_any_pods
def member_is_replaced(span: float, member: str, name: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.member_replaced(name, member))


def pod_of(judge: Judge, name: str, member: str) -> str:
    """Return the name of the pod that is a member of named pods now; BadInput where there is none."""
    pods = named_pods(judge.history, name)
    if pods is None:
        raise BadInput(f'"{name}" is the name of no pods', remedy='say first: Given the pods labelled "…" as "…"')
    found = [life for life in judge.history.alive("Pod").values() if pods.have(judge.history, life.last.data)]
    there = {pods.member_of(life.last.data): life.name for life in found}
    if member not in there:
        told = ", ".join(f'"{one}"' for one in sorted(there)) or "none"
        raise BadInput(f'"{name}" has no member "{member}" at this point; it has: {told}')
    return there[member]
