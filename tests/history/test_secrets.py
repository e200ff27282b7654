"""The values that manifests hold as secrets stand nowhere in what applications and servers have said."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from harness.history.observation import ACTION, ANSWER, OUTPUT, Observation, Verb
from harness.history.secrets import Secrets

CANARY = "correct-horse"
SECRET = {"kind": "Secret", "metadata": {"name": "db-credentials"}}


def seen(topic: str, data: dict[str, Any]) -> Observation:
    return Observation(0, 0.0, "", topic, Verb.DONE, "db-0", "", data)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.row(48)
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(SECRET | {"stringData": {"password": CANARY}}, id="stringData"),
        pytest.param(SECRET | {"data": {"password": encoded(CANARY)}}, id="data"),
        pytest.param(SECRET | {"stringData": {"file": f"user\n  {CANARY}\nhost"}}, id="line of a file"),
        pytest.param({"spec": {"containers": [{"env": [{"name": "DB_PASSWORD", "value": CANARY}]}]}}, id="variable"),
    ],
)
def test_a_value_is_masked_as_it_is_and_encoded(body: dict[str, Any]) -> None:
    secrets = Secrets()
    secrets.learn(body)
    told = f"said '{CANARY}' and {encoded(CANARY)}"
    if "file" not in body.get("stringData", {}):
        assert secrets.mask(told) == "said '[redacted]' and [redacted]"
    assert CANARY not in secrets.mask(told)


def test_of_two_values_the_one_that_holds_the_other_goes_first() -> None:
    secrets = Secrets()
    secrets.learn(SECRET | {"stringData": {"a": CANARY, "b": f"{CANARY}-battery"}})
    assert secrets.mask(f"{CANARY}-battery, {CANARY}") == "[redacted], [redacted]"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(SECRET | {"stringData": {"user": "root"}}, id="short"),
        pytest.param({"kind": "ConfigMap", "data": {"host": "root of all"}}, id="no secret"),
        pytest.param({"env": [{"name": "MODE", "value": "root of all"}]}, id="no credential"),
        pytest.param(SECRET | {"data": {"user": "root of all", "none": None}}, id="said by the feature"),
        pytest.param({"kind": "Secret", "data": None, "stringData": "root"}, id="no Secret that a server takes"),
    ],
)
def test_other_values_are_words_like_any_other(body: dict[str, Any]) -> None:
    secrets = Secrets(feature="Then it greets the root of all")
    secrets.learn(body)
    assert secrets.mask("the root of all") == "the root of all"


def test_what_was_said_is_masked_in_a_recording_and_nothing_that_verdicts_rest_on() -> None:
    secrets = Secrets()
    secrets.learn(SECRET | {"stringData": {"password": CANARY}})
    said = {"stdout": f"it is {CANARY}", "code": 0, "records": [CANARY]}
    for topic in (OUTPUT, ANSWER):
        assert CANARY not in json.dumps(secrets.masked(seen(topic, said)))
    pod = {"metadata": {"name": CANARY}, "status": {"conditions": [{"message": f"no {CANARY}"}]}}
    masked = secrets.masked(seen("Pod", pod))
    assert masked == {"metadata": {"name": CANARY}, "status": {"conditions": [{"message": "no [redacted]"}]}}
    action = {"verb": "apply", "kind": "Secret"}
    assert secrets.masked(seen(ACTION, action)) == action
    assert CANARY not in json.dumps(secrets.mask_all(pod))
