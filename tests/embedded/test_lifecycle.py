"""A cluster comes up whatever was there before, and nothing of it is left whatever happened to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness.cluster.embedded import lifecycle
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.embedded import Embedded
from harness.cluster.embedded.images import Image, Layer, archive
from harness.cluster.embedded.lifecycle import Status
from harness.cluster.embedded.state import ClusterPaths
from harness.errors import BadInput, EnvironmentUnfit
from tests.embedded.conftest import Kubectl, traces

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "shell"},
    "spec": {
        "terminationGracePeriodSeconds": 0,
        "containers": [
            {
                "name": "shell",
                "image": "docker.io/library/busybox:1.36",
                "command": ["sh", "-c", "echo written > /node/trace && exec sleep 600"],
                "volumeMounts": [{"name": "node", "mountPath": "/node"}],
            }
        ],
        "volumes": [{"name": "node", "hostPath": {"path": "/srv/harness-test", "type": "DirectoryOrCreate"}}],
    },
}
KERNEL_SETTINGS = ("vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops")


def quiet(_: str) -> None:
    """Show no progress."""


def kernel_settings() -> list[str]:
    return [Path("/proc/sys", name).read_text() for name in KERNEL_SETTINGS]


def folders_outside(running: Status) -> list[int]:
    """Return the processes of the node whose working folder is not in it: nsenter may leave them in the machine's."""
    pids = [component.pid for component in running.state.components if component.name.startswith("node-1/")]
    inside = [int(child) for pid in pids for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    assert len(inside) == 3
    return [pid for pid in inside if not Path(f"/proc/{pid}/cwd").samefile(f"/proc/{pid}/root")]


def test_up_runs_pods_and_answers_names_and_down_leaves_nothing(name: str) -> None:
    before = kernel_settings()
    running = lifecycle.up(name, progress=quiet)
    kubectl = Kubectl(running)
    kubectl("apply", "-f", "-", text=json.dumps(POD))
    kubectl("wait", "--for=condition=Ready", "pod/shell", "--timeout=60s")
    answer = kubectl("exec", "shell", "--", "nslookup", "kubernetes.default.svc.cluster.local")
    service = kubectl("get", "service", "kubernetes", "--output=jsonpath={.spec.clusterIP}")
    assert f"Address: {service}\n" in answer
    assert kubectl("exec", "shell", "--", "cat", "/etc/version", "/node/trace") == "1.36\nwritten\n"
    assert not Path("/srv/harness-test").exists()
    as_kubelet = ["--as=system:node:node-1", "--as-group=system:nodes"]
    assert kubectl("auth", "can-i", "get", "persistentvolumeclaims", "--all-namespaces", *as_kubelet) == "yes\n"
    assert folders_outside(running) == []
    everything = traces(running)
    assert len(everything.processes) > 10
    assert lifecycle.down(name)
    assert everything.left() == []
    assert kernel_settings() == before
    assert not lifecycle.down(name)


def test_up_leaves_a_running_cluster_as_it_is(name: str) -> None:
    running = lifecycle.up(name, progress=quiet)
    assert lifecycle.up(name, progress=quiet) == running
    with pytest.raises(BadInput, match=r"runs with 1 real nodes of Kubernetes [\d.]+, not 2 real nodes"):
        lifecycle.up(name, 2, progress=quiet)


@pytest.mark.parametrize("component", ["kube-apiserver", "node-1"])
def test_up_works_after_a_piece_was_killed(name: str, component: str) -> None:
    running = lifecycle.up(name, progress=quiet)
    everything = traces(running)
    victim = running.state.component(component)
    assert victim is not None
    os.kill(victim.pid, signal.SIGKILL)
    os.waitpid(victim.pid, 0)
    found = lifecycle.status(name)
    assert found is not None
    assert component in found.ended
    with pytest.raises(EnvironmentUnfit, match=f"cluster {name} is broken"):
        Embedded.attach(name)
    again = lifecycle.up(name, progress=quiet)
    assert again.runs
    assert again.state.token != running.state.token
    assert Kubectl(again)("get", "nodes", "--output=name") == "node/node-1\n"
    lifecycle.down(name)
    assert everything.left() == []


def test_down_after_a_node_was_killed_leaves_nothing(name: str) -> None:
    running = lifecycle.up(name, 2, progress=quiet)
    everything = traces(running)
    for component in ("node-2", "etcd", "node-1/containerd"):
        victim = running.state.component(component)
        assert victim is not None
        os.kill(victim.pid, signal.SIGKILL)
    lifecycle.down(name)
    assert everything.left() == []


def test_two_clusters_side_by_side_are_two(name: str) -> None:
    other = f"{name}-b"
    try:
        one, two = lifecycle.up(name, progress=quiet), lifecycle.up(other, progress=quiet)
        Kubectl(one)("create", "configmap", "only-here")
        assert "only-here" not in Kubectl(two)("get", "configmaps", "--output=name")
        assert one.state.slot != two.state.slot
        everything = traces(two)
        lifecycle.down(other)
        assert everything.left() == []
        assert Kubectl(one)("get", "--raw", "/readyz") == "ok"
    finally:
        lifecycle.down(other)


def test_an_interrupted_up_leaves_nothing(name: str) -> None:
    seen = []

    def interrupt(text: str) -> None:
        if text.startswith("waiting for the DNS"):
            half = lifecycle.status(name)
            assert half is not None
            seen.append(traces(half))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lifecycle.up(name, progress=interrupt)
    assert len(seen[0].processes) > 5
    assert seen[0].left() == []


OWNER = """
import os, signal, sys
from harness.cluster.embedded.embedded import Embedded

def progress(text):
    if text.startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

Embedded.start(sys.argv[1], 1, "real", progress, owner_pid=os.getpid())
print("up", flush=True)
sys.stdin.read()
"""


def start_owner(name: str, dies_at: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-c", OWNER, name, dies_at],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def await_removal(is_there: Callable[[], object]) -> None:
    retrying = Retrying(
        retry=retry_if_result(bool), stop=stop_after_delay(10), wait=wait_fixed(0.05), retry_error_callback=bool
    )
    retrying(is_there)


@pytest.mark.row(37)
def test_the_cluster_goes_when_its_owner_is_killed(name: str) -> None:
    with start_owner(name, "never") as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "up\n"
        running = lifecycle.status(name)
        assert running is not None
        everything = traces(running)
        owner.kill()
    await_removal(everything.left)
    assert everything.left() == []


def test_the_cluster_goes_when_its_owner_is_killed_while_it_starts(name: str) -> None:
    with start_owner(name, "waiting for the DNS") as owner:
        owner.wait(60)
    assert owner.returncode == -signal.SIGKILL
    await_removal(ClusterPaths.of(name).state.exists)
    assert lifecycle.status(name) is None


def test_an_orphan_without_its_reaper_goes_with_the_next_up(name: str) -> None:
    with start_owner(name, "never") as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        running = lifecycle.status(name)
        assert running is not None
        everything = traces(running)
        reaper = running.state.component("reaper")
        assert reaper is not None
        os.kill(reaper.pid, signal.SIGKILL)
        owner.kill()
    said: list[str] = []
    lifecycle.remove_orphans(said.append)
    assert f"removing cluster {name}, whose owner has ended" in said
    assert everything.left() == []


def test_an_image_of_the_user_s_own_is_loaded_into_every_node(name: str, tmp_path: Path) -> None:
    cluster = Embedded.start(name, 2, "real", quiet, owner_pid=os.getpid())
    (tmp_path / "busybox").write_bytes(Path("/bin/busybox").read_bytes())
    image = Image(
        ("example.org/mine:1",), (Layer(files={"busybox": tmp_path / "busybox"}),), entrypoint=("/busybox", "true")
    )
    cluster.load_image(archive([image], "mine", Cache(tmp_path / "cache")))
    running = lifecycle.status(name)
    assert running is not None
    kubectl = Kubectl(running)
    for node in ("node-1", "node-2"):
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": f"on-{node}"},
            "spec": {
                "nodeName": node,
                "restartPolicy": "Never",
                "containers": [{"name": "c", "image": "example.org/mine:1", "imagePullPolicy": "Never"}],
            },
        }
        kubectl("apply", "-f", "-", text=json.dumps(pod))
    kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/on-node-1", "pod/on-node-2", "--timeout=60s")
    everything = traces(running)
    cluster.stop()
    assert everything.left() == []


def test_a_cluster_that_does_not_exist_is_refused_with_those_that_do(name: str) -> None:
    with pytest.raises(BadInput, match=f"no embedded cluster is called {name}"):
        Embedded.attach(name)
