"""Volumes that are filled and get room again."""

from __future__ import annotations

from pytest_bdd import given, when

from harness.faults.filling import empty_volume, fill_volume
from harness.scenario.sandbox import Sandbox

from .parsing import sentence


@when(sentence('the volume of pod "{pod:Name}" is filled'))
@given(sentence('the volume of pod "{pod:Name}" is full'))
def volume_is_filled(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(fill_volume, pod)


@when(sentence('the volume of pod "{pod:Name}" has room again'))
def volume_has_room_again(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(empty_volume, pod)
