"""Replicas without ordinals are known by their label, and by what each was found to have."""

from __future__ import annotations

from typing import Any

import pytest

from harness.history.observation import ACTION, OUTPUT, STEP, Verb
from harness.promises import conditions
from tests.promises.histories import history

Seen = tuple[str, Verb, str, dict[str, Any]]
EVENT: Seen = (STEP, Verb.BEGAN, "it happens", {"text": "it happens"})


def pod(name: str, *, app: str = "web", ready: bool = True, leaving: bool = False) -> Seen:
    metadata: dict[str, Any] = {"name": name, "uid": name, "labels": {"app": app}}
    if leaving:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    status = {"phase": "Running", "conditions": [{"type": "Ready", "status": str(ready)}]}
    return ("Pod", Verb.ADDED, name, {"metadata": metadata, "spec": {"containers": []}, "status": status})


def wrote(name: str, text: str = "hello") -> Seen:
    facts = {"pod": name, "pod_uid": name, "file": "/data/f", "purpose": "wrote", "content": text, "code": 0}
    return (OUTPUT, Verb.DONE, f"{name}:/data/f", facts)


def read(name: str, text: str = "hello", code: int = 0) -> Seen:
    facts = {"pod": name, "pod_uid": name, "file": "/data/f", "purpose": "read", "content": text, "code": code}
    return (OUTPUT, Verb.DONE, f"{name}:/data/f", facts)


@pytest.mark.parametrize(
    ("seen", "met"),
    [
        ((pod("web-a"), pod("web-b"), pod("other", app="db", ready=False)), True),
        ((pod("web-a"), pod("web-b", ready=False)), False),
        ((pod("web-a"), pod("web-b"), pod("web-c")), False),
        ((pod("web-a"), pod("web-b"), pod("web-c", leaving=True)), True),
        (
            (
                pod("web-a"),
                pod("web-b"),
                EVENT,
                (ACTION, Verb.DONE, "web-b", {"verb": "delete", "kind": "Pod", "uid": "web-b"}),
            ),
            False,
        ),
    ],
)
def test_a_crew_is_ready_when_exactly_its_replicas_are(seen: tuple[Seen, ...], met: bool) -> None:
    record = history(*seen)
    marks = record.of(STEP)
    assert conditions.crew_ready("web", 2).ask(record, marks[-1].seq if marks else 0).met is met


CREW = (pod("web-a"), pod("web-b"))


@pytest.mark.parametrize(
    ("seen", "all_have", "one_has"),
    [
        ((wrote("web-a"), read("web-a"), read("web-b")), True, False),
        ((wrote("web-a"), read("web-a"), read("web-b", "", code=1)), False, True),
        ((wrote("web-a"), read("web-a"), read("web-b", "other")), False, True),
        ((wrote("web-a"), read("web-a")), False, False),
        ((wrote("web-a"), read("web-a"), read("former")), False, False),
        ((read("web-a"), read("web-b")), False, False),
    ],
)
def test_a_file_is_where_it_was_found(seen: tuple[Seen, ...], all_have: bool, one_has: bool) -> None:
    record = history(*CREW, *seen)
    assert conditions.crew_reads("web", 2, owners=2).ask(record, 0).met is all_have
    assert conditions.crew_reads("web", 2, owners=1).ask(record, 0).met is one_has


def test_what_was_found_before_the_event_does_not_count() -> None:
    record = history(*CREW, wrote("web-a"), read("web-a"), read("web-b"), EVENT, read("web-a"))
    answer = conditions.crew_reads("web", 2, owners=2).ask(record, record.of(STEP)[-1].seq)
    assert (answer.met, answer.observed) == (False, "/data/f of web-a is there: web-a; no such file: none")
