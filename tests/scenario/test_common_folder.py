"""Whether nodes have a folder in common is found out by what one writes and others read; nothing is left of it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness import timeouts
from harness.errors import EnvironmentUnfit
from harness.history.history import History
from harness.history.observation import OUTPUT, Observation, Verb
from harness.scenario import common_folder
from harness.scenario.common_folder import accuse_nobody, why_not_common
from harness.scenario.namespace import ScenarioNamespace
from tests.fakes.apiserver import Body, FakeServer, serving, status
from tests.fakes.nodes import PODS, Nodes


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    monkeypatch.setattr("secrets.token_hex", lambda _: "abc123")
    with serving() as served:
        yield served


def test_one_folder_is_one_for_all(server, api):
    nodes = Nodes(server, {"n1": 1, "n2": 1, "n3": 1})

    assert why_not_common(api, ["n1", "n2", "n3"]) == ""
    assert not nodes.there
    assert nodes.labels["app.kubernetes.io/managed-by"] == "statefulspec"
    assert "statefulspec.dev/run" in nodes.labels


def test_nodes_with_folders_of_their_own_are_named_with_what_to_do(server, api):
    nodes = Nodes(server, {"n1": 1, "n2": 2, "n3": 1})

    reason = why_not_common(api, ["n1", "n2", "n3"])

    assert reason.startswith(
        "its nodes have no folder in common: what n1 writes into /tmp/hostpath_pv is not there on n2;"
    )
    assert "extraMounts" in reason
    assert not nodes.there


def test_one_node_needs_no_proof(server, api):
    assert why_not_common(api, ["n1"]) == ""
    assert server.calls == []


def test_what_cannot_be_found_out_is_not_taken_for_granted(server, api, monkeypatch):
    monkeypatch.setattr(timeouts, "HELPERS", timeouts.Timeout(0.3))
    waiting = {"waiting": {"reason": "ErrImagePull", "message": "no such host"}}
    nodes = Nodes(server, {"n1": 1, "n2": 1}, {"phase": "Pending", "containerStatuses": [{"state": waiting}]})

    reason = why_not_common(api, ["n1", "n2"])

    assert reason == (
        "whether its nodes have /tmp/hostpath_pv in common cannot be found out: "
        "n1: ErrImagePull no such host; n2: ErrImagePull no such host"
    )
    assert not nodes.there


def test_refusal_of_the_server_is_told(server, api):
    nodes = Nodes(server, {"n1": 1, "n2": 1})
    server.answers["POST", PODS] = lambda _: (403, status(403, "Forbidden", "violates PodSecurity"))

    assert "violates PodSecurity" in why_not_common(api, ["n1", "n2"])
    assert not nodes.there


def recorded(*nodes: str, **volume: Any) -> History:
    """Return the record of a claim with this volume, used by pods that have been on these nodes by turns."""
    uses = [{"persistentVolumeClaim": {"claimName": "data-app-0"}}]
    states: list[tuple[str, str, Body]] = [
        ("PersistentVolumeClaim", "data-app-0", {"spec": {"volumeName": "pv001"}}),
        ("PersistentVolume", "pv001", {"spec": {"hostPath": {"path": "/tmp/hostpath_pv/x"}} | volume}),
        *(("Pod", "app-0", {"spec": {"nodeName": node, "volumes": uses}}) for node in nodes),
    ]
    return History(
        Observation(seq, float(seq), "", topic, Verb.ADDED, name, f"uid-{seq}", body)
        for seq, (topic, name, body) in enumerate(states)
    )


def judged(history: History, code: int = 1, *, common: bool = False) -> Observation:
    read = Observation(99, 99.0, "", OUTPUT, Verb.DONE, "app-0:/data/x", "", {"pod": "app-0", "code": code})
    scenario = SimpleNamespace(api=object(), recorder=SimpleNamespace(history=history), common_folder=common)
    return accuse_nobody(cast(ScenarioNamespace, scenario), read)


@pytest.fixture
def _apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common_folder, "why_not_common", lambda _, nodes: f"{' and '.join(nodes)} have none in common")


@pytest.mark.usefixtures("_apart")
def test_nobody_is_accused_of_data_that_may_lie_on_another_node():
    with pytest.raises(EnvironmentUnfit, match="app-0 may have its data on another node") as doubt:
        judged(recorded("n2", "n1"))

    assert doubt.value.observed == "n1 and n2 have none in common"
    assert doubt.value.expected.startswith("volume pv001 is the same folder on n1, n2, or names its node")


@pytest.mark.usefixtures("_apart")
def test_a_folder_that_is_known_to_be_common_is_not_tried_out():
    assert judged(recorded("n1", "n2"), common=True).data["code"] == 1


@pytest.mark.usefixtures("_apart")
@pytest.mark.parametrize(
    ("history", "code"),
    [
        pytest.param(recorded("n1", "n1"), 1, id="one node"),
        pytest.param(recorded("n1", "n2"), 0, id="found"),
        pytest.param(recorded("n1", "n2", nodeAffinity={"required": {}}), 1, id="names its node"),
        pytest.param(recorded("n1", "n2", hostPath=None, csi={"driver": "x"}), 1, id="no folder"),
    ],
)
def test_what_is_lost_otherwise_is_judged(history, code):
    assert judged(history, code).data["code"] == code


def test_what_is_lost_in_a_folder_of_all_nodes_is_judged(monkeypatch):
    monkeypatch.setattr(common_folder, "why_not_common", lambda *_: "")

    assert judged(recorded("n1", "n2")).data["code"] == 1
