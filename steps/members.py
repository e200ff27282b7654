"""Members: whom an application that keeps a list of its members counts among them, and who leaves it."""

from __future__ import annotations

from functools import partial

from pytest_bdd import given, then, when

from harness.faults.members import ask_members, forget_member
from harness.faults.sets import scale_set
from harness.history.observation import OUTPUT, Observation
from harness.promises import conditions
from harness.promises.condition import Condition
from harness.promises.members import MEMBERS
from harness.promises.verdict import Subject
from harness.scenario.judge import Judge
from harness.scenario.place import Place
from harness.scenario.sandbox import Sandbox

from .claims import pods_of
from .parsing import sentence
from .workload import SETUP_S


@given(sentence('the members of "{name:Name}" are {pods:Names}'))
def members_are(name: str, pods: list[str], harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    await_members(harness_sandbox, harness_judge, SETUP_S, name, conditions.members_are(name, pods))


@then(sentence('within {span:Span} the members of "{name:Name}" are {pods:Names}'))
def members_become(span: float, name: str, pods: list[str], harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    await_members(harness_sandbox, harness_judge, span, name, conditions.members_are(name, pods))


@then(sentence('within {span:Span} pod "{pod:Name}" is the member that it was'))
def pod_is_the_same_member(span: float, pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    name = pod.rpartition("-")[0]
    await_members(harness_sandbox, harness_judge, span, name, conditions.same_member(pod))


@then(sentence('within {span:Span} pod "{pod:Name}" is a new member'))
def pod_is_a_new_member(span: float, pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    name = pod.rpartition("-")[0]
    await_members(harness_sandbox, harness_judge, span, name, conditions.another_member(pod))


@given(sentence('"{name:Name}" has given up all members but {left:Number}'))
def members_have_been_given_up(name: str, left: int, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    """Give up members and wait for their claims to go: a set that is scaled up before may wait for them for ever."""
    members_are_given_up(name, left, harness_sandbox, harness_judge)
    # Nobody wakes the controller (v1.36) when a claim is gone whose going it waited for: `PodClaimIsStale`.
    harness_judge.within(SETUP_S, conditions.no_claim_left_behind(name))


@when(sentence('"{name:Name}" gives up all members but {left:Number}'))
def members_are_given_up(name: str, left: int, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    ordinals = [Subject(name).ordinal(pod) for pod in pods_of(harness_judge, name)]
    for ordinal in sorted((one for one in ordinals if one is not None and one >= left), reverse=True):
        harness_sandbox.act(scale_set, name, ordinal)
        harness_judge.within(SETUP_S, conditions.gone(f"{name}-{ordinal}"))
        harness_sandbox.act(forget_member, name, f"{name}-{ordinal}", through=f"{name}-0")
        harness_judge.within(SETUP_S, conditions.settled(name))


def await_members(sandbox: Sandbox, judge: Judge, span: float, name: str, condition: Condition) -> None:
    """Return once what the replicas of a set tell of their members meets the condition; raises as `within` does."""
    for pod in pods_of(judge, name):
        sandbox.look(OUTPUT, f"{pod}:{MEMBERS}", partial(ask_members, set_name=name, pod=pod))
    judge.within(span, condition, probe=lambda: _ask_all(sandbox.place, judge, name))


def _ask_all(place: Place, judge: Judge, name: str) -> list[Observation]:
    return [ask_members(place, name, pod) for pod in pods_of(judge, name)]
