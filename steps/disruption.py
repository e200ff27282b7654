"""Disruptions that are asked for, budgets that forbid them, quotas that keep pods from being made."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.faults.budgets import announce, delete_budgets
from harness.faults.metadata import pin
from harness.faults.pods import fail_pod
from harness.faults.readiness import make_ready, make_unready, untouched
from harness.faults.requests import EVICTION, ask_evictions
from harness.history.observation import ANSWER
from harness.manifests.editing import with_demand
from harness.promises import conditions
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .parsing import sentence


@given(sentence('disruption budget "{budget:Name}" watches over "{name:Name}"'))
def budget_watches(budget: str, name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(budget)
    harness_judge.awaits(conditions.budget_known(budget, name))


@given(sentence('disruption budget "{budget:Name}" of "{name:Name}" asks for {demand:Demand}'))
def budget_asks_for(
    budget: str, name: str, demand: dict[str, object], harness_sandbox: Sandbox, harness_judge: Judge
) -> None:
    harness_sandbox.apply(budget, with_demand(budget, **demand))
    harness_judge.awaits(conditions.budget_known(budget, name))


@given(
    sentence(
        'disruption budget "{budget:Name}" of "{name:Name}" asks for {demand:Demand}, '
        "and gives up an unready pod {policy:Policy}"
    )
)
def budget_gives_up_unready_pods(
    budget: str,
    name: str,
    demand: dict[str, object],
    policy: dict[str, object],
    harness_sandbox: Sandbox,
    harness_judge: Judge,
) -> None:
    harness_sandbox.apply(budget, with_demand(budget, **demand, **policy))
    harness_judge.awaits(conditions.budget_known(budget, name))


@given(sentence('disruption budget "{budget:Name}" knows that no pod of "{name:Name}" is ready'))
def budget_knows_that_none_is_ready(budget: str, name: str, harness_judge: Judge) -> None:
    harness_judge.awaits(conditions.budget_known(budget, name))


@given(sentence('disruption budget "{budget:Name}" knows that pod "{pod:Name}" is not ready'))
def budget_knows(budget: str, pod: str, harness_judge: Judge) -> None:
    known = conditions.all_of(conditions.not_ready(pod), conditions.budget_known(budget, pod.rpartition("-")[0]))
    harness_judge.awaits(known)


@given(sentence('disruption budget "{budget:Name}" has seen pod "{pod:Name}" become unready, and recover'))
def budget_has_seen_recovery(budget: str, pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    known = conditions.budget_known(budget, pod.rpartition("-")[0])
    harness_sandbox.act(make_unready, pod)
    harness_judge.awaits(conditions.all_of(conditions.not_ready(pod), known), blocked=untouched(pod))
    harness_sandbox.act(make_ready, pod)
    harness_judge.awaits(conditions.all_of(conditions.is_ready(pod), known))


@given(sentence('quota "{quota:Name}" is in force'))
def quota_is_in_force(quota: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(quota)


@given(sentence('the eviction of pod "{pod:Name}" has been refused'))
def eviction_has_been_refused(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.look(ANSWER, EVICTION, lambda place: ask_evictions(place, [pod])[0])
    harness_judge.shows(conditions.answered(EVICTION, "refused"))


@given(sentence('pod "{pod:Name}" has been evicted, and lingers'))
def evicted_pod_lingers(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(pin, pod)
    harness_sandbox.look(ANSWER, EVICTION, lambda place: ask_evictions(place, [pod])[0])
    harness_judge.shows(conditions.answered(EVICTION, "granted"))
    harness_judge.awaits(conditions.not_ready(pod))


@when(sentence('disruption budget "{budget:Name}" is told that pod "{pod:Name}" is about to go'))
def budget_is_told(budget: str, pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(announce, budget, pod)


@when(sentence('all disruption budgets of "{group:Name}" are deleted'))
def budgets_are_deleted(group: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(delete_budgets, group)


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


@then(sentence('within {span:Span} disruption budget "{budget:Name}" allows {number:Evictions}'))
def budget_allows(span: float, budget: str, number: int, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.budget_allows(budget, number, anew=True))


@then(sentence('for {span:Span} disruption budget "{budget:Name}" allows {number:Evictions}'))
def budget_keeps_allowing(span: float, budget: str, number: int, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.budget_allows(budget, number))


@then(sentence('within {span:Span} disruption budget "{budget:Name}" is gone'))
def budget_is_gone(span: float, budget: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.gone(budget, "PodDisruptionBudget"))


@then("the eviction is granted")
def eviction_is_granted(harness_judge: Judge) -> None:
    harness_judge.shows(conditions.answered(EVICTION, "granted"))


@then("the eviction is refused")
def eviction_is_refused(harness_judge: Judge) -> None:
    harness_judge.shows(conditions.answered(EVICTION, "refused"))


@then("one eviction is granted and two are refused")
def one_eviction_is_granted(harness_judge: Judge) -> None:
    harness_judge.shows(conditions.answered(EVICTION, "granted", "refused", "refused"))
