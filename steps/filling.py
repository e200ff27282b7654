"""Volumes that are filled and get room again."""

from __future__ import annotations

from pytest_bdd import given, when

from harness.faults.filling import empty_volume, fill_volume
from harness.promises import conditions
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .parsing import sentence


@when(sentence('the volume of pod "{pod:Name}" is filled'))
def volume_is_filled(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(fill_volume, pod)


@given(sentence('the volume of pod "{pod:Name}" has had no room for what client "{client:Name}" writes'))
def volume_has_been_full(pod: str, client: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(fill_volume, pod)
    harness_judge.awaits(conditions.refused_write(client))


@when(sentence('the volume of pod "{pod:Name}" has room again'))
def volume_has_room_again(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(empty_volume, pod)
