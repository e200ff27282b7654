"""That a comparison of two inventories sees what it must, and nothing else."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from harness.kube.api import Api
from tests.fakes.apiserver import FakeServer, kubeconfig, serving
from tests.inventory import Inventory, differences, main, take


def resource(kind: str, name: str) -> dict[str, Any]:
    return {"kind": kind, "name": name, "namespaced": True, "verbs": ["list"]}


def served(server: FakeServer, folder: Path) -> Path:
    server.answers["GET", "/apis"] = lambda _call: (200, {"groups": []})
    kinds = [resource("Node", "nodes"), resource("Secret", "secrets"), resource("Event", "events")]
    server.answers["GET", "/api/v1"] = lambda _call: (200, {"resources": kinds})
    return kubeconfig(folder, server.url)


def test_what_comes_goes_and_changes_is_told_and_heartbeats_are_not(tmp_path: Path) -> None:
    node = tmp_path / "node"
    (node / "srv").mkdir(parents=True)
    (node / "srv" / "theirs").write_text("one")
    (node / "var/lib/kubelet").mkdir(parents=True)
    with serving() as server, closing(Api.connect(served(server, tmp_path))) as api:
        server.put("", "nodes", "n1", {"status": {"beat": 1}, "spec": {"unschedulable": False}})
        for name in ("changed", "remade", "gone"):
            server.put("", "secrets", name, {"data": {"a": "1"}})
        before = take(api, {"n1": node})
        assert differences(before, take(api, {"n1": node})) == []
        server.put("", "nodes", "n1", {"status": {"beat": 2}, "spec": {"unschedulable": True}})
        server.put("", "secrets", "changed", {"data": {"a": "2"}})
        server.put("", "secrets", "remade", {"data": {"a": "1"}}, uid="another")
        server.drop("", "secrets", "gone")
        server.put("", "secrets", "new")
        server.put("", "events", "told")
        (node / "srv" / "theirs").write_text("other")
        (node / "tmp").mkdir()
        (node / "tmp" / "left").mkdir()
        (node / "var/lib/kubelet/pods").mkdir()
        told = differences(before, take(api, {"n1": node}))
    assert told[0] == "Node n1: spec.unschedulable was False and is True"
    assert told[1:3] == ["Secret changed: data.a was '1' and is '2'", "Secret gone is gone"]
    assert told[3] == "Secret new has come"
    assert told[4].startswith("Secret remade: metadata.uid was")
    assert [line.partition(" was ")[0] for line in told[5:]] == ["n1 srv/theirs: it", "n1 tmp/left has come"]


def test_inventories_can_be_kept_and_compared_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving() as server:
        config = served(server, tmp_path)
        server.put("", "secrets", "one", {"data": {"a": "1"}})
        files = [str(tmp_path / name) for name in ("before", "after")]
        for file in files:
            assert main([str(config), file, f"n1={tmp_path}"]) == 0
    assert main(["--compare", *files]) == 0
    assert capsys.readouterr().out == "all as it was: 1 objects, 0 files of nodes\n"
    kept = Inventory.from_json(Path(files[0]).read_text())
    Path(files[1]).write_text(Inventory({}, kept.files).to_json())
    assert main(["--compare", *files]) == 1
    assert capsys.readouterr().out == "Secret one is gone\n"
