"""Nodes that are containers fail and come back, and none does that is not, for sure, a node of this run's cluster."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harness.cluster.containers.reach import reach_of
from harness.cluster.failing import mend_left_behind, outages_at, pod_faults_at
from harness.cluster.outages import Outages
from harness.cluster.provider import FAULTS
from harness.errors import BadInput, EnvironmentUnfit
from tests.fakes.apiserver import FakeServer, serving
from tests.fakes.machines import Nodes

NAMES = ("dev-control-plane", "dev-worker", "dev-worker2")
EMBEDDED_ALONE = {"needs_go_between", "needs_upgrades"}
ADDRESS = "docker:kind:dev"
SOON = datetime.now(UTC) + timedelta(hours=1)


def node(name: str, number: int = 2, machine: str = "", **spec: Any) -> dict[str, Any]:
    plane = {"node-role.kubernetes.io/control-plane": ""} if "control-plane" in name else {}
    return {
        "metadata": {"name": name, "labels": plane},
        "spec": spec,
        "status": {
            "nodeInfo": {"machineID": machine or f"id-{name}"},
            "conditions": [{"type": "Ready", "status": "True"}],
            "addresses": [{"type": "InternalIP", "address": f"172.18.0.{number}"}],
        },
    }


CLOSED = {"taints": [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]}


@pytest.fixture
def nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nodes:
    nodes = Nodes.of(tmp_path, monkeypatch, *NAMES)
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    return nodes


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """Give an API server by which all is well, an hour ahead."""
    with serving() as served:
        for name, number in zip(NAMES, (2, 4, 3), strict=True):
            served.put("", "nodes", name, node(name, number))
            served.put("kube-node-lease", "leases", name, {"spec": {"renewTime": SOON.isoformat()}})
        lease = {"spec": {"renewTime": SOON.isoformat()}}
        for program in ("kube-scheduler", "kube-controller-manager"):
            path = f"/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/{program}"
            served.answers["GET", path] = lambda _call: (200, lease)
        served.put_dns()
        yield served


@pytest.fixture
def kubeconfig(nodes: Nodes, server: FakeServer) -> Path:
    path = nodes.root / "registers" / "kubeconfig"
    named = {"name": "kind-dev"}
    content = {
        "current-context": "kind-dev",
        "contexts": [named | {"context": {"cluster": "kind-dev", "user": "kind-dev"}}],
        "clusters": [named | {"cluster": {"server": server.url}}],
        "users": [named | {"user": {"token": "t"}}],
    }
    path.write_text(json.dumps(content))
    return path


@pytest.fixture
def outages(kubeconfig: Path) -> Outages:
    return outages_at(ADDRESS, kubeconfig, "kind-dev", stays=False)


def registers(nodes: Nodes) -> list[Path]:
    return [*(nodes.root / "registers").glob("*.json"), *(nodes.root / "cache").glob("outages/*")]


def seen(*given: dict[str, Any]) -> list[dict[str, Any]]:
    return list(given) or [node(NAMES[0], **CLOSED), node(NAMES[1]), node(NAMES[2])]


def test_nodes_that_are_these_containers_are_within_reach(nodes):
    reach = reach_of("kind-dev", seen(), ours=True, allowed=False)
    assert (reach.address, set(reach.lacks)) == (ADDRESS, EMBEDDED_ALONE)
    assert nodes.calls == []


def test_nothing_is_asked_of_the_nodes_of_a_cluster_that_nobody_vouches_for(nodes):
    (nodes.root / "bin" / "docker").write_text("#!/bin/sh\necho asked >>$0.asked\n")
    reach = reach_of("kind-dev", seen(), ours=False, allowed=False)
    assert reach.address == ""
    assert set(reach.lacks) == FAULTS
    assert "--harness-allow-faults=kind-dev" in reach.lacks["needs_node_faults"]
    assert not (nodes.root / "bin" / "docker.asked").exists()


def test_containers_that_only_bear_the_names_of_nodes_are_out_of_reach(nodes):
    others = seen(node(NAMES[0], **CLOSED), node(NAMES[1], machine="another"), node(NAMES[2]))
    reach = reach_of("kind-dev", others, ours=False, allowed=True)
    assert reach.address == ""
    assert "container dev-worker is not node dev-worker of this cluster" in reach.lacks["needs_lost_nodes"]


def test_a_node_without_a_container_leaves_all_out_of_reach(nodes):
    reach = reach_of("kind-dev", seen(node("elsewhere")), ours=False, allowed=True)
    assert "its node elsewhere is no container" in reach.lacks["needs_pod_faults"]


def test_a_cluster_of_no_container_and_a_machine_of_no_engine_are_told(nodes, monkeypatch):
    for name in NAMES:
        nodes.folder(name).rename(nodes.root / name)
    gone = reach_of("kind-dev", seen(), ours=False, allowed=True)
    assert "none of its nodes is a container of docker here" in gone.lacks["needs_node_faults"]
    monkeypatch.setenv("PATH", "")
    bare = reach_of("kind-dev", seen(), ours=False, allowed=True)
    assert "there is no docker and no nerdctl and no podman" in bare.lacks["needs_node_faults"]


def test_what_a_node_lacks_and_a_control_plane_that_takes_pods_are_lacking(nodes):
    nodes.folder(NAMES[1]).joinpath("lacks").write_text("needs_slow_lines its node dev-worker has no tc\n")
    reach = reach_of("kind-dev", seen(node(NAMES[0]), node(NAMES[1])), ours=False, allowed=True)
    assert {name: why for name, why in reach.lacks.items() if name not in EMBEDDED_ALONE} == {
        "needs_slow_lines": "its node dev-worker has no tc",
        "needs_lost_nodes": "pods may run on dev-control-plane, which carries its control plane",
    }


def test_a_machine_that_tells_no_id_counts_only_in_a_cluster_of_this_run(nodes):
    nodes.folder(NAMES[1]).joinpath("machine-id").write_text("none\n")
    silent = node(NAMES[1])
    silent["status"]["nodeInfo"]["machineID"] = ""
    assert reach_of("kind-dev", [silent], ours=True, allowed=False).address == ADDRESS
    assert reach_of("kind-dev", [silent], ours=False, allowed=True).address == ""


def test_an_outage_is_written_down_before_it_is_done_and_no_longer_than_it_lasts(nodes, outages):
    outages.switch_off(NAMES[1])
    assert [one["what"] for one in json.loads((nodes.root / "seen").read_text())] == [NAMES[1]]
    with pytest.raises(BadInput, match="is out already"):
        outages.stop(f"{NAMES[1]}/kubelet")
    assert outages.mend() == [NAMES[1]]
    assert nodes.calls == [f"kill {NAMES[1]}", f"start {NAMES[1]}"]
    assert registers(nodes) == []


def test_each_piece_fails_and_comes_back_the_newest_first(nodes, outages):
    outages.stop(f"{NAMES[1]}/kubelet")
    outages.cut_off(NAMES[1])
    outages.freeze(f"{NAMES[2]}/kubelet")
    outages.freeze("kube-scheduler")
    outages.restart("kube-controller-manager")
    before = len(nodes.calls)
    outages.mend()
    outages.await_well()
    assert nodes.calls[:before] == [
        f"stop kubelet on {NAMES[1]}",
        f"drop packets on {NAMES[1]}",
        f"freeze kubelet on {NAMES[2]}",
        f"freeze kube-scheduler on {NAMES[0]}",
        f"remove kube-controller-manager on {NAMES[0]}",
        f"look for kube-controller-manager on {NAMES[0]}",
    ]
    assert nodes.calls[before:] == [
        f"thaw kube-scheduler on {NAMES[0]}",
        f"thaw kubelet on {NAMES[2]}",
        f"let packets pass on {NAMES[1]}",
        f"start kubelet on {NAMES[1]}",
    ]


def test_nodes_are_switched_on_in_the_order_of_their_addresses(nodes, outages):
    """An engine gives the lowest free address to the container that it starts first."""
    outages.switch_off(NAMES[2])
    outages.switch_off(NAMES[1])
    outages.mend()
    assert [call for call in nodes.calls if call.startswith("start")] == [f"start {NAMES[2]}", f"start {NAMES[1]}"]


def test_a_program_that_went_on_by_itself_is_told_and_not_out_any_more(nodes, outages):
    outages.freeze("kube-scheduler")
    nodes.folder(NAMES[0]).joinpath("frozen").write_text("")
    with pytest.raises(EnvironmentUnfit) as failure:
        outages.restore("kube-scheduler")
    assert failure.value.observed == "kube-scheduler was not frozen any more"
    assert registers(nodes) == []


@pytest.mark.parametrize(
    ("verb", "what", "says"),
    [
        ("switch_off", NAMES[0], "its API server, which tells what happens"),
        ("cut_off", NAMES[0], "its API server, which tells what happens"),
        ("switch_off", "other", "cluster dev has no node other"),
        ("stop", "other/kubelet", "cluster dev has no node other"),
        ("stop", f"{NAMES[1]}/containerd", "cannot be stopped"),
        ("stop", "kube-scheduler", "cannot be stopped"),
        ("freeze", NAMES[1], "cannot be frozen"),
    ],
)
def test_what_cannot_fail_is_refused_and_nothing_is_done(nodes, outages, verb, what, says):
    with pytest.raises(BadInput, match=says):
        getattr(outages, verb)(what)
    assert nodes.calls == []
    assert registers(nodes) == []


def test_a_container_is_killed_in_its_node_alone(nodes, outages):
    outages.kill_container(NAMES[1], "abc")
    assert nodes.calls == [f"kill abc on {NAMES[1]}"]
    with pytest.raises(BadInput, match="has no node other"):
        outages.kill_container("other", "abc")
    with pytest.raises(BadInput, match="has no node other"):
        pod_faults_at(ADDRESS).pass_packets("other", "10.0.0.1")


def test_a_cluster_is_well_when_those_that_were_out_have_been_heard_since(outages, server, monkeypatch):
    monkeypatch.setattr("harness.cluster.containers.health._TIMEOUT_S", 0.2)
    outages.stop(f"{NAMES[1]}/kubelet")
    outages.freeze("kube-scheduler")
    outages.mend()
    outages.await_well()
    past = {"spec": {"renewTime": (datetime.now(UTC) - timedelta(minutes=1)).isoformat()}}
    server.put("kube-node-lease", "leases", NAMES[1], past)
    server.answers["GET", "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler"] = lambda _call: (
        200,
        past,
    )
    server.put_dns(ready=False)
    with pytest.raises(EnvironmentUnfit) as failure:
        outages.await_well()
    assert f"{NAMES[1]} has not been heard since" in failure.value.observed
    assert "kube-scheduler is not at work again" in failure.value.observed
    assert "no pod of the DNS is ready" in failure.value.observed
    assert failure.value.observed.endswith(f"{NAMES[1]} has said last:\ntoo many open files on {NAMES[1]}")


KILLED = """
import os, signal, sys
from pathlib import Path
from harness.cluster.failing import outages_at

outages = outages_at("docker:kind:dev", Path(sys.argv[1]), "kind-dev", stays=True)
outages.cut_off("dev-worker")
outages.freeze("kube-scheduler")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_run_has_left_out_is_mended_by_the_next(nodes, kubeconfig):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.run([sys.executable, "-c", KILLED, str(kubeconfig)], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    before = len(nodes.calls)
    assert mend_left_behind(kubeconfig, "kind-other") == []
    assert mend_left_behind(kubeconfig, "kind-dev") == ["kube-scheduler", "dev-worker"]
    assert nodes.calls[before:] == [f"thaw kube-scheduler on {NAMES[0]}", f"let packets pass on {NAMES[1]}"]
    assert registers(nodes) == []
    assert mend_left_behind(kubeconfig, "kind-dev") == []


def test_what_a_living_run_has_out_is_not_mended_by_another(nodes, kubeconfig):
    mine = outages_at(ADDRESS, kubeconfig, "kind-dev", stays=True)
    mine.cut_off(NAMES[1])
    assert mend_left_behind(kubeconfig, "kind-dev") == []
    assert len(registers(nodes)) == 1
    mine.mend()
    assert registers(nodes) == []


def test_what_was_out_of_a_cluster_that_is_gone_is_forgotten(nodes, kubeconfig):
    mine = outages_at(ADDRESS, kubeconfig, "kind-dev", stays=True)
    mine.stop(f"{NAMES[1]}/kubelet")
    nodes.folder(NAMES[1]).rename(nodes.root / "gone")
    mine.mend()
    assert registers(nodes) == []
