"""What is secret does not get into the record, whatever carries it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.history.redaction import REDACTED, redact

CANARY = "s3cr3t-canary"
POD = {
    "containers": [{"name": "db", "env": [{"name": "DB_PASSWORD", "value": CANARY}, {"name": "MODE", "value": CANARY}]}]
}
SET = {"spec": {"template": {"spec": POD}}}


@pytest.mark.row(48)
@pytest.mark.parametrize(
    "item",
    [
        pytest.param({"kind": "Pod", "spec": POD}, id="pod"),
        pytest.param({"kind": "Pod", "spec": {"initContainers": POD["containers"]}}, id="init container"),
        pytest.param({"kind": "StatefulSet"} | SET, id="template"),
        pytest.param({"kind": "ControllerRevision", "data": SET}, id="revision"),
        pytest.param({"kind": "Secret", "data": {"key": CANARY}, "stringData": {"other": CANARY}}, id="secret"),
        pytest.param(
            {"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": CANARY, "a": "b"}}},
            id="last applied",
        ),
        pytest.param({"metadata": {"managedFields": [{"fieldsV1": CANARY}]}}, id="managed fields"),
    ],
)
def test_a_canary_is_gone(item: dict[str, Any]) -> None:
    before = json.dumps(item)
    assert CANARY in before
    assert CANARY not in json.dumps(redact(item))
    assert json.dumps(item) == before


@pytest.mark.parametrize("name", ["PGPASSWORD", "api_key", "MODE", "DATABASE_URL"])
def test_variables_keep_their_name_only(name: str) -> None:
    """No name says for sure that its value may be shown: an address may hold a password."""
    shown = redact({"env": [{"name": name, "value": CANARY}, {"name": "EMPTY", "value": ""}, {"name": "NONE"}]})
    assert shown["env"] == [{"name": name, "value": REDACTED}, {"name": "EMPTY", "value": ""}, {"name": "NONE"}]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["db", f"--root-password={CANARY}", "-v"], ["db", f"--root-password={REDACTED}", "-v"]),
        (["db", "--token", CANARY, "--port", "80"], ["db", "--token", REDACTED, "--port", "80"]),
        (["env", f"API_KEY={CANARY}", "db"], ["env", f"API_KEY={REDACTED}", "db"]),
        (["db", "--no-password", "--verbose"], ["db", "--no-password", "--verbose"]),
        (["sh", "-c", "echo author=me"], ["sh", "-c", "echo author=me"]),
    ],
)
def test_what_a_command_is_given_for_a_credential_is_replaced(words: list[str], shown: list[str]) -> None:
    item = {"spec": {"containers": [{"command": words, "args": words}]}}
    assert redact(item) == {"spec": {"containers": [{"command": shown, "args": shown}]}}


def test_a_reference_to_a_secret_is_shown() -> None:
    item = {"env": [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "k"}}}]}
    assert redact(item) == item


def test_everything_else_stays_as_it_is() -> None:
    item = {
        "kind": "Pod",
        "metadata": {"name": "a", "labels": {"x": "y"}, "annotations": {"a": "b"}},
        "spec": {"n": [1]},
    }
    assert redact(item) == item


def test_the_keys_of_a_secret_stay() -> None:
    assert redact({"kind": "Secret", "data": {"user": "eA=="}})["data"] == {"user": REDACTED}
