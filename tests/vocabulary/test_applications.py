"""A pod that is not told its name is not asked for it."""

from __future__ import annotations

from typing import Any, cast

import pytest

from harness.errors import BadInput
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions
from steps.applications import environment_says


class Known:
    """The actions of a scenario with one pod, whose application has this environment."""

    def __init__(self, **environment: Any) -> None:
        self._container = {"name": "server"} | environment
        self.asked: list[str] = []

    def latest(self, kind: str, name: str) -> dict[str, Any]:
        return {"kind": kind, "metadata": {"name": name}, "spec": {"containers": [self._container]}}

    def query(self, topic: str, name: str, question: object) -> None:
        del topic, question
        self.asked.append(name)


class Shown:
    """A judge to whom everything is so."""

    history = None

    def shows(self, condition: object) -> None:
        del condition


@pytest.mark.parametrize("environment", [{}, {"env": [{"name": "OTHER", "value": "web-0"}]}])
def test_a_pod_without_the_variable_is_refused(environment: dict[str, Any]) -> None:
    known = Known(**environment)
    with pytest.raises(BadInput, match='container "server" of web-0 is not told its name') as raised:
        environment_says("web-0", "its name", cast(ScenarioActions, known), cast(Judge, Shown()))
    assert "MY_POD_NAME" in raised.value.remedy
    assert known.asked == []


@pytest.mark.parametrize("environment", [{"env": [{"name": "MY_POD_NAME"}]}, {"envFrom": [{"configMapRef": {}}]}])
def test_a_pod_that_may_know_it_is_asked(environment: dict[str, Any]) -> None:
    known = Known(**environment)
    environment_says("web-0", "its name", cast(ScenarioActions, known), cast(Judge, Shown()))
    assert known.asked == ["web-0:name"]


def test_a_pod_is_asked_for_its_zone_where_its_manifest_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steps.applications.zone_of", lambda _history, _pod: "east")
    known = Known(env=[{"name": "MY_ZONE"}])
    environment_says("web-0", "the zone of its node", cast(ScenarioActions, known), cast(Judge, Shown()))
    assert known.asked == ["web-0:zone"]
    with pytest.raises(BadInput, match="is not told its name"):
        environment_says("web-0", "its name", cast(ScenarioActions, known), cast(Judge, Shown()))
