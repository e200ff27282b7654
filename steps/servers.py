"""Real servers: the entries in them, and how they end. Each system says itself how entries get in and out."""

from __future__ import annotations

from functools import partial

from pytest_bdd import given, then, when

from harness.errors import ExpectationNotMet
from harness.faults.claims import delete_claim
from harness.faults.commands import command_of
from harness.faults.entries import (
    CRASH,
    LAST_STOP,
    LIST,
    STORE,
    crash_server,
    list_entries,
    say_last_stop,
    store_entries,
)
from harness.faults.pods import delete_pods
from harness.history.observation import OUTPUT
from harness.promises import conditions
from harness.promises.outputs import content
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .claims import pods_of
from .parsing import sentence

ENTRIES = 3
"""How many entries each replica is given."""


@given(sentence('each replica of "{name:Name}" has stored entries of its own'))
def each_replica_has_stored(name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    command = command_of(harness_sandbox.known("StatefulSet", name), STORE)
    for pod in pods_of(harness_judge, name):
        keys = [f"{pod}-{number}-of-{harness_sandbox.namespace}" for number in range(ENTRIES)]
        told = harness_sandbox.look(OUTPUT, f"{pod}:store", partial(store_entries, pod=pod, command=command, keys=keys))
        if content(told).split() != keys:
            raise ExpectationNotMet(
                f"{pod} did not acknowledge every entry",
                ", ".join(keys),
                content(told) or str(told.data.get("stderr") or told.data.get("error") or "nothing"),
            )


@given(sentence('task "{task:Name}" is done'))
def task_is_done(task: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(task)
    harness_judge.awaits(conditions.succeeded(task))
    harness_sandbox.act(delete_pods, [task])  # also a pod that has ended keeps its claims from going
    harness_judge.awaits(conditions.gone(task))


@given(sentence('claim "{claim:Name}" is lost'))
def claim_is_lost(claim: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(delete_claim, claim)
    harness_judge.awaits(conditions.gone(claim, "PersistentVolumeClaim"))


@when(sentence('the server of pod "{pod:Name}" crashes'))
def server_crashes(pod: str, harness_sandbox: Sandbox) -> None:
    command = command_of(harness_sandbox.known("StatefulSet", pod.rpartition("-")[0]), CRASH)
    harness_sandbox.act(crash_server, pod, command)


@then(sentence('within {span:Span} pod "{pod:Name}" runs again'))
def pod_runs_again(span: float, pod: str, harness_judge: Judge) -> None:
    supplanted = conditions.supplanted(pod, harness_judge.event)
    harness_judge.within(span, conditions.restarted(pod), blocked=supplanted)


@then(sentence('each replica of "{name:Name}" has every entry that it acknowledged'))
def each_replica_has_its_entries(name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    command = command_of(harness_sandbox.known("StatefulSet", name), LIST)
    for pod in pods_of(harness_judge, name):
        harness_sandbox.look(OUTPUT, f"{pod}:list", partial(list_entries, pod=pod, command=command))
    harness_judge.keeps("acknowledged entries kept", name, since=0)


@then(sentence('the server of pod "{pod:Name}" had been shut down cleanly'))
def server_had_been_shut_down(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    _ask_last_stop(pod, harness_sandbox)
    harness_judge.shows(conditions.printed(f"{pod}:last-stop", "clean"))


@then(sentence('the server of pod "{pod:Name}" had crashed'))
def server_had_crashed(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    _ask_last_stop(pod, harness_sandbox)
    harness_judge.shows(conditions.printed(f"{pod}:last-stop", "crashed"))


def _ask_last_stop(pod: str, sandbox: Sandbox) -> None:
    command = command_of(sandbox.known("StatefulSet", pod.rpartition("-")[0]), LAST_STOP)
    sandbox.look(OUTPUT, f"{pod}:last-stop", partial(say_last_stop, pod=pod, command=command))
