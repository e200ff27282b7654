"""minikube is asked for just the profile that a run wants, with a kubeconfig of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from harness.cluster.providers import Order, start
from harness.errors import EnvironmentUnfit
from harness.plugin.cluster_choice import start_cluster
from harness.plugin.run_settings import read_settings
from tests.fakes.apiserver import serving
from tests.fakes.nodes import Nodes
from tests.fakes.programs import MINIKUBE, Machine

SCRIPT = Path(__file__).parents[2] / "ci" / "minikube"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine.of(tmp_path, monkeypatch)
    machine.install("minikube", MINIKUBE)
    return machine


@pytest.fixture
def said() -> list[str]:
    return []


def test_profile_is_made_and_removed(machine, said, tmp_path, monkeypatch):
    """The user's own kubeconfig is never written to."""
    users = tmp_path / "users-config"
    monkeypatch.setenv("KUBECONFIG", str(users))

    cluster = start("minikube", Order("shelf", 3), said.append)

    assert machine.calls[-1] == "minikube start --profile shelf --wait all --interactive=false --nodes 3"
    assert (cluster.name, cluster.context) == ("shelf", "shelf")
    assert "current-context: shelf" in cluster.kubeconfig.read_text()
    cluster.stop()
    assert machine.calls[-1] == "minikube delete --profile shelf"
    assert machine.existing() == list(machine.temporary.iterdir()) == []
    assert not users.exists()


def test_profile_that_is_there_is_used_as_it_is_and_stays(machine, said):
    (machine.clusters / "other").touch()
    (machine.clusters / "shelf").touch()

    start("minikube", Order("shelf", 3), said.append).stop()

    assert machine.calls == [
        "minikube profile list --output json --light",
        "minikube start --profile shelf --wait all --interactive=false",
    ]
    assert machine.existing() == ["other", "shelf"]


def test_kept_profile_stays(machine, said):
    start("minikube", Order("shelf", 1, keep=True), said.append).stop()

    assert machine.existing() == ["shelf"]


def test_missing_program_is_told_with_its_source(machine, said):
    (machine.programs / "minikube").unlink()

    with pytest.raises(EnvironmentUnfit, match="minikube is not installed") as failure:
        start("minikube", Order("shelf", 1), said.append)

    assert "minikube.sigs.k8s.io" in failure.value.look_at[0]


def test_missing_driver_is_told_with_what_to_choose(machine, said):
    machine.install("minikube", "echo 'Exiting due to DRV_NOT_DETECTED: No possible driver was detected.'; exit 69")

    with pytest.raises(EnvironmentUnfit, match="minikube finds no driver here") as failure:
        start("minikube", Order("", 1), said.append)

    assert "MINIKUBE_DRIVER" in failure.value.expected
    assert "No possible driver was detected" in failure.value.observed
    assert list(machine.temporary.iterdir()) == []


def test_other_failure_is_told_as_it_is_and_leaves_nothing(machine, said, monkeypatch):
    monkeypatch.setenv("FAKE_MAKE", "fail")

    with pytest.raises(EnvironmentUnfit, match="minikube could not bring up the cluster") as failure:
        start("minikube", Order("shelf", 1), said.append)

    assert failure.value.observed.endswith("ERROR: could not find a log line")
    assert machine.calls[-1] == "minikube delete --profile shelf"
    assert machine.existing() == list(machine.temporary.iterdir()) == []


def test_archives_are_loaded_into_this_profile(machine, said):
    cluster = start("minikube", Order("shelf", 1), said.append)

    cluster.load_image(Path("books.tar"))

    assert machine.calls[-1] == "minikube image load --profile shelf books.tar"
    cluster.stop()


def make_nightly_profile(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script that makes the profile of the nightly run."""
    env = {**os.environ, "KUBECONFIG": str(tmp_path / "nightly-config")}
    command = ["/bin/bash", str(SCRIPT), *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)


def test_nightly_profile_has_a_driver_that_grows_volumes_and_takes_snapshots(machine, said, tmp_path, monkeypatch):
    """The class of snapshots must be known before the driver brings one; a run then takes the profile as it is."""
    monkeypatch.setenv("PATH", f"{machine.programs}:/usr/bin:/bin")

    assert make_nightly_profile(tmp_path, "shelf").returncode == 0

    assert machine.calls == [
        "minikube start --profile shelf --wait all --interactive=false --nodes 1",
        "minikube addons enable volumesnapshots --profile shelf",
        "minikube addons enable csi-hostpath-driver --profile shelf",
        "minikube kubectl --profile shelf -- apply --filename -",
    ]
    applied = YAML(typ="safe").load(machine.applied())
    assert (applied["kind"], applied["provisioner"]) == ("StorageClass", "hostpath.csi.k8s.io")
    assert applied["allowVolumeExpansion"] is True
    start("minikube", Order("shelf", 1), said.append).stop()
    assert machine.existing() == ["shelf"]


def test_nightly_profile_without_its_driver_is_a_failure(machine, tmp_path, monkeypatch):
    """Else the run would lack what its profile promises, and only then say so."""
    monkeypatch.setenv("PATH", f"{machine.programs}:/usr/bin:/bin")
    monkeypatch.setenv("FAKE_ADDON", "fail")

    failed = make_nightly_profile(tmp_path, "shelf")

    assert failed.returncode == 6
    assert "the addon's pods do not get ready" in failed.stderr


def test_two_nodes_without_a_common_folder_lack_it_once_that_is_asked_for(machine, said, monkeypatch, pytester):
    """What kind taught: a folder of one node is none of the other, and an application would be accused of losing it."""
    monkeypatch.setattr("secrets.token_hex", lambda _: "abc123")
    with serving() as server:
        monkeypatch.setenv("FAKE_SERVER", server.url)
        server.answers["GET", "/apis/storage.k8s.io/v1"] = lambda _: (200, {"resources": []})
        server.put_dns()
        nodes = Nodes(server, {"shelf": 1, "shelf-m02": 2})
        for name in nodes.folders:
            server.put("", "nodes", name)

        cluster = start_cluster(
            read_settings(pytester.parseconfig("--harness-cluster=minikube", "--harness-nodes=2")), said.append
        )
        assert "needs_common_folder" in cluster.capabilities
        cluster.provide("needs_common_folder", said.append)

        assert "needs_common_folder" not in cluster.capabilities
        assert "what shelf writes into /tmp/hostpath_pv is not there on shelf-m02" in cluster.missing_reason(
            "needs_common_folder"
        )
        assert not nodes.there
        cluster.stop()
