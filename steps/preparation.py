"""What goes before a pod's start: its preparations, and what it is told of itself."""

from __future__ import annotations

from pytest_bdd import given, then, when

from harness.containers import app_container
from harness.errors import BadInput
from harness.faults.commands import run_command
from harness.history.observation import OUTPUT
from harness.manifests.editing import with_replicas
from harness.promises import conditions
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .parsing import sentence

VARIABLE = "MY_POD_NAME"
NAME = f'echo "${VARIABLE}"'


@given(sentence('"{system:Name}" is there'))
@when(sentence('"{system:Name}" is added'))
def system_is_added(system: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(system)


@given(sentence('stateful set "{name:Name}" with {replicas:Replicas}, held in its preparation "{preparation:Name}"'))
def set_is_held(name: str, replicas: int, preparation: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(name, with_replicas(name, replicas))
    blocked = conditions.unprepared(f"{name}-0", preparation)
    harness_judge.awaits(conditions.held(f"{name}-0", preparation), blocked=blocked)


@then(sentence('within {span:Span} pod "{pod:Name}" is held in its preparation "{preparation:Name}"'))
def pod_is_held(span: float, pod: str, preparation: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.held(pod, preparation), blocked=conditions.unprepared(pod, preparation))


@then(sentence('for {span:Span} pod "{pod:Name}" is held in its preparation "{preparation:Name}"'))
def pod_stays_held(span: float, pod: str, preparation: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.held(pod, preparation))


@then(sentence('each pod of "{name:Name}" was prepared in order before it started'))
def pods_were_prepared(name: str, harness_judge: Judge) -> None:
    harness_judge.keeps("prepared in order", name, since=0)


@then(sentence('pod "{pod:Name}" knows itself as "{name:Name}"'))
def pod_knows_itself(pod: str, name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    container = app_container(harness_sandbox.known("Pod", pod))
    known = [one["name"] for one in container.get("env") or ()]
    if VARIABLE not in known and not container.get("envFrom"):
        raise BadInput(
            f'container "{container.get("name")}" of {pod} is not told its name',
            remedy=f"it needs the environment variable {VARIABLE}, from the field metadata.name",
        )
    told = f"{pod}:name"
    harness_sandbox.look(OUTPUT, told, lambda place: run_command(place, pod, ["sh", "-c", NAME], name=told))
    harness_judge.shows(conditions.printed(told, name))
