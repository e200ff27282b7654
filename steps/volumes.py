"""Volumes: created, bound, released, deleted, filled; on which node they are, and the pods that use them."""

from __future__ import annotations

from functools import partial

from pytest_bdd import given, then, when

from harness.actions.commands import run_command
from harness.actions.filling import empty_volume, fill_volume
from harness.actions.pods import delete_pods
from harness.actions.volumes import restore_default_class, withdraw_default_class
from harness.history.observation import OUTPUT
from harness.manifests.volume_edits import dealt_to, placed_on, with_reclaim_policy
from harness.model import Since, TimeWord
from harness.promises import conditions
from harness.promises.nodes import open_hosts
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions

from .claims import data_file, write
from .objects import STORAGE
from .parsing import VOLUME, sentence
from .pods import pod_has_become_ready

LOCAL = "local-volumes"


@given(sentence("shared storage with these volumes:"))
def shared_storage(datatable: list[list[str]], harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.apply("shared-storage")
    offered = (conditions.offers(harness_actions.own_name(name), size, access) for name, size, access in datatable[1:])
    harness_judge.awaits(conditions.all_of(*offered))


@given(sentence("every node has local volumes"))
def every_node_has_volumes(harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.apply(LOCAL, dealt_to(open_hosts(harness_judge.history)))


@given(sentence('claim "{claim:Name}" is bound to volume "{volume:Name}"( {where:on the first node})'))
def claim_has_been_bound_to_volume(
    claim: str, volume: str, where: str | None, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    own = harness_actions.own_name(volume)
    edits = [placed_on(VOLUME, volume, open_hosts(harness_judge.history)[0])] if where else []
    harness_actions.apply(STORAGE, *edits, only=[volume])
    harness_judge.awaits(conditions.volume_phase(own, "Available"))
    harness_actions.apply(STORAGE, only=[claim])
    harness_judge.awaits(conditions.claim_bound(claim, own))


@given(sentence('volume "{volume:Name}" has been given reclaim policy Retain'))
def volume_is_retained(volume: str, harness_actions: ScenarioActions) -> None:
    harness_actions.apply(STORAGE, with_reclaim_policy(volume, "Retain"), only=[volume])


@given(sentence('pod "{pod:Name}" has written to its volume and been deleted'))
def pod_has_written(pod: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    pod_has_become_ready(pod, None, harness_actions, harness_judge)
    write(harness_actions, pod, f"written by {pod}")
    harness_actions.perform(delete_pods, [pod])
    harness_judge.awaits(conditions.gone(pod))


@given(sentence('the volume of pod "{pod:Name}" has been too full for client "{client:Name}" to write'))
def volume_has_been_full(pod: str, client: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.perform(fill_volume, pod)
    harness_judge.awaits(conditions.refused_write(client))


@given(sentence("no StorageClass is the default"))
def no_class_is_the_default(harness_actions: ScenarioActions) -> None:
    harness_actions.perform(withdraw_default_class)


@when(sentence("the default StorageClass is restored"))
def default_class_is_restored(harness_actions: ScenarioActions) -> None:
    harness_actions.perform(restore_default_class)


@when(sentence('the volume of pod "{pod:Name}" is {how:filled/emptied}'))
def volume_is_filled_or_emptied(pod: str, how: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(fill_volume if how == "filled" else empty_volume, pod)


@then(sentence('({time:Time} )claim "{claim:Name}" is bound to volume "{volume:Name}"'))
def claim_is_bound_to_volume(
    time: TimeWord | None, claim: str, volume: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_judge.holds(time, conditions.claim_bound(claim, harness_actions.own_name(volume)))


@then(
    sentence("{time:Time} {number:Number} of claims {claims:Names} and volumes {volumes:Names} are bound to each other")
)
def claims_and_volumes_are_matched(
    time: TimeWord,
    number: int,
    claims: list[str],
    volumes: list[str],
    harness_actions: ScenarioActions,
    harness_judge: Judge,
) -> None:
    harness_judge.holds(time, conditions.matched(number, claims, list(map(harness_actions.own_name, volumes))))


@then(sentence("at no time {since:Since} were two claims bound to one volume"))
def no_volume_was_shared(since: Since, harness_judge: Judge) -> None:
    harness_judge.never(conditions.shared_volume(), since=since)


@then(sentence('within {span:Span} volume "{volume:Name}" was {first:Phase}, {second:Phase} and {third:Phase}'))
def volume_passed_phases(
    span: float,
    volume: str,
    first: str,
    second: str,
    third: str,
    harness_actions: ScenarioActions,
    harness_judge: Judge,
) -> None:
    passed = conditions.passed_phases(harness_actions.own_name(volume), first, second, third)
    harness_judge.within(span, passed)


@then(sentence('within {span:Span} pod "{pod:Name}" has no volume mounted, because "{reason:Name}"'))
def pod_has_no_volume(span: float, pod: str, reason: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.unmounted(pod, reason))


@then(sentence('for {span:Span} pod "{pod:Name}" does not start'))
def pod_does_not_start(span: float, pod: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.never_started(pod))


@then(sentence("{pods:Pods} run/runs on the node/nodes of its/their volume/volumes(, {apart:each on another})"))
def pods_run_with_their_volumes(pods: list[str], apart: str | None, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.on_nodes(pods, different=apart is not None))


@then(sentence('the volume of pod "{pod:Name}" is empty'))
def volume_is_empty(pod: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    name = f"what is in the volume of {pod}"
    listing = ["ls", "-A", data_file(harness_actions, pod, "")]
    harness_actions.query(OUTPUT, name, partial(run_command, pod=pod, argv=listing, name=name))
    harness_judge.shows(conditions.printed(name, ""))


@then(sentence('pod "{pod:Name}" reads in "{there:Name}" what it writes to "{here:Name}"'))
def pod_reads_what_it_writes(
    pod: str, there: str, here: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    name, argv = f"{pod}:{there}", ["sh", "-c", f"echo twice > {here}/written && cat {there}/written"]
    harness_actions.query(OUTPUT, name, partial(run_command, pod=pod, argv=argv, name=name))
    harness_judge.shows(conditions.printed(name, "twice"))
