"""What a scenario's place does when the cluster's DNS falls silent."""

from __future__ import annotations

import socket
from typing import cast

import pytest

from harness.errors import EnvironmentUnfit
from harness.history.recorder import Recorder
from harness.kube.api import Api
from harness.scenario import place as places
from harness.scenario.place import Place
from tests.faults.test_faults import FakeRecorder
from tests.naming.dns_server import serving, zone

NAME = "kubernetes.default.svc.cluster.local"


def place(dns: str) -> Place:
    return Place(cast(Api, None), cast(Recorder, FakeRecorder()), "demo", "t", dns=dns)


def silent_address() -> str:
    """Return an address on loopback where nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{unused.getsockname()[1]}"


def test_a_question_that_nobody_answers_is_recorded_and_the_next_is_asked_anew() -> None:
    scene = place(silent_address())
    silence = scene.ask(NAME)
    assert (silence.data["rcode"], silence.data["records"]) == ("NOANSWER", [])
    assert "refused" in silence.data["error"]
    with serving(zone({(NAME, "A"): ["10.0.0.1"]})) as server:
        scene.dns = server.address
        assert scene.ask(NAME).data["records"] == ["10.0.0.1"]
        scene.healing.heal()


def test_a_cluster_has_recovered_when_its_dns_answers() -> None:
    with serving(zone({(NAME, "A"): ["10.0.0.1"]})) as server:
        scene = place(server.address)
        scene.recover()
        scene.healing.heal()
        assert len(server.questions) == 1


def test_a_dns_that_does_not_recover_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_RECOVERY_S", 0.3)
    with pytest.raises(EnvironmentUnfit, match="DNS has not recovered") as told:
        place(silent_address()).recover()
    assert told.value.observed == "NOANSWER"
