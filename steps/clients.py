"""Clients in the cluster: what they are answered, and which of their writes were acknowledged, while things happen."""

from __future__ import annotations

from functools import partial

from pytest_bdd import given, then, when

from harness import timeouts
from harness.actions.commands import begun, run_command
from harness.actions.pods import delete_pods
from harness.history.observation import OUTPUT, STEP, Verb
from harness.history.sampling import CLIENT_LABEL
from harness.manifests.editing import labelled
from harness.model import Since
from harness.promises import conditions
from harness.promises.clients import STORED, writes_kept
from harness.scenario.judge import Judge
from harness.scenario.namespace import ScenarioNamespace
from harness.scenario.scenario_actions import ScenarioActions

from .parsing import sentence
from .statefulsets import pods_of
from .subjects import of_any_pods

READ = "/client/read"
"""The command in a client's application that prints the key of every write it finds."""


@given(sentence('client "{client:Name}" queries "{name:Name}" continuously'))
@of_any_pods
def client_queries(client: str, name: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.apply(client, labelled(CLIENT_LABEL, client))
    harness_actions.perform(follow, client)
    harness_judge.awaits(conditions.all_answer(client, name))


@given(sentence('client "{client:Name}" writes continuously'))
def client_writes(client: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.apply(client, labelled(CLIENT_LABEL, client))
    harness_actions.perform(follow, client)
    harness_judge.awaits(conditions.acknowledges(client))


@when(sentence('the pods of "{name:Name}" are deleted one by one, each after all have answered client "{client:Name}"'))
@of_any_pods
def pods_are_deleted_in_turn(name: str, client: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    for pod in pods_of(harness_judge, name):
        harness_actions.perform(delete_pods, [pod])
        harness_judge.awaits(conditions.replaced(pod, and_ready=True))
        harness_judge.awaits(conditions.all_answer(client, name), since=harness_judge.history.end)


@then(sentence('within {span:Span} client "{client:Name}" gets answers from all replicas of "{name:Name}"'))
@of_any_pods
def client_gets_answers(span: float, client: str, name: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.all_answer(client, name))


@then(sentence('at no time {since:Since} were fewer than {number:Number} replicas of "{name:Name}" answering'))
@of_any_pods
def replicas_were_answering(since: Since, number: int, name: str, harness_judge: Judge) -> None:
    harness_judge.never(conditions.fewer_answering(name, number), since=since, settled=conditions.settled(name))


@then(sentence('at no time {since:Since} was "{subject:Name}" without an answer for more than {span:Span}'))
def subject_was_answering(since: Since, subject: str, span: float, harness_judge: Judge) -> None:
    harness_judge.never(conditions.silent(subject, span), since=since)


@then(sentence('within {span:Span} a write of client "{client:Name}" is not acknowledged'))
def write_is_not_acknowledged(span: float, client: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.refused_write(client))


@then(sentence('within {span:Span} client "{client:Name}" has {number:Number} writes in a row acknowledged'))
def writes_are_acknowledged_in_a_row(span: float, client: str, number: int, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.acknowledged_in_a_row(client, number))


@then(sentence('for {span:Span} no write of client "{client:Name}" is acknowledged'))
def no_write_is_acknowledged(span: float, client: str, harness_judge: Judge) -> None:
    begun = harness_judge.history.of(STEP, Verb.BEGAN)[-1].seq
    harness_judge.throughout(span, conditions.acknowledges_nothing(client), since=begun)


@then(sentence('no acknowledged write of client "{client:Name}" is lost'))
def no_write_is_lost(client: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    name = f"{client}:{READ}"
    read = partial(
        run_command, pod=client, argv=[READ], name=name, timeout_s=timeouts.CLIENT.s, purpose=STORED, client=client
    )
    harness_actions.query(OUTPUT, name, lambda scenario: begun(read(scenario), "a client that writes has this command"))
    harness_judge.keeps(writes_kept, client)


@then(
    sentence(
        'at least {percent:Number} percent of the writes of client "{client:Name}" since the event were acknowledged'
    )
)
def writes_were_acknowledged(percent: int, client: str, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.enough_acknowledged(client, percent))


def follow(scenario: ScenarioNamespace, client: str) -> None:
    """Have what a client prints recorded from now on."""
    scenario.recorder.follow(client)
