"""Claims that ask for more, for less or for something else; `storage.yaml` describes those that no set makes."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.faults.claims import ask_for_attributes, ask_for_size
from harness.manifests.volumes import asking_for, claims_asking_for
from harness.promises import conditions
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .parsing import sentence
from .volumes import STORAGE


@when(sentence('{size:Size} are proposed for claim "{claim:Name}"'))
def size_is_proposed(size: str, claim: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.propose(STORAGE, asking_for(claim, size), only=[claim])


@when(sentence('{size:Size} are proposed for each claim of "{name:Name}"'))
def size_is_proposed_for_set(size: str, name: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.propose(name, claims_asking_for(name, size))


@given(sentence('claim "{claim:Name}" is to hold {size:Size}'))
@when(sentence('claim "{claim:Name}" is to hold {size:Size}'))
def claim_is_to_hold(claim: str, size: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(ask_for_size, claim, size)


@given(sentence('claim "{claim:Name}" has grown to {size:Size}'))
def claim_has_grown_already(claim: str, size: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(ask_for_size, claim, size)
    harness_judge.awaits(conditions.grown(claim, size))


@when(sentence('claim "{claim:Name}" is to have other attributes'))
def claim_is_to_have_attributes(claim: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(lambda place: ask_for_attributes(place, claim, place.classes["VolumeAttributesClass"]))


@then(sentence('within {span:Span} claim "{claim:Name}" has grown to {size:Size}'))
def claim_has_grown(span: float, claim: str, size: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.grown(claim, size), blocked=conditions.unchanging(claim))


@then(sentence('for {span:Span} claim "{claim:Name}" holds {size:Size}'))
def claim_goes_on_holding(span: float, claim: str, size: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.holds(claim, size))


@then(sentence('within {span:Span} claim "{claim:Name}" has got other attributes'))
def claim_has_got_attributes(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.attributes_changed(claim), blocked=conditions.unchanging(claim))
