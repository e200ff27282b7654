"""What one program gets to see of the API server, and what becomes of its requests."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.actions import views
from harness.actions.views import WRITE, Client, Fate
from harness.history.observation import ANSWER
from harness.promises import conditions
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions

from .parsing import sentence


@given(sentence("{client:Client} sees nothing new of {kind:Kind}"))
def sees_nothing_new(client: Client, kind: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(views.hide, client, kind)


@given(sentence("{client:Client} sees {kind:Kind} {span:Span} late"))
def sees_late(client: Client, kind: str, span: float, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(views.delay, client, kind, span)


@given(sentence("{client:Client} misses what happens to {kind:Kind}"))
def misses(client: Client, kind: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(views.merge, client, kind)


@when(sentence("the {program:Program} is restarted and sees {kind:Kind} as they were at the beginning"))
def restarted_in_the_past(program: str, kind: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(views.restart_in_the_past, program, kind)


@when(sentence("{client:Client} sees {kind:Kind} as they are again"))
def sees_again(client: Client, kind: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(views.show, client, kind)


@given(sentence("the next write of {client:Client} to {kind:Kind} {fate:Fate}"))
def next_write_fails(client: Client, kind: str, fate: Fate, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(views.refuse_next, client, kind, fate)


@then(sentence("that write of {client:Client} to {kind:Kind} was made"))
def write_was_made(client: Client, kind: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.query(ANSWER, WRITE, lambda scenario: views.tell_of_refusal(scenario, client, kind))
    harness_judge.shows(conditions.answered(WRITE, "failed"))


@given(sentence("the {program:Program} will be killed after its {number:Nth} write"))
def will_be_killed(program: str, number: int, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(views.stop_after, program, number)


@when(sentence("the {program:Program} has been killed there and is restarted"))
def killed_and_restarted(program: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(views.kill_held, program)


@given(sentence("{client:Client} has been cut off from the API server"))
def client_has_been_cut_off(client: Client, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.perform(views.cut_off_alone, client)
    if client.program == "kubelet":
        harness_judge.awaits(conditions.not_ready(client.pod))


@when(sentence("{client:Client} is reconnected to the API server"))
def client_is_reconnected(client: Client, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(views.join_again, client)
