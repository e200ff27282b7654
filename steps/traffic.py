"""Pods that nothing reaches, and pods whose lines or volumes are slow."""

from __future__ import annotations

from pytest_bdd import given, when

from harness.faults.traffic import cut_off, free_line, join_again, part, reunite, slow_line, slow_volume
from harness.promises import conditions
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .parsing import sentence


@given(sentence('pod "{pod:Name}" has been cut off the network'))
def pod_has_been_cut_off(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(cut_off, pod)
    harness_judge.awaits(conditions.not_ready(pod))


@when(sentence('pod "{pod:Name}" is cut off the network'))
def pod_is_cut_off(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(cut_off, pod)


@when(sentence('pod "{pod:Name}" can be reached again'))
def pod_can_be_reached_again(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(join_again, pod)


@given(sentence('client "{client:Name}" and pod "{pod:Name}" cannot reach each other'))
def client_and_pod_are_parted(client: str, pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(part, client, pod)
    harness_judge.awaits(conditions.refused_write(client))


@when(sentence('client "{client:Name}" and pod "{pod:Name}" reach each other again'))
def client_and_pod_are_reunited(client: str, pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(reunite, client, pod)


@when(sentence('the line of pod "{pod:Name}" carries no more than {number:Number} bytes a second'))
def line_becomes_slow(pod: str, number: int, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(slow_line, pod, number)


@given(
    sentence(
        'the line of pod "{pod:Name}", at {number:Number} bytes a second, has been too slow for client "{client:Name}"'
    )
)
def line_has_been_slow(pod: str, number: int, client: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(slow_line, pod, number)
    harness_judge.awaits(conditions.refused_write(client))


@when(sentence('the line of pod "{pod:Name}" carries everything again'))
def line_is_free_again(pod: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(free_line, pod)


@when(sentence('the volume of pod "{pod:Name}" takes no more than {number:Number} KiB a second'))
def volume_becomes_slow(pod: str, number: int, harness_sandbox: Sandbox) -> None:
    harness_sandbox.act(slow_volume, pod, number)
