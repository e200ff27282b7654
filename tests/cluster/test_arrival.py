"""A run begins when all that was ordered is there, however early the program that makes it returns; else it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness import timeouts
from harness.errors import EnvironmentUnfit
from harness.plugin.cluster_choice import start_cluster
from harness.plugin.run_settings import read_settings
from tests.fakes.apiserver import Body, Call, FakeServer, serving
from tests.fakes.programs import ENGINE, K3D, KIND, MINIKUBE, Machine

NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
CONTROL_PLANE = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine.of(tmp_path, monkeypatch)
    for name, script in {"kind": KIND, "docker": ENGINE, "minikube": MINIKUBE, "k3d": K3D}.items():
        machine.install(name, script)
    return machine


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    with serving() as served:
        monkeypatch.setenv("FAKE_SERVER", served.url)
        served.answers["GET", "/apis/storage.k8s.io/v1"] = lambda _: (200, {"resources": []})
        yield served


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def run(pytester: pytest.Pytester, machine: Machine, said: list[str]) -> Callable[..., object]:
    return lambda *given: start_cluster(read_settings(pytester.parseconfig(*given)), said.append)


def node(name: str, *taints: Body, why: str = "") -> Body:
    since = "2026-11-30T09:00:00Z"
    ready = {"type": "Ready", "status": "False" if why else "True", "message": why, "lastTransitionTime": since}
    return {"metadata": {"name": name}, "spec": {"taints": list(taints)}, "status": {"conditions": [ready]}}


def coming(*lists: list[Body]) -> Callable[[Call], tuple[int, Body]]:
    """Answer each request for the nodes with the next of these lists, and with the last one from then on."""
    left = list(lists)
    return lambda _: (200, {"metadata": {}, "items": left.pop(0) if len(left) > 1 else left[0]})


@pytest.mark.parametrize("provider", ["kind", "minikube", "k3d"])
def test_workers_that_are_not_ready_yet_are_awaited_and_counted(run, said, server, provider):
    """What kind v0.33.0 did in each of three tries with workers; a run would have skipped what needs them."""
    late = [node(f"w{number}", NOT_READY, why="cni plugin not initialized") for number in range(3)]
    there = [node(f"w{number}") for number in range(3)]
    first = node("cp", CONTROL_PLANE)
    server.answers["GET", "/api/v1/nodes"] = coming(
        [first], [first, *late], [first, there[0], *late[1:]], [first, *there]
    )
    server.put_dns()

    cluster = run(f"--harness-cluster={provider}", "--harness-nodes=3")

    assert "needs_three_nodes" in cluster.capabilities
    assert any(line.startswith("waiting for 3 nodes of cluster statefulspec-") for line in said)
    assert any(line.startswith("3 nodes and the DNS are there after ") for line in said)
    cluster.stop()


@pytest.mark.row(51)
@pytest.mark.parametrize(("version", "warnings"), [("v1.29.3", 1), ("v1.36.3", 0)])
def test_a_server_of_a_release_that_nobody_tried_is_told_of_at_the_start(run, said, server, version, warnings):
    server.answers["GET", "/version"] = lambda _: (200, {"gitVersion": version})
    server.answers["GET", "/api/v1/nodes"] = coming([node("cp")])
    server.put_dns()

    run("--harness-cluster=kind").stop()

    assert sum(f"Kubernetes {version} is older: the features were tried on" in line for line in said) == warnings


def test_nodes_that_do_not_come_fail_the_run_with_what_keeps_each(run, machine, server, monkeypatch):
    monkeypatch.setattr(timeouts, "LOCAL_ARRIVAL", timeouts.Timeout(0.6))
    monkeypatch.setattr("harness.cluster.embedded.inotify.limit", lambda: 128)
    lost = node("w2", NOT_READY, why="cni plugin not initialized")
    server.answers["GET", "/api/v1/nodes"] = coming([node("cp", CONTROL_PLANE), node("w1"), lost])
    server.put_dns()

    with pytest.raises(EnvironmentUnfit, match=r"cluster shelf is not all there after .*s") as failure:
        run("--harness-cluster=kind", "--harness-nodes=3", "--harness-cluster-name=shelf")

    assert failure.value.expected == "3 nodes that pods may use and a ready pod of kube-dns within 600 ms"
    assert failure.value.observed.splitlines() == [
        "of 3 nodes that have joined 1 takes pods",
        "cp: closed by taint node-role.kubernetes.io/control-plane:NoSchedule",
        "w1: takes pods",
        "w2: not ready since 2026-11-30T09:00:00Z: cni plugin not initialized",
    ]
    assert failure.value.look_at[0] == "kind export logs --name shelf"
    assert failure.value.look_at[1].startswith("nodes in containers share 128 inotify instances: sysctl -w fs.inotify.")
    assert machine.existing() == list(machine.temporary.iterdir()) == []


def test_dns_is_awaited_too(run, machine, server, monkeypatch):
    monkeypatch.setattr(timeouts, "LOCAL_ARRIVAL", timeouts.Timeout(0.6))
    server.put("", "nodes", "n1")
    server.put_dns(ready=False)
    waiting = {"waiting": {"reason": "ErrImagePull", "message": "no such host"}}
    pod = {"metadata": {"labels": {"k8s-app": "kube-dns"}}, "status": {"containerStatuses": [{"state": waiting}]}}
    server.put("kube-system", "pods", "coredns-1", pod)

    with pytest.raises(EnvironmentUnfit) as failure:
        run("--harness-cluster=minikube")

    assert failure.value.observed.splitlines()[-2:] == [
        "no pod of kube-dns is ready",
        "coredns-1: ErrImagePull no such host",
    ]
    assert failure.value.look_at[0].startswith("minikube logs --profile statefulspec-")
    assert machine.existing() == list(machine.temporary.iterdir()) == []


def test_cluster_that_is_there_is_held_to_an_ordered_number_only(run, machine, server, monkeypatch):
    """Else what it lacks would be skipped, although it was asked for."""
    monkeypatch.setattr(timeouts, "LOCAL_RETURN", timeouts.Timeout(0.6))
    (machine.clusters / "shelf").touch()
    server.put("", "nodes", "n1")
    server.put_dns()

    run("--harness-cluster=kind", "--harness-cluster-name=shelf").stop()
    with pytest.raises(EnvironmentUnfit, match="cluster shelf is not all there"):
        run("--harness-cluster=kind", "--harness-cluster-name=shelf", "--harness-nodes=3")

    assert machine.existing() == ["shelf"]
