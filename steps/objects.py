"""Pods, claims, volumes and budgets by themselves: created, deleted, in which phase; `storage.yaml` describes them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pytest_bdd import given, then, when

from harness.actions.claims import delete_claim
from harness.actions.volumes import delete_volume
from harness.errors import BadInput
from harness.manifests.volume_edits import placed_on
from harness.model import TimeWord
from harness.promises import conditions
from harness.promises.condition import Condition
from harness.promises.nodes import open_hosts
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions

from .parsing import CLAIM, VOLUME, Named, sentence

CLAIM_PHASES: dict[str, Callable[[str], Condition]] = {
    "Bound": conditions.claim_bound,
    "Pending": conditions.claim_pending,
}
STORAGE = "storage"
"""The file beside a feature with claims, volumes and pods that no set makes."""


@given(sentence("{objects:Storage} is/are {phase:Phase}"))
def objects_have_come_into_phase(
    objects: Named, phase: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_actions.apply(STORAGE, only=objects.names)
    harness_judge.awaits(in_phase(harness_actions, objects, phase))


@when(sentence('{objects:Objects} is/are created( with claim "{claim:Name}")( {where:on the last node})'))
def objects_are_created(
    objects: Named, claim: str | None, where: str | None, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    edits = [placed_on(objects.kind, name, open_hosts(harness_judge.history)[-1]) for name in objects.names if where]
    harness_actions.apply(STORAGE, *edits, only=[*objects.names, *([claim] if claim else [])])


@given(sentence("the deletion of {objects:Storage} has been requested"))
@when(sentence("{objects:Storage} is/are deleted"))
def objects_are_deleted(objects: Named, harness_actions: ScenarioActions) -> None:
    delete = {CLAIM: delete_claim, VOLUME: delete_volume}[objects.kind]
    for name in own_names(harness_actions, objects):
        harness_actions.perform(delete, name)


@then(sentence("({time:Time} ){objects:Storage} is/are {phase:Phase}"))
def objects_are_in_phase(
    time: TimeWord | None, objects: Named, phase: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_judge.holds(time, in_phase(harness_actions, objects, phase))


@then(sentence("for {span:Span} {objects:Objects} exists/exist"))
def objects_exist(span: float, objects: Named, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    names = own_names(harness_actions, objects)
    harness_judge.throughout(span, conditions.all_of(*(conditions.still_exists(name, objects.kind) for name in names)))


@then(sentence("within {span:Span} {objects:Objects} is/are deleted"))
def objects_go(span: float, objects: Named, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    gone = conditions.went if objects.kind == VOLUME else conditions.gone
    names = own_names(harness_actions, objects)
    harness_judge.within(span, conditions.all_of(*(gone(name, objects.kind) for name in names)))


def in_phase(actions: ScenarioActions, objects: Named, phase: str) -> Condition:
    """Each of these claims, or volumes, is in a phase; BadInput for one that claims lack."""
    of_volumes = partial(conditions.volume_phase, phase=phase)
    condition = CLAIM_PHASES.get(phase) if objects.kind == CLAIM else of_volumes
    if condition is None:
        raise BadInput(
            f"a claim is never {phase.lower()}", remedy="say that it is bound or pending; volumes are released"
        )
    return conditions.all_of(*map(condition, own_names(actions, objects)))


def own_names(actions: ScenarioActions, objects: Named) -> list[str]:
    """Return what the objects are called on the cluster: a volume has a name of the scenario's own."""
    return [actions.own_name(name) if objects.kind == VOLUME else name for name in objects.names]
