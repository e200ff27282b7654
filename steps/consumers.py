"""Single pods that use claims: which, when, on which node; `storage.yaml` beside the feature describes them."""

from __future__ import annotations

from functools import partial

from pytest_bdd import given, then, when

from harness.faults.commands import run_command
from harness.faults.pods import delete_pods
from harness.history.observation import OUTPUT
from harness.promises import conditions
from harness.promises.causes import blocked
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .claims import data_file, write
from .parsing import sentence
from .volumes import STORAGE


@given(sentence('pod "{pod:Name}" has started'))
def pod_has_started(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(STORAGE, only=[pod])
    harness_judge.awaits(conditions.is_ready(pod), blocked=partial(blocked, name=pod))


@given(sentence('pod "{pod:Name}" has started on claim "{claim:Name}"'))
def pod_has_started_on_claim(pod: str, claim: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(STORAGE, only=[pod, claim])
    harness_judge.awaits(conditions.is_ready(pod), blocked=partial(blocked, name=pod))


@given(sentence('pod "{pod:Name}" is to start as well'))
def pod_is_to_start(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(STORAGE, only=[pod])
    harness_judge.awaits(conditions.scheduled_or_not(pod))


@given(sentence('no node takes pod "{pod:Name}"'))
def pod_finds_no_node(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(STORAGE, only=[pod])
    harness_judge.awaits(conditions.unschedulable(pod))


@when(sentence('pod "{pod:Name}" is started'))
def pod_is_started(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(STORAGE, only=[pod])


@when(sentence('pod "{pod:Name}" is started on claim "{claim:Name}"'))
def pod_is_started_on_claim(pod: str, claim: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(STORAGE, only=[pod, claim])


@given(sentence('pod "{pod:Name}" has written into its volume, and is gone'))
def pod_has_written(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    pod_has_started(pod, harness_sandbox, harness_judge)
    write(harness_sandbox, pod, f"written by {pod}")
    harness_sandbox.act(delete_pods, [pod])
    harness_judge.awaits(conditions.gone(pod))


@then(sentence('"{name:Name}" uses claims {claims:Names}, which were there before'))
def set_uses_former_claims(name: str, claims: list[str], harness_judge: Judge) -> None:
    pods = [(f"{name}-{claim.rpartition('-')[2]}", claim) for claim in claims]
    harness_judge.shows(conditions.all_of(*(conditions.used_before(pod, claim) for pod, claim in pods)))


@then(sentence('at no time did a pod use claim "{claim:Name}"'))
def no_pod_used_claim(claim: str, harness_judge: Judge) -> None:
    harness_judge.never(conditions.used(claim), since=0, text="in the scenario")


@then(sentence('within {span:Span} no node takes pod "{pod:Name}", because "{reason:Name}"'))
def no_node_takes_pod(span: float, pod: str, reason: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.unschedulable(pod, reason))


@then(sentence('for {span:Span} no node takes pod "{pod:Name}"'))
def no_node_goes_on_taking_pod(span: float, pod: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.unschedulable(pod))


@then(sentence('within {span:Span} pod "{pod:Name}" gets no volume, because "{reason:Name}"'))
def pod_gets_no_volume(span: float, pod: str, reason: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.unmounted(pod, reason))


@then(sentence('for {span:Span} pod "{pod:Name}" does not start'))
def pod_does_not_start(span: float, pod: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.never_started(pod))


@then(sentence('at no time did pods "{first:Name}" and "{second:Name}" run at once'))
def pods_never_ran_at_once(first: str, second: str, harness_judge: Judge) -> None:
    harness_judge.never(conditions.both_run(first, second), since=0, text="in the scenario")


@then(sentence('pod "{pod:Name}" finds its volume empty'))
def pod_finds_its_volume_empty(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    folder = data_file(harness_sandbox, pod, "")
    listing = partial(run_command, pod=pod, argv=["ls", "-A", folder], name=f"what is in the volume of {pod}")
    harness_sandbox.look(OUTPUT, f"what is in the volume of {pod}", listing)
    harness_judge.shows(conditions.printed(f"what is in the volume of {pod}", ""))


@then(sentence('pod "{pod:Name}" finds in "{there:Name}" what it writes into "{here:Name}"'))
def pod_finds_what_it_writes(pod: str, there: str, here: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    name, argv = f"{pod}:{there}", ["sh", "-c", f"echo twice > {here}/written && cat {there}/written"]
    harness_sandbox.look(OUTPUT, name, partial(run_command, pod=pod, argv=argv, name=name))
    harness_judge.shows(conditions.printed(name, "twice"))
