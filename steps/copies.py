"""Snapshots of volumes, and claims that are made from them or from other claims; `storage.yaml` describes them."""

from __future__ import annotations

from pytest_bdd import given, then

from harness.promises import conditions
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .claims import pods_of, read, write
from .parsing import sentence
from .volumes import CLAIM, STORAGE

SNAPSHOT = "VolumeSnapshot"


@given(sentence('snapshot "{snapshot:Name}" is ready'))
def snapshot_is_ready(snapshot: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(STORAGE, only=[snapshot])
    harness_judge.awaits(conditions.snapshot_ready(snapshot))


@given(sentence('each replica of "{name:Name}" has written something else'))
def each_replica_has_written_anew(name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    for pod in pods_of(harness_judge, name):
        write(harness_sandbox, pod, f"written anew by {pod}")


@then(sentence('claim "{claim:Name}" has a volume of its own, made from snapshot "{snapshot:Name}"'))
def claim_is_made_from_snapshot(claim: str, snapshot: str, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.made_from(claim, SNAPSHOT, snapshot))


@then(sentence('claim "{claim:Name}" has a volume of its own, made from claim "{source:Name}"'))
def claim_is_made_from_claim(claim: str, source: str, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.made_from(claim, CLAIM, source))


@then(sentence('pod "{reader:Name}" reads what pod "{writer:Name}" had written before snapshot "{snapshot:Name}"'))
def pod_reads_from_snapshot(
    reader: str, writer: str, snapshot: str, harness_sandbox: Sandbox, harness_judge: Judge
) -> None:
    read(harness_sandbox, reader)
    harness_judge.shows(conditions.found_what_was_there(reader, writer, SNAPSHOT, snapshot))


@then(sentence('pod "{reader:Name}" reads what pod "{writer:Name}" had written before claim "{claim:Name}"'))
def pod_reads_from_copy(reader: str, writer: str, claim: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    read(harness_sandbox, reader)
    harness_judge.shows(conditions.found_what_was_there(reader, writer, CLAIM, claim))
