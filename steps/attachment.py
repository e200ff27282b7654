"""Volumes that are attached to the nodes of the pods that use them."""

from __future__ import annotations

from pytest_bdd import given, then

from harness.promises import conditions
from harness.scenario.judge import Judge

from .parsing import sentence


@given(sentence('pod "{pod:Name}" has its volumes attached'))
def pod_has_its_volumes(pod: str, harness_judge: Judge) -> None:
    harness_judge.awaits(conditions.has_its_volumes(pod))


@then(sentence('within {span:Span} the volume of claim "{claim:Name}" is attached to no node'))
def volume_is_attached_nowhere(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.detached(claim), blocked=conditions.unclaimed(claim))


@then(
    sentence('within {span:Span} the volume of claim "{claim:Name}" is attached to the node of pod "{pod:Name}" alone')
)
def volume_is_attached_at_pod(span: float, claim: str, pod: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.attached_with(pod, claim), blocked=conditions.unclaimed(claim))


@then(sentence('for {span:Span} the volume of claim "{claim:Name}" is attached to the node of pod "{pod:Name}" alone'))
def volume_stays_attached_at_pod(span: float, claim: str, pod: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.attached_with(pod, claim))


@then(sentence('at no time was the volume of claim "{claim:Name}" attached to two nodes'))
def volume_was_attached_once(claim: str, harness_judge: Judge) -> None:
    harness_judge.never(conditions.attached_twice(claim), since=0, text="in the scenario")
