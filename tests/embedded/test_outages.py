"""What is made to fail fails, comes back as it was, and is mended also when whoever did it was killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness.cluster.components import Component, is_alive
from harness.cluster.embedded import lifecycle, newer_releases, real
from harness.cluster.embedded.addresses import Addresses
from harness.cluster.embedded.assembly import put
from harness.cluster.embedded.control_plane import ControlPlane
from harness.cluster.embedded.embedded import Embedded
from harness.cluster.embedded.families import DEFAULT, kubernetes_versions
from harness.cluster.embedded.lifecycle import Status
from harness.cluster.embedded.process_outages import outages_of
from harness.cluster.embedded.state import ClusterPaths
from harness.cluster.outages import Outages
from harness.errors import BadInput
from tests.embedded.conftest import Kubectl, traces

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]

NAME = f"outages-{os.getpid()}"
NEXT = kubernetes_versions()[kubernetes_versions().index(DEFAULT) + 1]
KEPT_AFTER_S = 6
"""A program that has run for less than five whole seconds is held for one that cannot run."""


def pod(node: int) -> dict[str, Any]:
    shell = {"name": "shell", "image": "docker.io/library/busybox:1.36", "command": ["sleep", "6000"]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"on-node-{node}"},
        "spec": {"nodeName": f"node-{node}", "terminationGracePeriodSeconds": 0, "containers": [shell]},
    }


@pytest.fixture(scope="module")
def running() -> Iterator[Status]:
    """Give a cluster of two nodes with a pod on each."""
    if os.geteuid() != 0:
        pytest.skip("real nodes need root")
    status = lifecycle.up(NAME, 2, progress=lambda _: None)
    try:
        kubectl = Kubectl(status)
        kubectl("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": [pod(1), pod(2)]}))
        kubectl("wait", "--for=condition=Ready", "pod", "--all", "--timeout=60s")
        yield status
    finally:
        lifecycle.down(NAME)


@pytest.fixture
def outages(running: Status) -> Iterator[Outages]:
    made = outages_of(running.paths)
    yield made
    made.mend()
    made.await_well()


@pytest.fixture(scope="module")
def newer(running: Status) -> None:
    """Have a next release at hand: the programs of the cluster's own one, in the folder of the next."""
    for name in newer_releases.PROGRAMS:
        put(running.paths.data / "bin" / name, running.paths.data / "releases" / NEXT / name)


def is_upgraded(name: str) -> bool:
    """Return whether a component was started from the folder of the next release."""
    return f"releases/{NEXT}/".encode() in Path(f"/proc/{component(name).pid}/cmdline").read_bytes()


def component(name: str) -> Component:
    state = ClusterPaths.of(NAME).read()
    assert state is not None
    found = state.component(name)
    assert found is not None
    return found


def runs() -> bool:
    status = lifecycle.status(NAME)
    return status is not None and status.runs


def process_state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def container(running: Status, node: int) -> dict[str, Any]:
    told = Kubectl(running)("get", "pod", f"on-node-{node}", "--output=json")
    facts = json.loads(told)
    return {"uid": facts["metadata"]["uid"], **facts["status"]["containerStatuses"][0]}


def await_start(running: Status, node: int, count: int) -> None:
    """Return when the container of the node's pod was started for this time; before, its status is an older one."""
    kubectl = Kubectl(running)
    counted = f"--for=jsonpath={{.status.containerStatuses[0].restartCount}}={count}"
    kubectl("wait", counted, f"pod/on-node-{node}", "--timeout=60s")
    kubectl("wait", "--for=condition=Ready", f"pod/on-node-{node}", "--timeout=60s")


@pytest.mark.parametrize("name", ["node-1/kubelet", "kube-scheduler"])
def test_a_stopped_piece_is_gone_until_it_is_restored(outages: Outages, name: str) -> None:
    before = component(name)
    outages.stop(name)
    assert not is_alive(before)
    assert runs()
    outages.restore(name)
    assert is_alive(component(name))
    assert component(name) != before
    outages.await_well()


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("name", ["kube-controller-manager", "kube-scheduler"])
def test_a_program_that_ends_by_itself_is_started_again(name: str) -> None:
    loop = component(name)
    first = program_of(loop)
    assert first
    retry(lambda: age_s(first) < KEPT_AFTER_S)
    os.kill(first, signal.SIGKILL)
    retry(lambda: program_of(loop) in (None, first))
    assert component(name) == loop
    assert runs()
    assert f"ended with {128 + signal.SIGKILL}, and is started again" in ClusterPaths.of(NAME).log(name).read_text()


def test_a_program_that_cannot_run_is_not_started_again() -> None:
    plane = ControlPlane(Path("/nowhere"), "127.0.0.1", 1, 2, 3, "10.0.0.0/24", "10.0.0.1", real_nodes=True)
    ran = subprocess.run(real.command_of(plane, "kube-scheduler"), check=False, capture_output=True, text=True)
    assert ran.returncode == 127
    assert "started again" not in ran.stderr


def retry(still: Callable[[], bool]) -> None:
    """Return when it is no longer so."""
    Retrying(retry=retry_if_result(bool), stop=stop_after_delay(30), wait=wait_fixed(0.05))(still)


def program_of(loop: Component) -> int | None:
    """Return the process that a component keeps running, None while there is none."""
    for child in Path(f"/proc/{loop.pid}/task/{loop.pid}/children").read_text().split():
        with suppress(FileNotFoundError):  # one that looks at the clock has ended meanwhile
            if Path(f"/proc/{child}/exe").readlink().name.startswith("kube-"):
                return int(child)
    return None


def age_s(pid: int) -> float:
    ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    return float(Path("/proc/uptime").read_text().split()[0]) - ticks / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("name", ["node-1/kubelet", "kube-controller-manager"])
def test_a_frozen_piece_stands_still_until_it_is_restored(outages: Outages, name: str) -> None:
    before = component(name)
    children = Path(f"/proc/{before.pid}/task/{before.pid}/children").read_text().split()
    pid = int(children[0]) if children else before.pid
    outages.freeze(name)
    assert process_state(pid) == "T"
    assert runs()
    outages.restore(name)
    assert process_state(pid) != "T"
    assert component(name) == before


def test_a_node_that_was_off_comes_back_with_its_pods(running: Status, outages: Outages) -> None:
    before, init = container(running, 2), component("node-2")
    outages.switch_off("node-2")
    assert not is_alive(init)
    assert runs()
    outages.restore("node-2")
    outages.await_well()
    await_start(running, 2, before["restartCount"] + 1)
    after = container(running, 2)
    assert after["uid"] == before["uid"]
    assert after["containerID"] != before["containerID"]
    assert Kubectl(running)("exec", "on-node-2", "--", "hostname") == "on-node-2\n"


def test_a_node_comes_back_without_the_links_and_routes_of_the_pods_it_had(running: Status, outages: Outages) -> None:
    fabric = real.fabric_of(running.paths, running.state)
    enter = ["nsenter", f"--net={fabric.node(2)}", "ip"]
    address = Kubectl(running)("get", "pod", "on-node-2", "-o", "jsonpath={.status.podIP}")
    starts = container(running, 2)["restartCount"]
    outages.switch_off("node-2")
    # The kernel takes its time to remove a link of a pod that has ended; here it never does.
    subprocess.run([*enter, "link", "add", "vethlate", "up", "type", "veth", "peer", "name", "vethpeer"], check=True)
    subprocess.run([*enter, "route", "replace", address, "dev", "vethlate"], check=True)
    outages.restore("node-2")
    outages.await_well()
    await_start(running, 2, starts + 1)
    shown = subprocess.run([*enter, "route", "show"], capture_output=True, text=True, check=True).stdout
    assert "vethlate" not in shown
    told = Kubectl(running)("get", "pod", "on-node-2", "-o", "jsonpath={.status.podIP}")
    assert f"\n{told} dev veth" in shown


def test_a_node_that_was_cut_off_can_be_reached_again(running: Status, outages: Outages) -> None:
    kubelet = (Addresses(running.state.slot).node(2), 10250)
    before = container(running, 2)
    outages.cut_off("node-2")
    with pytest.raises(OSError, match=r"timed out|No route"):
        socket.create_connection(kubelet, timeout=0.5)
    assert is_alive(component("node-2/kubelet"))
    outages.restore("node-2")
    outages.await_well()
    assert Kubectl(running)("exec", "on-node-2", "--", "hostname") == "on-node-2\n"
    assert container(running, 2)["containerID"] == before["containerID"]


def test_a_restarted_api_server_has_lost_nothing(running: Status, outages: Outages) -> None:
    before = component("kube-apiserver")
    uids = Kubectl(running)("get", "pods", "--output=jsonpath={.items[*].metadata.uid}")
    outages.restart("kube-apiserver")
    assert Kubectl(running)("get", "pods", "--output=jsonpath={.items[*].metadata.uid}") == uids
    assert component("kube-apiserver") != before
    assert not is_alive(before)
    outages.await_well()


def test_a_killed_container_is_started_again_in_its_pod(running: Status, outages: Outages) -> None:
    before = container(running, 1)
    outages.kill_container("node-1", before["containerID"].removeprefix("containerd://"))
    await_start(running, 1, before["restartCount"] + 1)
    after = container(running, 1)
    assert after["uid"] == before["uid"]
    assert after["lastState"]["terminated"]["exitCode"] == 128 + signal.SIGKILL


def test_what_is_not_there_or_out_already_cannot_fail(outages: Outages) -> None:
    with pytest.raises(BadInput, match="has no node-9/kubelet"):
        outages.stop("node-9/kubelet")
    with pytest.raises(BadInput, match="has no node etcd"):
        outages.cut_off("etcd")
    with pytest.raises(BadInput, match="has no program node-1"):
        outages.stop("node-1")
    outages.stop("node-1/kubelet")
    with pytest.raises(BadInput, match="is out already"):
        outages.freeze("node-1/kubelet")


@pytest.mark.usefixtures("newer")
def test_what_was_upgraded_fails_like_any_other_and_comes_back_as_it_was(running: Status, outages: Outages) -> None:
    """A restart brings back the newer program; only the end of the upgrade brings back the former one."""
    uid = container(running, 1)["uid"]
    upgraded = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "node-1/kubelet", "node-1/kube-proxy")
    for name in upgraded:
        outages.upgrade(name)
    outages.await_well()
    assert all(map(is_upgraded, upgraded))
    assert not is_upgraded("node-2/kubelet")
    assert runs()

    outages.restart("kube-scheduler")
    outages.switch_off("node-1")
    outages.restore("node-1")
    outages.await_well()
    assert all(map(is_upgraded, upgraded))

    with pytest.raises(BadInput, match=r"no program of .* to upgrade kube-scheduler to"):
        outages.upgrade("kube-scheduler")
    with pytest.raises(BadInput, match=r"etcd is not upgraded with Kubernetes"):
        outages.upgrade("etcd")
    assert sorted(outages.mend()) == sorted(upgraded)
    outages.await_well()
    assert not any(map(is_upgraded, upgraded))
    assert container(running, 1)["uid"] == uid


KILLED = """
import os, signal, sys
from harness.cluster.embedded.process_outages import outages_of
from harness.cluster.embedded.state import ClusterPaths

outages = outages_of(ClusterPaths.of(sys.argv[1]))
outages.stop("node-1/kubelet")
outages.cut_off("node-1")
outages.switch_off("node-2")
outages.upgrade("kube-scheduler")
outages.freeze("kube-controller-manager")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.row(37)
@pytest.mark.usefixtures("newer")
def test_what_a_killed_run_has_left_out_is_mended_by_the_next(running: Status, outages: Outages) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    restarted = container(running, 2)["restartCount"] + 1
    killed = subprocess.run([sys.executable, "-c", KILLED, NAME], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    left = ClusterPaths.of(NAME).read()
    assert left is not None
    assert [outage.how for outage in left.outages] == ["stopped", "cut off", "off", "upgraded", "frozen"]
    assert not outages.mend()
    Embedded.attach(NAME)
    state = ClusterPaths.of(NAME).read()
    assert state is not None
    assert state.outages == ()
    assert all(is_alive(one) for one in state.components)
    assert not is_upgraded("kube-scheduler")
    assert process_state(component("kube-controller-manager").pid) != "T"
    await_start(running, 2, restarted)  # its node was off
    for node in (1, 2):
        assert Kubectl(running)("exec", f"on-node-{node}", "--", "hostname") == f"on-node-{node}\n"


def test_a_cluster_goes_with_all_that_is_out(name: str) -> None:
    status = lifecycle.up(name, progress=lambda _: None)
    outages = outages_of(status.paths)
    outages.freeze("kube-scheduler")
    outages.switch_off("node-1")
    outages.restore("node-1")
    everything = traces(status)
    outages.freeze("node-1/kubelet")
    lifecycle.down(name)
    assert everything.left() == []
