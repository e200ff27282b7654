"""Volumes that a CSI driver makes: attached, snapshotted, cloned, grown, given other attributes."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.actions.claims import ask_for_attributes, ask_for_size
from harness.manifests.volume_edits import asking_for, claims_asking_for
from harness.model import Since, TimeWord
from harness.promises import conditions
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions

from .claims import read
from .objects import STORAGE
from .parsing import Named, sentence


@given(sentence('pod "{pod:Name}" has its volumes attached'))
def pod_has_its_volumes(pod: str, harness_judge: Judge) -> None:
    harness_judge.awaits(conditions.has_its_volumes(pod))


@given(sentence('snapshot "{snapshot:Name}" is ready'))
def snapshot_is_ready(snapshot: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.apply(STORAGE, only=[snapshot])
    harness_judge.awaits(conditions.snapshot_ready(snapshot))


@given(sentence('claim "{claim:Name}" {how:requests/has grown to} {size:Size}'))
def claim_has_requested_size(
    claim: str, how: str, size: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_actions.perform(ask_for_size, claim, size)
    if how == "has grown to":
        harness_judge.awaits(conditions.grown(claim, size))


@when(sentence('claim "{claim:Name}" requests {size:Size}'))
def claim_requests_size(claim: str, size: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(ask_for_size, claim, size)


@when(sentence('claim "{claim:Name}" requests another VolumeAttributesClass'))
def claim_requests_attributes(claim: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(
        lambda scenario: ask_for_attributes(scenario, claim, scenario.classes["VolumeAttributesClass"])
    )


@when(sentence('an update of {what:claim/the claim templates of} "{name:Name}" to {size:Size} is tried'))
def update_of_claims_is_tried(what: str, name: str, size: str, harness_actions: ScenarioActions) -> None:
    if what == "claim":
        harness_actions.dry_run(STORAGE, asking_for(name, size), only=[name])
    else:
        harness_actions.dry_run(name, claims_asking_for(name, size))


@then(sentence('{time:Time} claim "{claim:Name}" has a capacity of {size:Size}'))
def claim_has_capacity(time: TimeWord, claim: str, size: str, harness_judge: Judge) -> None:
    """Await that it has grown to this, or see that it stays so: then it may always have been so."""
    wanted = conditions.grown(claim, size) if time.within else conditions.holds(claim, size)
    harness_judge.holds(time, wanted, blocked=conditions.unchanging(claim))


@then(sentence('within {span:Span} claim "{claim:Name}" has another VolumeAttributesClass'))
def claim_has_attributes(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.attributes_changed(claim), blocked=conditions.unchanging(claim))


@then(sentence('within {span:Span} the volume of claim "{claim:Name}" is attached to no node'))
def volume_is_attached_nowhere(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.detached(claim), blocked=conditions.unclaimed(claim))


@then(sentence('{time:Time} the volume of claim "{claim:Name}" is attached to the node of pod "{pod:Name}" alone'))
def volume_is_attached_at_pod(time: TimeWord, claim: str, pod: str, harness_judge: Judge) -> None:
    harness_judge.holds(time, conditions.attached_with(pod, claim), blocked=conditions.unclaimed(claim))


@then(sentence('at no time {since:Since} was the volume of claim "{claim:Name}" attached to two nodes'))
def volume_was_attached_once(since: Since, claim: str, harness_judge: Judge) -> None:
    harness_judge.never(conditions.attached_twice(claim), since=since)


@then(sentence('claim "{claim:Name}" has its own volume, made from {source:Source}'))
def claim_is_made_from(claim: str, source: Named, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.made_from(claim, source.kind, source.names[0]))


@then(sentence('pod "{reader:Name}" reads what pod "{writer:Name}" had written before {source:Source}'))
def pod_reads_copy(
    reader: str, writer: str, source: Named, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    read(harness_actions, reader)
    harness_judge.shows(conditions.found_what_was_there(reader, writer, source.kind, source.names[0]))
