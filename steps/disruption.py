"""Disruptions that are asked for, budgets that forbid them, quotas that keep pods from being made."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.faults.pods import fail_pod, make_ready
from harness.faults.requests import EVICTION, ask_evictions
from harness.promises import conditions
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .parsing import sentence
from .workload import SETUP_S


@given(sentence('disruption budget "{budget:Name}" watches over "{name:Name}"'))
def budget_watches(budget: str, name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(budget)
    harness_judge.within(SETUP_S, conditions.budget_known(budget, name))


@given(sentence('disruption budget "{budget:Name}" knows that pod "{pod:Name}" is not ready'))
def budget_knows(budget: str, pod: str, harness_judge: Judge) -> None:
    known = conditions.all_of(conditions.not_ready(pod), conditions.budget_known(budget, pod.rpartition("-")[0]))
    harness_judge.within(SETUP_S, known)


@given(sentence('disruption budget "{budget:Name}" knows that pod "{pod:Name}" is ready again'))
def budget_knows_of_recovery(budget: str, pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(make_ready, pod)
    known = conditions.all_of(conditions.is_ready(pod), conditions.budget_known(budget, pod.rpartition("-")[0]))
    harness_judge.within(SETUP_S, known)


@given(sentence('quota "{quota:Name}" is in force'))
def quota_is_in_force(quota: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(quota)


@when(sentence('the eviction of pod "{pod:Name}" is asked for'))
def eviction_is_asked_for(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(ask_evictions, [pod])


@when(sentence("the evictions of pods {pods:Names} are asked for at once"))
def evictions_are_asked_for(pods: list[str], harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(ask_evictions, pods)


@when(sentence('pod "{pod:Name}" fails'))
def pod_fails(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(fail_pod, pod)


@then(sentence('at no time were fewer than {number:Number} pods of "{name:Name}" ready'))
def pods_were_spared(number: int, name: str, harness_judge: Judge) -> None:
    fewer = conditions.opposite(conditions.at_least_ready(name, number))
    settled = conditions.settled(name)
    harness_judge.never(fewer, since=harness_judge.event, settled=settled, text="since the event")


@then("the eviction is granted")
def eviction_is_granted(harness_judge: Judge) -> None:
    harness_judge.shows(conditions.answered(EVICTION, "granted"))


@then("the eviction is refused")
def eviction_is_refused(harness_judge: Judge) -> None:
    harness_judge.shows(conditions.answered(EVICTION, "refused"))


@then("one eviction is granted and two are refused")
def one_eviction_is_granted(harness_judge: Judge) -> None:
    harness_judge.shows(conditions.answered(EVICTION, "granted", "refused", "refused"))
