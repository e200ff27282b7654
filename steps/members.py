"""Members: whom an application that keeps a list of its members counts among them, and who leaves it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pytest_bdd import given, then, when

from harness.faults.members import ask_members, forget_member
from harness.faults.sets import scale_set
from harness.history.observation import OUTPUT
from harness.promises import conditions
from harness.promises.members import MEMBERS
from harness.promises.verdict import Subject
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .claims import pods_of
from .parsing import sentence


@given(sentence('the members of "{name:Name}" are {pods:Names}'))
def members_are(name: str, pods: list[str], harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    ask = asking(harness_sandbox, harness_judge, name)
    harness_judge.awaits(conditions.members_are(name, pods), probe=ask)


@then(sentence('within {span:Span} the members of "{name:Name}" are {pods:Names}'))
def members_become(span: float, name: str, pods: list[str], harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    ask = asking(harness_sandbox, harness_judge, name)
    harness_judge.within(span, conditions.members_are(name, pods), probe=ask)


@then(sentence('within {span:Span} pod "{pod:Name}" is the member that it was'))
def pod_is_the_same_member(span: float, pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    ask = asking(harness_sandbox, harness_judge, pod.rpartition("-")[0])
    harness_judge.within(span, conditions.same_member(pod), probe=ask)


@then(sentence('within {span:Span} pod "{pod:Name}" is a new member'))
def pod_is_a_new_member(span: float, pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    ask = asking(harness_sandbox, harness_judge, pod.rpartition("-")[0])
    harness_judge.within(span, conditions.another_member(pod), probe=ask)


@given(sentence('"{name:Name}" has given up all members but {left:Number}'))
def members_have_been_given_up(name: str, left: int, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    """Give up members and wait for their claims to go: a set that is scaled up before may wait for them for ever."""
    members_are_given_up(name, left, harness_sandbox, harness_judge)
    # Nobody wakes the controller (v1.36) when a claim is gone whose going it waited for: `PodClaimIsStale`.
    harness_judge.awaits(conditions.no_claim_left_behind(name))


@when(sentence('"{name:Name}" gives up all members but {left:Number}'))
def members_are_given_up(name: str, left: int, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    ordinals = [Subject(name).ordinal(pod) for pod in pods_of(harness_judge, name)]
    for ordinal in sorted((one for one in ordinals if one is not None and one >= left), reverse=True):
        harness_sandbox.act(scale_set, name, ordinal)
        harness_judge.awaits(conditions.gone(f"{name}-{ordinal}"))
        harness_sandbox.act(forget_member, name, f"{name}-{ordinal}", through=f"{name}-0")
        harness_judge.awaits(conditions.settled(name))


def asking(sandbox: Sandbox, judge: Judge, name: str) -> Callable[[], object]:
    """Have every replica of a set asked for its members; return what asks all of them again."""
    for pod in pods_of(judge, name):
        sandbox.look(OUTPUT, f"{pod}:{MEMBERS}", partial(ask_members, set_name=name, pod=pod))
    return lambda: [ask_members(sandbox.place, name, pod) for pod in pods_of(judge, name)]
