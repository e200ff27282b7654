"""Pods: created, deleted, ready or not, replaced, waiting in init containers, owned by a controller."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.actions.claims import delete_claim
from harness.actions.metadata import add_finalizer, label, remove_finalizer, remove_owner, unlabel
from harness.actions.pods import delete_pods, fail_pod
from harness.actions.readiness import make_ready, make_unready, untouched
from harness.model import Since, TimeWord
from harness.promises import conditions
from harness.promises.causes import Obstacles
from harness.promises.init_containers import prepared_in_order
from harness.promises.ownership import ownership
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions

from .disruption import evict
from .objects import STORAGE
from .parsing import sentence
from .statefulsets import await_given, pods_of, set_of, waiting
from .subjects import of_any_pods


@given(sentence('pod "{pod:Name}" is ready( with claim "{claim:Name}")'))
def pod_has_become_ready(pod: str, claim: str | None, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.apply(STORAGE, only=[pod, *([claim] if claim else [])])
    await_given(harness_judge, pod, conditions.is_ready(pod))


@given(sentence('pod "{pod:Name}" has been created'))
def pod_has_been_created(pod: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.apply(STORAGE, only=[pod])
    harness_judge.awaits(conditions.scheduled_or_not(pod))


@given(sentence('pod "{pod:Name}" is unschedulable'))
def pod_has_become_unschedulable(pod: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.apply(STORAGE, only=[pod])
    harness_judge.awaits(conditions.unschedulable(pod))


@given(sentence('pod "{pod:Name}" is not ready'))
def pod_has_become_unready(pod: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.perform(make_unready, pod)
    known = conditions.all_of(conditions.not_ready(pod), conditions.reported(set_of(pod)))
    harness_judge.awaits(known, blocked=untouched(pod))


@given(sentence('no pod of "{name:Name}" is ready'))
@of_any_pods
def no_pod_is_ready(name: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    pods = pods_of(harness_judge, name)
    for pod in pods:
        harness_actions.perform(make_unready, pod)
    unready = [conditions.not_ready(pod) for pod in pods]
    looks = [untouched(pod) for pod in pods]
    known = conditions.all_of(*unready, conditions.reported(name))
    harness_judge.awaits(known, blocked=lambda history: [cause for look in looks for cause in look(history)])


@given(sentence('pod "{pod:Name}" has lost its owner reference and been adopted again'))
def pod_has_been_adopted_again(pod: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.perform(remove_owner, pod)
    harness_judge.awaits(conditions.adopted(pod, set_of(pod)))


@given(sentence('pod "{pod:Name}" has lost the labels that its set selects'))
def pod_has_lost_its_labels(pod: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.perform(unlabel, pod)
    harness_judge.awaits(conditions.released(pod))


@given(sentence('pod "{pod:Name}" is held by a finalizer(, its {taken:eviction granted/deletion requested})'))
def pod_is_held(pod: str, taken: str | None, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.perform(add_finalizer, pod)
    if taken == "eviction granted":
        evict(pod, "granted", harness_actions, harness_judge)
        harness_judge.awaits(conditions.not_ready(pod))
    elif taken == "deletion requested":
        harness_actions.perform(delete_pods, [pod])
        harness_judge.awaits(conditions.all_of(conditions.not_ready(pod), conditions.reported(set_of(pod))))


@given(sentence('pod "{pod:Name}" has been deleted with its claim "{claim:Name}"'))
def pod_has_been_deleted_with_claim(
    pod: str, claim: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_actions.perform(delete_pods, [pod])
    harness_judge.awaits(conditions.all_of(conditions.replaced(pod), conditions.scheduled_or_not(pod)))
    harness_actions.perform(delete_claim, claim)


@when(sentence('{pods:Pods} is/are deleted( {grace:with no grace period})( with its claim "{claim:Name}")'))
def pods_are_deleted(pods: list[str], grace: str | None, claim: str | None, harness_actions: ScenarioActions) -> None:
    if claim:
        harness_actions.perform(delete_claim, claim)
    harness_actions.perform(delete_pods, pods, grace=0 if grace else None)


@when(sentence('pod "{pod:Name}" becomes {state:ready/unready}'))
def pod_becomes(pod: str, state: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    if state == "ready":
        harness_actions.perform(make_ready, pod)
    else:
        pod_has_become_unready(pod, harness_actions, harness_judge)


@when(sentence('pod "{pod:Name}" fails'))
def pod_fails(pod: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(fail_pod, pod)


@when(sentence('the owner reference of pod "{pod:Name}" is removed'))
def owner_reference_is_removed(pod: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(remove_owner, pod)


@when(sentence('pod "{pod:Name}" {how:loses/regains} the labels that its set selects'))
def labels_of_pod_change(pod: str, how: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(unlabel if how == "loses" else label, pod)


@when(sentence('the finalizer of pod "{pod:Name}" is removed'))
def finalizer_is_removed(pod: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(remove_finalizer, pod)


@then(sentence('{time:Time} pod "{pod:Name}" is {state:ready/not ready}'))
def pod_is_ready_or_not(time: TimeWord, pod: str, state: str, harness_judge: Judge) -> None:
    harness_judge.holds(time, conditions.is_ready(pod) if state == "ready" else conditions.not_ready(pod))


@then(sentence('within {span:Span} pod "{pod:Name}" is not ready, although its server still runs'))
def terminating_pod_is_not_ready(span: float, pod: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.unready_while_terminating(pod))


@then(sentence('within {span:Span} pod "{pod:Name}" is replaced'))
def pod_is_replaced(span: float, pod: str, harness_judge: Judge) -> None:
    replaced = conditions.replaced(pod, and_ready=True)
    harness_judge.within(span, replaced, blocked=Obstacles(pod))


@then(sentence('within {span:Span} pod "{pod:Name}" is replaced while pod "{other:Name}" is not ready'))
def pod_is_replaced_beside(span: float, pod: str, other: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.all_of(conditions.replaced(pod), conditions.not_ready(other)))


@then(sentence("for {span:Span} {pods:Pods} is/are not replaced"))
def pods_are_not_replaced(span: float, pods: list[str], harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.unreplaced(*pods))


@then(sentence('({time:Time} )no pod of "{name:Name}" is replaced'))
@of_any_pods
def no_pod_is_replaced(time: TimeWord | None, name: str, harness_judge: Judge) -> None:
    harness_judge.holds(time, conditions.none_replaced(name))


@then(sentence("within {span:Span} {pods:Pods} are replaced together"))
def pods_are_replaced_together(span: float, pods: list[str], harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.replaced_together(*pods))


@then(sentence('for {span:Span} at least {number:Number} pods of "{name:Name}" are ready'))
@of_any_pods
def pods_are_ready(span: float, number: int, name: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.at_least_ready(name, number))


@then(sentence('at no time {since:Since} were {bound:fewer/more} than {number:Number} pods of "{name:Name}" ready'))
@of_any_pods
def pods_were_ready(since: Since, bound: str, number: int, name: str, harness_judge: Judge) -> None:
    if bound == "more":
        harness_judge.never(conditions.at_least_ready(name, number + 1), since=since)
    else:
        harness_judge.never(conditions.fewer_ready(name, number), since=since, settled=conditions.settled(name))


@then(sentence('at no time {since:Since} did pods "{first:Name}" and "{second:Name}" run at the same time'))
def pods_never_ran_at_once(since: Since, first: str, second: str, harness_judge: Judge) -> None:
    harness_judge.never(conditions.both_run(first, second), since=since)


@then(sentence('{time:Time} pod "{pod:Name}" is waiting {container:Wait}'))
def pod_waits(time: TimeWord, pod: str, container: str, harness_judge: Judge) -> None:
    waits, blocked = waiting(pod, container)
    harness_judge.holds(time, waits, blocked=blocked)


@then(sentence('each pod of "{name:Name}" ran its init containers in order before it started'))
@of_any_pods
def init_containers_ran_in_order(name: str, harness_judge: Judge) -> None:
    harness_judge.keeps(prepared_in_order, name)


@then(sentence('within {span:Span} pod "{pod:Name}" has no controller'))
def pod_has_no_controller(span: float, pod: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.released(pod))


@then(
    sentence(
        'at no time {since:Since} did "{name:Name}" own other pods than those it selects for more than {span:Span}'
    )
)
def set_owned_its_pods(since: Since, name: str, span: float, harness_judge: Judge) -> None:
    harness_judge.keeps(ownership, name, since=since, allowed_s=span)
