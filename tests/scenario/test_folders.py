"""Folders of scenarios on nodes are written down before they are made, and removed by a pod on each node."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from harness import timeouts
from harness.errors import EnvironmentUnfit
from harness.history.recorder import Recorder
from harness.kube.api import Api
from harness.manifests.loading import parse
from harness.scenario.folders import Folders, noted
from harness.scenario.namespace import ScenarioNamespace
from tests.actions.test_actions import FakeRecorder
from tests.fakes.apiserver import Call, FakeServer, kubeconfig, serving, status

SPACES = "/api/v1/namespaces"
VOLUME = """\
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec: {hostPath: {path: /srv/disk}}
"""


class Nodes:
    """A server with two nodes that are ready and one that is not, on which pods end at once with `phase`."""

    def __init__(self, server: FakeServer) -> None:
        self.server, self.phase, self.pods = server, "Succeeded", list[dict[str, Any]]()
        for name, ready in (("n1", "True"), ("n2", "True"), ("n3", "False")):
            server.put("", "nodes", name, {"status": {"conditions": [{"type": "Ready", "status": ready}]}})
        played = {"metadata": {"labels": {"type": "kwok"}}}
        server.put("", "nodes", "n4", played | {"status": {"conditions": [{"type": "Ready", "status": "True"}]}})
        server.answers["POST", SPACES] = self._make_ledger

    def _make_ledger(self, call: Call) -> tuple[int, dict[str, Any]]:
        self.ledger = f"{SPACES}/{call.body['metadata']['name']}"
        self.server.answers["PATCH", self.ledger] = lambda call: (200, call.body)
        self.server.answers["POST", f"{self.ledger}/pods"] = self._run
        self.server.answers["GET", f"{self.ledger}/pods"] = lambda _call: (200, {"items": self.pods})
        self.server.answers["DELETE", f"{self.ledger}/pods"] = lambda _call: (200, {})
        self.server.answers["DELETE", self.ledger] = lambda _call: (200, {})
        self.server.answers["GET", self.ledger] = lambda _call: (404, status(404, "NotFound", "gone"))
        return 201, call.body

    def _run(self, call: Call) -> tuple[int, dict[str, Any]]:
        self.pods.append(call.body | {"status": {"phase": self.phase}})
        return 201, call.body

    @property
    def done(self) -> list[tuple[str, str]]:
        return [(call.method, call.path) for call in self.server.calls if call.method != "GET"]


@pytest.fixture
def nodes() -> Iterator[Nodes]:
    with serving() as server:
        yield Nodes(server)


@pytest.fixture
def folders(nodes: Nodes, tmp_path: Path) -> Iterator[Folders]:
    with closing(Api.connect(kubeconfig(tmp_path, nodes.server.url))) as api:
        yield Folders(api, {"team": "a"})


def test_every_scenario_is_noted_once_and_its_folders_go_from_every_node(nodes: Nodes, folders: Folders) -> None:
    for scenario in ("demo-1", "demo-2", "demo-1"):
        folders.note(scenario)
    made, changed = nodes.server.calls
    assert made.body["metadata"]["labels"]["team"] == "a"
    assert [*noted(made.body), *noted(changed.body)] == ["demo-1", "demo-2"]
    folders.clear(["demo-1", "demo-2", "without"])
    assert [pod["spec"]["nodeName"] for pod in nodes.pods] == ["n1", "n2"]
    (container,) = nodes.pods[0]["spec"]["containers"]
    homes = ("/tmp/hostpath_pv", "/tmp", "/var/lib")
    paths = [f"/node{home}/{name}" for home in homes for name in ("demo-1", "demo-2")]
    assert container["command"] == ["rm", "-rf", "--", *paths]
    assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/node/tmp", "/node/var/lib"]
    assert nodes.done[-1] == ("DELETE", nodes.ledger)


def test_where_nobody_had_folders_nothing_is_done(nodes: Nodes, folders: Folders) -> None:
    folders.clear(["demo-1"])
    assert nodes.server.calls == []


def test_what_is_kept_stays_noted(nodes: Nodes, folders: Folders) -> None:
    folders.note("demo-1")
    folders.note("kept")
    folders.clear(["demo-1"])
    assert all("kept" not in path for path in nodes.pods[0]["spec"]["containers"][0]["command"])
    assert nodes.done[-1] == ("DELETE", f"{nodes.ledger}/pods")


@pytest.mark.parametrize("phase", ["Failed", "Pending"])
def test_a_node_that_may_have_kept_some_is_named_with_what_to_do(
    nodes: Nodes, folders: Folders, phase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeouts, "CLEARING", timeouts.Timeout(0.3))
    nodes.phase = phase
    folders.note("demo-1")
    with pytest.raises(EnvironmentUnfit, match="node n1 may still have folders") as told:
        folders.clear(["demo-1"])
    assert told.value.look_at[-1].startswith("on n1: rm -rf /tmp/hostpath_pv/demo-1 /tmp/demo-1 /var/lib/demo-1")
    assert ("DELETE", nodes.ledger) not in nodes.done


def test_a_scenario_notes_its_folders_before_it_makes_them(nodes: Nodes, tmp_path: Path) -> None:
    uid = {"uid": "u1"}
    answer = lambda call: (201, call.body | {"metadata": call.body["metadata"] | uid})  # noqa: E731
    nodes.server.answers["POST", "/api/v1/persistentvolumes"] = answer
    with closing(Api.connect(kubeconfig(tmp_path, nodes.server.url))) as api:
        scene = ScenarioNamespace(api, cast(Recorder, FakeRecorder()), "demo", "t", folders=Folders(api, {}))
        scene.apply(parse(VOLUME, "disk.yaml"))
    assert [path for _, path in nodes.done] == [SPACES, "/api/v1/persistentvolumes"]
    assert nodes.server.calls[-1].body["spec"]["hostPath"]["path"] == "/var/lib/demo/srv/disk"
