"""minikube is asked for just the profile that a run wants, with a kubeconfig of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cluster import minikube
from harness.errors import EnvironmentUnfit
from tests.fakes.programs import MINIKUBE, Machine


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

    cluster = minikube.start("shelf", 3, said.append)

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

    minikube.start("shelf", 3, said.append).stop()

    assert machine.calls == [
        "minikube profile list --output json --light",
        "minikube start --profile shelf --wait all --interactive=false",
    ]
    assert machine.existing() == ["other", "shelf"]


def test_kept_profile_stays(machine, said):
    minikube.start("shelf", 1, said.append, keep=True).stop()

    assert machine.existing() == ["shelf"]


def test_missing_program_is_told_with_its_source(machine, said):
    (machine.programs / "minikube").unlink()

    with pytest.raises(EnvironmentUnfit, match="minikube is not installed") as failure:
        minikube.start("shelf", 1, said.append)

    assert "minikube.sigs.k8s.io" in failure.value.look_at[0]


def test_missing_driver_is_told_with_what_to_choose(machine, said):
    machine.install("minikube", "echo 'Exiting due to DRV_NOT_DETECTED: No possible driver was detected.'; exit 69")

    with pytest.raises(EnvironmentUnfit, match="minikube finds no driver here") as failure:
        minikube.start("", 1, said.append)

    assert "MINIKUBE_DRIVER" in failure.value.expected
    assert "No possible driver was detected" in failure.value.observed
    assert list(machine.temporary.iterdir()) == []


def test_other_failure_is_told_as_it_is_and_leaves_nothing(machine, said, monkeypatch):
    monkeypatch.setenv("FAKE_MAKE", "fail")

    with pytest.raises(EnvironmentUnfit, match="minikube could not bring up the cluster") as failure:
        minikube.start("shelf", 1, said.append)

    assert failure.value.observed.endswith("ERROR: could not find a log line")
    assert machine.calls[-1] == "minikube delete --profile shelf"
    assert machine.existing() == list(machine.temporary.iterdir()) == []


def test_archives_are_loaded_into_this_profile(machine, said):
    cluster = minikube.start("shelf", 1, said.append)

    cluster.load_image(Path("books.tar"))

    assert machine.calls[-1] == "minikube image load --profile shelf books.tar"
    cluster.stop()
