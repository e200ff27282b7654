"""What a stateful set asks for beyond its replicas and version, and what it reports of itself."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.faults.sets import GROUP, delete_group, patch_set, tell_condition
from harness.manifests.editing import chain, with_replicas, with_spec
from harness.promises import conditions
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .parsing import sentence
from .workload import await_given


@given(sentence('stateful set "{name:Name}" with {replicas:Replicas}, managed in parallel'))
def parallel_set(name: str, replicas: int, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    parallel = with_spec(name, podManagementPolicy="Parallel")
    harness_sandbox.apply(name, chain(with_replicas(name, replicas), parallel))
    await_given(harness_judge, name, conditions.all_ready(name, replicas))


@given(sentence('stateful set "{name:Name}" with {replicas:Replicas}, numbered from {start:Number}'))
def numbered_set(name: str, replicas: int, start: int, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(name, chain(with_replicas(name, replicas), with_spec(name, ordinals={"start": start})))
    await_given(harness_judge, name, conditions.all_ready(name, replicas))


@given(sentence('stateful set "{name:Name}" with {replicas:Replicas}, available after {span:Span}'))
def set_with_availability(
    name: str, replicas: int, span: float, harness_sandbox: Sandbox, harness_judge: Judge
) -> None:
    harness_sandbox.apply(name, chain(with_replicas(name, replicas), with_spec(name, minReadySeconds=int(span))))
    await_given(harness_judge, name, conditions.all_ready(name, replicas))


@when(sentence('"{name:Name}" numbers its replicas from {start:Number}'))
def replicas_are_numbered(name: str, start: int, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(name, with_spec(name, ordinals={"start": start}))


@when(sentence('"{name:Name}" numbers its replicas from the beginning'))
def replicas_are_numbered_from_zero(name: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(name, with_spec(name, ordinals=None))


@given(sentence('stateful set "{name:Name}" with {replicas:Replicas}, replaced only when somebody deletes them'))
def replaced_on_delete(name: str, replicas: int, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    on_delete = with_spec(name, updateStrategy={"type": "OnDelete"})
    harness_sandbox.apply(name, chain(with_replicas(name, replicas), on_delete))
    await_given(harness_judge, name, conditions.all_ready(name, replicas))


@given(sentence('stateful set "{name:Name}" with {replicas:Replicas}, remembering {limit:Number} former version'))
def set_with_history(name: str, replicas: int, limit: int, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(name, chain(with_replicas(name, replicas), with_spec(name, revisionHistoryLimit=limit)))
    await_given(harness_judge, name, conditions.all_ready(name, replicas))


@given(sentence('"{name:Name}" is to give up its claims when it is deleted'))
@when(sentence('"{name:Name}" is to give up its claims when it is deleted'))
def claims_go_with_the_set(name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(name, with_spec(name, persistentVolumeClaimRetentionPolicy={"whenDeleted": "Delete"}))
    await_given(harness_judge, name, conditions.settled(name))


@given(sentence('"{name:Name}" is to give up the claims of replicas that are scaled away'))
def claims_go_with_replicas(name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(name, with_spec(name, persistentVolumeClaimRetentionPolicy={"whenScaled": "Delete"}))
    await_given(harness_judge, name, conditions.settled(name))


@when(sentence('"{name:Name}" counts a replica as available after {span:Span}'))
def availability_takes(name: str, span: float, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(name, with_spec(name, minReadySeconds=int(span)))


@when(sentence('"{name:Name}" counts a replica as available at once'))
def availability_is_immediate(name: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(name, with_spec(name, minReadySeconds=0))


@given(sentence('"{name:Name}" has counted no replica as available, since that takes {span:Span}'))
def none_is_available(name: str, span: float, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(name, with_spec(name, minReadySeconds=int(span)))
    await_given(harness_judge, name, conditions.reports(name, "available", 0))


@when(sentence('stateful set "{name:Name}" is applied with {replicas:Replicas} that are available after {span:Span}'))
def applied_with_availability(name: str, replicas: int, span: float, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(name, chain(with_replicas(name, replicas), with_spec(name, minReadySeconds=int(span))))


@given(sentence('stateful set "{name:Name}" with {replicas:Replicas}, one of "{group:Name}"'))
def set_is_one_of(name: str, replicas: int, group: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(name, with_replicas(name, replicas))
    harness_sandbox.act(patch_set, name, {"metadata": {"labels": {GROUP: group}}})
    await_given(harness_judge, name, conditions.all_ready(name, replicas))


@when(sentence('all stateful sets of "{group:Name}" are deleted'))
def sets_are_deleted(group: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(delete_group, group)


@when(sentence('a client tells that "{name:Name}" is "{condition:Name}"'))
def client_tells(name: str, condition: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(tell_condition, name, condition)


@then(sentence('within {span:Span} the status of "{name:Name}" says "{condition:Name}"'))
def status_says(span: float, name: str, condition: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.has_condition(name, condition))


@then(sentence('for {span:Span} the status of "{name:Name}" says "{condition:Name}"'))
def status_keeps_saying(span: float, name: str, condition: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.has_condition(name, condition))


@when(sentence('other claims are proposed for "{name:Name}"'))
def other_claims_are_proposed(name: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.propose(name, with_spec(name, volumeClaimTemplates=[]))


@when(sentence('service "{service:Name}" is proposed for "{name:Name}"'))
def other_service_is_proposed(service: str, name: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.propose(name, with_spec(name, serviceName=service))


@then(sentence('the proposal is refused, because "{reason:Name}"'))
def proposal_is_refused_because(reason: str, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.answered("proposal", "refused", because=reason))


@then("the proposal is refused")
def proposal_is_refused(harness_judge: Judge) -> None:
    harness_judge.shows(conditions.answered("proposal", "refused"))


@then(sentence('within {span:Span} "{name:Name}" reports {number:Number} ready replicas'))
def set_reports_ready(span: float, name: str, number: int, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.reports(name, "ready", number))


@then(sentence('within {span:Span} "{name:Name}" reports {number:Number} available replicas'))
def set_reports_available(span: float, name: str, number: int, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.reports(name, "available", number))


@then(sentence('for {span:Span} "{name:Name}" reports {number:Number} available replicas'))
def set_keeps_reporting_available(span: float, name: str, number: int, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.reports(name, "available", number))


@then(sentence('within {span:Span} "{name:Name}" has {number:Number} revisions'))
def set_has_revisions(span: float, name: str, number: int, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.revisions(name, number))
