"""Volumes and claims by themselves: made, bound, released, gone; `storage.yaml` beside the feature describes them."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.faults.claims import delete_claim
from harness.faults.volumes import delete_volume, restore_default_class, withdraw_default_class
from harness.manifests.volumes import with_reclaim_policy
from harness.promises import conditions
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .parsing import sentence

STORAGE = "storage"
CLAIM, VOLUME = "PersistentVolumeClaim", "PersistentVolume"


@given(sentence('volume "{volume:Name}" is there'))
def volume_is_there(volume: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    offer([volume], harness_sandbox, harness_judge)


@given(sentence("volumes {volumes:Names} are there"))
def volumes_are_there(volumes: list[str], harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    offer(volumes, harness_sandbox, harness_judge)


def offer(volumes: list[str], sandbox: Sandbox, judge: Judge) -> None:
    """Return once the volumes exist and are available."""
    sandbox.apply(STORAGE, only=volumes)
    available = (conditions.volume_phase(sandbox.own_name(volume), "Available") for volume in volumes)
    judge.awaits(conditions.all_of(*available))


@when(sentence('volume "{volume:Name}" is made'))
def volume_is_made(volume: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(STORAGE, only=[volume])


@given(sentence('claim "{claim:Name}" has got a volume'))
def claim_has_got_a_volume(claim: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(STORAGE, only=[claim])
    harness_judge.awaits(conditions.claim_bound(claim))


@given(sentence('claim "{claim:Name}" has got volume "{volume:Name}"'))
def claim_has_got_this_volume(claim: str, volume: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    offer([volume], harness_sandbox, harness_judge)
    harness_sandbox.apply(STORAGE, only=[claim])
    harness_judge.awaits(conditions.claim_bound(claim, harness_sandbox.own_name(volume)))


@given(sentence("claims {claims:Names} have got a volume each"))
def claims_have_got_volumes(claims: list[str], harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(STORAGE, only=claims)
    harness_judge.awaits(conditions.all_of(*map(conditions.claim_bound, claims)))


@given(sentence('claim "{claim:Name}" waits for a volume'))
def claim_waits(claim: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(STORAGE, only=[claim])
    harness_judge.awaits(conditions.claim_pending(claim))


@when(sentence('claim "{claim:Name}" is made'))
def claim_is_made(claim: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(STORAGE, only=[claim])


@when(sentence("claims {claims:Names} are made"))
def claims_are_made(claims: list[str], harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(STORAGE, only=claims)


@given(sentence('claim "{claim:Name}" is gone'))
def claim_is_gone_already(claim: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(delete_claim, claim)
    harness_judge.awaits(conditions.gone(claim, CLAIM))


@given(sentence('volume "{volume:Name}" is to be kept after all'))
def volume_is_to_be_kept(volume: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(STORAGE, with_reclaim_policy(volume, "Retain"), only=[volume])


@given(sentence('the deletion of volume "{volume:Name}" has begun'))
def volume_is_deleted(volume: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(delete_volume, harness_sandbox.own_name(volume))


@given(sentence('claim "{claim:Name}" is gone, and volume "{volume:Name}" available again'))
def volume_is_available_again(claim: str, volume: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    claim_is_gone_already(claim, harness_sandbox, harness_judge)
    harness_judge.awaits(conditions.volume_phase(harness_sandbox.own_name(volume), "Available"))


@when(sentence("volumes {volumes:Names} are deleted"))
def volumes_are_deleted(volumes: list[str], harness_sandbox: Sandbox) -> None:
    for volume in volumes:
        harness_sandbox.act(delete_volume, harness_sandbox.own_name(volume))


@given("no storage class is the default")
def no_class_is_the_default(harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(withdraw_default_class)


@when("the default storage class is the default again")
def default_class_is_back(harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(restore_default_class)


@then(sentence('within {span:Span} volume "{volume:Name}" is {phase:Phase}'))
def volume_comes_to_be(span: float, volume: str, phase: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.volume_phase(harness_sandbox.own_name(volume), phase))


@then(sentence('for {span:Span} volume "{volume:Name}" is {phase:Phase}'))
def volume_goes_on_being(span: float, volume: str, phase: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.volume_phase(harness_sandbox.own_name(volume), phase))


@then(sentence('within {span:Span} volume "{volume:Name}" was {first:Phase}, {second:Phase} and {third:Phase}'))
def volume_passed_phases(
    span: float,
    volume: str,
    first: str,
    second: str,
    third: str,
    harness_sandbox: Sandbox,
    harness_judge: Judge,
) -> None:
    passed = conditions.passed_phases(harness_sandbox.own_name(volume), first, second, third)
    harness_judge.within(span, passed)


@then(sentence('for {span:Span} volume "{volume:Name}" is there'))
def volume_stays(span: float, volume: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    there = conditions.opposite(conditions.gone(harness_sandbox.own_name(volume), VOLUME))
    harness_judge.throughout(span, there)


@then(sentence('within {span:Span} volume "{volume:Name}" goes'))
def volume_goes(span: float, volume: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.went(harness_sandbox.own_name(volume), VOLUME))


@then(sentence('within {span:Span} claim "{claim:Name}" has a volume'))
def claim_gets_some_volume(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.claim_bound(claim))


@then(sentence('for {span:Span} claim "{claim:Name}" has no volume'))
def claim_has_no_volume(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.opposite(conditions.claim_bound(claim)))
    harness_judge.shows(conditions.claim_pending(claim))


@then(sentence('within {span:Span} claim "{claim:Name}" is bound to volume "{volume:Name}"'))
def claim_gets_volume(span: float, claim: str, volume: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.claim_bound(claim, harness_sandbox.own_name(volume)))


@then(
    sentence(
        "within {span:Span} {number:Number} of claims {claims:Names} "
        "and volumes {volumes:Names} are bound to each other"
    )
)
def claims_and_volumes_find_each_other(
    span: float,
    number: int,
    claims: list[str],
    volumes: list[str],
    harness_sandbox: Sandbox,
    harness_judge: Judge,
) -> None:
    harness_judge.within(span, conditions.matched(number, claims, list(map(harness_sandbox.own_name, volumes))))


@then(
    sentence(
        "for {span:Span} {number:Number} of claims {claims:Names} and volumes {volumes:Names} are bound to each other"
    )
)
def claims_and_volumes_keep_each_other(
    span: float,
    number: int,
    claims: list[str],
    volumes: list[str],
    harness_sandbox: Sandbox,
    harness_judge: Judge,
) -> None:
    harness_judge.throughout(span, conditions.matched(number, claims, list(map(harness_sandbox.own_name, volumes))))


@then("at no time were two claims bound to one volume")
def no_volume_was_shared(harness_judge: Judge) -> None:
    harness_judge.never(conditions.shared_volume(), since=0, text="in the scenario")


@then(sentence('within {span:Span} the server says why claim "{claim:Name}" gets no volume'))
def server_says_why(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.refused_volume(claim))
