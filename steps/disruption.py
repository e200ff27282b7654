"""Disruptions: evictions that are requested, and the budgets that allow or refuse them."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.actions.budgets import delete_budgets, record_disruption
from harness.actions.readiness import make_ready, make_unready, untouched
from harness.actions.requests import EVICTION, ask_evictions
from harness.actions.statefulsets import delete_group
from harness.history.observation import ANSWER
from harness.manifests.editing import with_demand
from harness.model import TimeWord
from harness.promises import conditions
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions

from .parsing import sentence
from .statefulsets import set_of
from .subjects import of_any_pods

Fields = dict[str, object]


@given(sentence('disruption budget "{budget:Name}" covers "{name:Name}"( with {demand:Demand})'))
@of_any_pods
def budget_covers(
    budget: str, name: str, demand: Fields | None, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_actions.apply(budget, *([with_demand(budget, **demand)] if demand else []))
    harness_judge.awaits(conditions.budget_known(budget, name))


@given(sentence('disruption budget "{budget:Name}" has observed that no pod of "{name:Name}" is ready'))
@of_any_pods
def budget_has_observed_that_none_is_ready(budget: str, name: str, harness_judge: Judge) -> None:
    known = conditions.all_of(conditions.fewer_ready(name, 1), conditions.budget_known(budget, name))
    harness_judge.awaits(known)


@given(sentence('disruption budget "{budget:Name}" has observed that pod "{pod:Name}" is not ready'))
def budget_has_observed(budget: str, pod: str, harness_judge: Judge) -> None:
    known = conditions.all_of(conditions.not_ready(pod), conditions.budget_known(budget, set_of(pod)))
    harness_judge.awaits(known)


@given(sentence('disruption budget "{budget:Name}" has observed pod "{pod:Name}" become unready and recover'))
def budget_has_observed_recovery(budget: str, pod: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    known = conditions.budget_known(budget, set_of(pod))
    harness_actions.perform(make_unready, pod)
    harness_judge.awaits(conditions.all_of(conditions.not_ready(pod), known), blocked=untouched(pod))
    harness_actions.perform(make_ready, pod)
    harness_judge.awaits(conditions.all_of(conditions.is_ready(pod), known))


@given(sentence('the eviction of pod "{pod:Name}" has been refused'))
def eviction_has_been_refused(pod: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    evict(pod, "refused", harness_actions, harness_judge)


@when(sentence('disruption budget "{budget:Name}" records the disruption of pod "{pod:Name}"'))
def budget_records_disruption(budget: str, pod: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(record_disruption, budget, pod)


@when(sentence('all {kind:StatefulSets/disruption budgets} in group "{group:Name}" are deleted'))
def group_is_deleted(kind: str, group: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(delete_group if kind == "StatefulSets" else delete_budgets, group)


@when(sentence("the eviction of {pods:Pods} is requested"))
def evictions_are_requested(pods: list[str], harness_actions: ScenarioActions) -> None:
    harness_actions.perform(ask_evictions, pods)


@then(sentence('{time:Time} disruption budget "{budget:Name}" allows {number:Count} eviction/evictions'))
def budget_allows(time: TimeWord, budget: str, number: int, harness_judge: Judge) -> None:
    harness_judge.holds(time, conditions.budget_allows(budget, number, anew=time.within))


@then(sentence("the eviction is {outcome:Outcome}"))
def eviction_is_answered(outcome: str, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.answered(EVICTION, outcome))


@then(sentence("{granted:Number} eviction/evictions is/are granted and {refused:Number} is/are refused"))
def some_evictions_are_granted(granted: int, refused: int, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.answered(EVICTION, *["granted"] * granted, *["refused"] * refused))


def evict(pod: str, outcome: str, actions: ScenarioActions, judge: Judge) -> None:
    """Have the eviction of a pod asked for, and see that it was answered so."""
    actions.query(ANSWER, EVICTION, lambda scenario: ask_evictions(scenario, [pod])[0])
    judge.shows(conditions.answered(EVICTION, outcome))
