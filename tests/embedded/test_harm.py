"""A run leaves a cluster that others use, and its nodes, as it found them; what a killed one leaves, others mend."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import tenacity

from harness.cluster.embedded import lifecycle
from harness.cluster.embedded.embedded import Embedded
from harness.kube.api import Api
from harness.model import KINDS
from tests.embedded.conftest import Kubectl
from tests.inventory import Inventory, differences, take

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]

FEATURES = Path(__file__).parent / "mixed"


@dataclass
class Shared:
    """A cluster that holds other people's objects, and files of theirs on its node."""

    kubeconfig: Path
    node: Path
    report: Path
    api: Api

    def take(self) -> Inventory:
        return take(self.api, {"node-1": self.node})

    def command(self, *options: str) -> list[str]:
        """Return a command that runs features as anybody's who has the kubeconfig."""
        where = ("--harness-cluster=context", f"--harness-kubeconfig={self.kubeconfig}")
        program = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--harness-report={self.report}")
        return [*program, *where, *options]


@pytest.fixture
def shared(name: str, tmp_path: Path) -> Iterator[Shared]:
    cluster = Embedded.start(name, 1, "real", lambda _: None, owner_pid=os.getpid())
    running = lifecycle.status(name)
    assert running is not None
    component = running.state.component("node-1")
    assert component is not None
    node = Path(f"/proc/{component.pid}/root")
    (node / "srv" / "theirs").mkdir(parents=True)
    (node / "srv" / "theirs" / "data").write_text("theirs")
    kubectl = Kubectl(running)
    kubectl("apply", "-f", str(FEATURES / "theirs" / "objects.yaml"))
    kubectl("wait", "--for=condition=Established", "crd/issuers.certs.example.com", "--timeout=30s")
    kubectl("apply", "-f", str(FEATURES / "theirs" / "issuer.yaml"))
    kubectl("-n", "theirs", "wait", "--for=jsonpath={.status.phase}=Bound", "pvc/disk", "--timeout=30s")
    kubectl("-n", "default", "wait", "--for=jsonpath={.status.hard.pods}=7", "quota/quota", "--timeout=30s")
    try:
        with closing(Api.connect(cluster.kubeconfig)) as api:
            yield Shared(cluster.kubeconfig, node, tmp_path / "report", api)
    finally:
        cluster.stop()


@pytest.mark.row(30, 37)
def test_a_run_leaves_a_cluster_and_its_nodes_as_they_were(shared: Shared) -> None:
    before = shared.take()
    told = subprocess.run(
        shared.command(str(FEATURES / "whole.feature"), "-n", "2"), capture_output=True, text=True, check=False
    )
    assert "10 scenarios: 5 failed, 5 passed" in told.stdout, told.stdout + told.stderr
    assert told.stdout.count("left out: Pod clean-up, which is a hook of Helm (pre-delete)") == 2
    assert differences(before, shared.take()) == []

    run = subprocess.Popen(shared.command(str(FEATURES / "killed.feature")), stdout=subprocess.PIPE, text=True)
    try:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_result(lambda found: not found),
            wait=tenacity.wait_fixed(0.2),
            stop=tenacity.stop_after_delay(120),
        )
        retrying(lambda: run.poll() is not None or _scaled(shared.api))
        assert run.poll() is None, run.communicate()
    finally:
        run.send_signal(signal.SIGKILL)
        run.communicate()
    left = differences(before, shared.take())
    for trace in (
        "Node node-1: spec.unschedulable",
        "Issuer.certs.example.com ours has come",
        "StorageClass.storage.k8s.io standard: metadata.annotations",
        "node-1 tmp/statefulspec-",
        "node-1 var/lib/statefulspec-",
        "PersistentVolume disk-",
    ):
        assert any(line.startswith(trace) for line in left), left

    following = shared.command(str(FEATURES / "whole.feature"), "-k", "volumes_that_their_class_keeps")
    told = subprocess.run(following, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "restored Node node-1, which a killed run had taken from use" in told.stdout
    left = differences(before, shared.take())
    assert not any(line.startswith(("Node", "StorageClass.storage.k8s.io standard")) for line in left), left

    reaped = subprocess.run(
        [str(Path(sys.executable).with_name("statefulspec")), "reap", f"--kubeconfig={shared.kubeconfig}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "removed Issuer ours" in reaped.stdout
    assert differences(before, shared.take()) == []


def _scaled(api: Api) -> bool:
    return any(one["spec"]["replicas"] == 2 for one in api.list(KINDS["StatefulSet"]).items)
