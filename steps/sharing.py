"""Replicas of any workload, and the files that they share or have to themselves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pytest_bdd import given, then, when

from harness.faults.commands import read_file
from harness.faults.pods import delete_pods
from harness.manifests.editing import labelled
from harness.promises import conditions
from harness.scenario.common_folder import accuse_nobody
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .claims import data_file, read, write
from .parsing import sentence


@given(sentence('{number:Number} replicas "{name:Name}" that share a claim'))
def replicas_that_share(number: int, name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(name, labelled("app", name))
    harness_judge.awaits(conditions.crew_ready(name, number))


@given(sentence('a replica of "{name:Name}" has written a file'))
@when(sentence('a replica of "{name:Name}" writes a file'))
def replica_writes(name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    pod = next(pods(harness_judge, name))
    text = f"written by {pod} of {harness_sandbox.namespace}"
    write(harness_sandbox, pod, text)


@when(sentence('all replicas of "{name:Name}" are deleted'))
def replicas_are_deleted(name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.act(delete_pods, list(pods(harness_judge, name)))


@then(sentence('within {span:Span} all {number:Number} replicas "{name:Name}" are new and ready'))
def replicas_are_new(span: float, number: int, name: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.crew_ready(name, number))


@then(sentence('within {span:Span} all {number:Number} replicas of "{name:Name}" have that file'))
def all_replicas_have_the_file(
    span: float, number: int, name: str, harness_sandbox: Sandbox, harness_judge: Judge
) -> None:
    read_all(harness_sandbox, harness_judge, name)
    everywhere = conditions.crew_reads(name, number, owners=number)
    harness_judge.within(span, everywhere, probe=partial(ask_all, harness_sandbox, harness_judge, name))


@then(sentence('for {span:Span} only one of {number:Number} replicas of "{name:Name}" has that file'))
def one_replica_has_the_file(
    span: float, number: int, name: str, harness_sandbox: Sandbox, harness_judge: Judge
) -> None:
    read_all(harness_sandbox, harness_judge, name)
    once = conditions.crew_reads(name, number, owners=1)
    harness_judge.throughout(span, once, probe=partial(ask_all, harness_sandbox, harness_judge, name))


def pods(judge: Judge, name: str) -> Iterator[str]:
    """Yield the names of a workload's replicas as they are in the record now."""
    return (life.name for life in conditions.crew(judge.history, name))


def read_all(sandbox: Sandbox, judge: Judge, name: str) -> None:
    """Have every replica asked for the file; the answers are in the record afterwards."""
    for pod in pods(judge, name):
        read(sandbox, pod)


def ask_all(sandbox: Sandbox, judge: Judge, name: str) -> None:
    """Ask every replica for the file once more."""
    for pod in pods(judge, name):
        accuse_nobody(sandbox.place, read_file(sandbox.place, pod, data_file(sandbox, pod)))
