"""k3d is asked for just the cluster that a run wants, with a kubeconfig of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cluster.guard import refuse_unless_test_cluster
from harness.cluster.providers import LOCAL, Order, start
from harness.errors import BadInput, EnvironmentUnfit
from harness.plugin.options import CLUSTERS
from harness.plugin.run_settings import read_settings
from tests.fakes.programs import ENGINE, K3D, Machine

LEFT_OUT = "--no-lb --k3s-arg --disable=traefik@server:0"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine.of(tmp_path, monkeypatch)
    machine.install("k3d", K3D)
    machine.install("docker", ENGINE)
    return machine


@pytest.fixture
def said() -> list[str]:
    return []


def test_cluster_is_made_for_this_machine_alone_and_removed(machine, said, tmp_path, monkeypatch):
    """The user's own kubeconfig is never written to; by default k3d listens on every address of the machine."""
    users = tmp_path / "users-config"
    monkeypatch.setenv("KUBECONFIG", str(users))

    cluster = start("k3d", Order("shelf"), said.append)

    assert machine.calls[-1] == f"k3d cluster create shelf --agents 0 --api-port 127.0.0.1:random {LEFT_OUT}"
    assert (cluster.name, cluster.context) == ("shelf", "k3d-shelf")
    assert "current-context: k3d-shelf" in cluster.kubeconfig.read_text()
    cluster.stop()
    assert machine.calls[-1] == "k3d cluster delete shelf"
    assert machine.existing() == list(machine.temporary.iterdir()) == []
    assert not users.exists()


def test_nodes_count_the_server_and_have_one_folder(machine, said):
    """k3s leaves its server open to pods."""
    cluster = start("k3d", Order("shelf", 3, told={"image": "rancher/k3s:v1.35.1-k3s1"}), said.append)

    folder = cluster.kubeconfig.parent / "shared"
    made = next(call for call in machine.calls if "create" in call)
    assert "--agents 2" in made
    assert "--image rancher/k3s:v1.35.1-k3s1" in made
    assert f"--volume {folder}:/tmp/hostpath_pv@server:*;agent:*" in made
    cluster.stop()
    assert machine.calls[-2] == "k3d cluster delete shelf"
    assert machine.calls[-1].startswith(f"docker run --rm --volume {folder}:/left ")
    assert list(machine.temporary.iterdir()) == []


def test_cluster_that_is_there_is_used_as_it_is_and_stays(machine, said):
    (machine.clusters / "other").touch()
    (machine.clusters / "shelf").touch()

    cluster = start("k3d", Order("shelf"), said.append)

    assert machine.calls[-1] == f"k3d kubeconfig merge shelf --output {cluster.kubeconfig}"
    cluster.stop()
    assert machine.existing() == ["other", "shelf"]


def test_archives_are_loaded_without_an_image_of_k3ds_own(machine, said):
    cluster = start("k3d", Order("shelf"), said.append)

    cluster.load_image(Path("books.tar"))

    assert machine.calls[-1] == "k3d image import --mode direct --cluster shelf books.tar"
    cluster.stop()


def test_missing_program_and_missing_engine_are_told_with_their_source(machine, said):
    (machine.programs / "docker").unlink()
    with pytest.raises(EnvironmentUnfit, match="k3d has no container engine here"):
        start("k3d", Order(), said.append)

    (machine.programs / "k3d").unlink()
    with pytest.raises(EnvironmentUnfit, match="k3d is not installed") as failure:
        start("k3d", Order(), said.append)
    assert "k3d.io" in failure.value.look_at[0]


@pytest.mark.parametrize("server", ["https://0.0.0.0:6550", "https://127.0.0.1:6550", "https://host.docker.internal:1"])
def test_guard_knows_its_contexts(server):
    refuse_unless_test_cluster("k3d-shelf", server, ())
    with pytest.raises(BadInput):
        refuse_unless_test_cluster("k3d-shelf", "https://203.0.113.7:6443", ())


@pytest.mark.parametrize("provider", LOCAL)
def test_a_row_is_all_that_choice_help_and_options_need(pytester, provider):
    found = read_settings(pytester.parseconfig(f"--harness-cluster={provider}"))

    assert found.cluster == provider
    assert CLUSTERS[provider] == LOCAL[provider].makes
    told = pytester.runpytest("--help").stdout.str()
    assert provider in told
    assert all(f"--harness-{provider}-{own}=" in told for own in LOCAL[provider].options)
