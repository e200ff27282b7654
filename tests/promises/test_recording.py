"""
The record of a real cluster: every promise is kept in it, and every mutation of it is found out.

`recordings/canary.jsonl.gz` was made on the embedded cluster with `features/systems/myapp.yaml`: start, deletion of a
pod, scaling to 5 and back, version v2 with partition 2, deletions on both sides, partition 0, names asked in between.
The others are of scenarios: `database` of features/servers, where a replica is stopped and asked for its entries,
`preparation` of features/init, where a start goes on, and `writes` of features/faults/traffic, where a client is parted
from a member for a while, and `operator` of tests/embedded/operators, where a custom resource is rolled out.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from harness.history.history import History
from harness.history.history_file import load
from harness.promises import conditions
from harness.promises.conditions.combined import opposite
from harness.promises.mutations import MUTATIONS, mutate
from harness.promises.verdict import PROMISES, Outcome, Subject, judge
from tests.promises.histories import whole

MYAPP = Subject("myapp")


ELSEWHERE = {
    "acknowledged entries kept": ("database", Subject("mysql")),
    "acknowledged writes kept": ("writes", Subject("writer")),
    "prepared in order": ("preparation", Subject("my-statefulset")),
}
"""Promises about what the canary does not have, with the record and the set, or the client, that has it."""


@cache
def stored(name: str) -> History:
    return load(Path(__file__).parent / "recordings" / f"{name}.jsonl.gz")[1]


@pytest.fixture
def recorded() -> History:
    """Give the record of the canary."""
    return stored("canary")


@pytest.mark.parametrize("name", PROMISES)
def test_real_cluster_keeps_every_promise(name: str) -> None:
    """What Kubernetes did is kept, and not because it was left out."""
    record, subject = ELSEWHERE.get(name, ("canary", MYAPP))
    verdict = judge(PROMISES[name], stored(record), subject, replace(whole(stored(record)), asked=0))
    assert verdict.outcome is Outcome.KEPT, verdict.observed


@pytest.mark.parametrize("name", MUTATIONS)
def test_mutation_of_a_real_record_is_found_out(name: str) -> None:
    """Each mutation finds its occasion in the record, and breaks its own clause there."""
    mutation = MUTATIONS[name]
    record, subject = ELSEWHERE.get(mutation.promise, ("canary", MYAPP))
    changed = mutate(name, stored(record))
    verdict = judge(PROMISES[mutation.promise], changed, subject, replace(whole(changed), asked=0))
    assert (verdict.outcome, verdict.clause) == (Outcome.BROKEN, mutation.clause), verdict.observed


def test_conditions_on_the_way(recorded: History) -> None:
    """At its end all replicas run the new version, and on the way the canary stood alone."""
    assert conditions.settled("myapp").ask(recorded, 0).met
    assert conditions.all_ready("myapp", 3, "v2").ask(recorded, 0).met
    canary = conditions.all_of(
        conditions.runs_version("v2", "myapp-2"),
        opposite(conditions.runs_version("v2", "myapp-1"), "myapp-1 runs another"),
    )
    assert any(canary.ask(recorded.upto(end), 0).met for end in range(recorded.end))
    early = conditions.all_of(
        conditions.runs_version("v2", "myapp-0"),
        opposite(conditions.runs_version("v2", "myapp-2"), "myapp-2 runs another"),
    )
    assert not any(early.ask(recorded.upto(end), 0).met for end in range(recorded.end))
