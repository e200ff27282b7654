"""kind is asked for just the cluster that a run wants, and what it made goes however the run ends."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness import timeouts
from harness.cluster import local
from harness.cluster.providers import Order, start
from harness.errors import EnvironmentUnfit, Unreachable
from harness.plugin.cluster_choice import start_cluster, stays
from harness.plugin.run_settings import Settings, read_settings
from tests.fakes.apiserver import Body
from tests.fakes.programs import ENGINE, KIND, Machine


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine.of(tmp_path, monkeypatch)
    machine.install("kind", KIND)
    machine.install("docker", ENGINE)
    return machine


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def settings(pytester: pytest.Pytester) -> Callable[..., Settings]:
    return lambda *given: read_settings(pytester.parseconfig("--harness-cluster=kind", *given))


def await_truth(question: Callable[[], object]) -> None:
    """Return once the answer is true; another process brings it about, within ten seconds."""
    trying = Retrying(
        retry=retry_if_result(lambda answer: not answer),
        stop=stop_after_delay(10),
        wait=wait_fixed(0.02),
        retry_error_callback=lambda _: False,
    )
    assert trying(question)


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that waits to be reaped does not."""
    state = Path(f"/proc/{pid}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def nodes_file(machine: Machine) -> Body:
    return dict(local.YAML(typ="safe").load(machine.nodes_file()))


def test_cluster_is_made_under_its_name_and_removed(machine, said):
    cluster = start("kind", Order("shelf", 1), said.append)

    kubeconfig = cluster.kubeconfig
    assert machine.calls[-1] == (
        f"kind create cluster --name shelf --kubeconfig {kubeconfig}"
        f" --config {kubeconfig.parent}/nodes.yaml --wait 120s"
    )
    assert (cluster.name, cluster.context, cluster.dns) == ("shelf", "kind-shelf", None)
    assert cluster.describe() == "kind cluster shelf at https://127.0.0.1:1"
    assert stat.S_IMODE(kubeconfig.parent.stat().st_mode) == 0o700
    assert said == ["kind: making cluster shelf", "preparing nodes of shelf", "a last word"]

    cluster.stop()

    assert machine.calls[-1] == "kind delete cluster --name shelf"
    assert machine.existing() == list(machine.temporary.iterdir()) == []


@pytest.mark.parametrize(("nodes", "roles"), [(1, ["control-plane"]), (3, ["control-plane", *["worker"] * 3])])
def test_pods_may_use_as_many_nodes_as_were_asked_for(machine, said, nodes, roles):
    """With others beside it kind closes the node of the control plane to pods."""
    start("kind", Order("shelf", nodes), said.append).stop()

    config = nodes_file(machine)
    assert [node["role"] for node in config["nodes"]] == roles
    assert (config["kind"], config["apiVersion"]) == ("Cluster", "kind.x-k8s.io/v1alpha4")


def test_nodes_of_a_cluster_have_one_folder_that_is_emptied_and_gone_afterwards(machine, said):
    """What pods have written there belongs to root: who runs this may not be allowed to remove it."""
    cluster = start("kind", Order("shelf", 3), said.append)

    folder = cluster.kubeconfig.parent / "shared"
    assert folder.is_dir()
    mount = {"hostPath": str(folder), "containerPath": "/tmp/hostpath_pv"}
    assert [node["extraMounts"] for node in nodes_file(machine)["nodes"]] == [[mount]] * 4
    cluster.stop()
    where = f"--volume {folder}:/left --network none --entrypoint /bin/sh sha256:of-the-node"
    assert machine.calls[-2:] == [
        "kind delete cluster --name shelf",
        f"docker run --rm {where} -c rm -rf /left/* /left/.[!.]* /left/..?*",
    ]
    assert list(machine.temporary.iterdir()) == []


def test_folder_that_cannot_be_emptied_is_told(machine, said, monkeypatch):
    monkeypatch.setenv("FAKE_EMPTY", "fail")

    with pytest.raises(EnvironmentUnfit) as failure:
        start("kind", Order("shelf", 3), said.append).stop()

    assert failure.value.observed == "removing shelf\nERROR: no such image"


def test_one_node_and_a_cluster_that_stays_have_no_folder_to_empty(machine, said):
    start("kind", Order("shelf", 1), said.append).stop()
    start("kind", Order("kept", 3, keep=True), said.append).stop()

    assert "extraMounts" not in machine.nodes_file()
    assert not [call for call in machine.calls if call.startswith("docker run")]


def test_cluster_without_a_name_gets_one_of_its_own(machine, said):
    one, other = start("kind", Order("", 1), said.append), start("kind", Order("", 1), said.append)

    assert machine.existing() == sorted([one.name, other.name])
    assert one.name != other.name
    assert one.name.startswith("statefulspec-")
    one.stop()
    assert machine.existing() == [other.name]
    other.stop()


def test_kept_cluster_stays_and_its_remover_is_told(machine, said):
    start("kind", Order("shelf", 1, keep=True), said.append).stop()

    assert machine.existing() == ["shelf"]
    assert said[-1] == "cluster shelf stays; remove it with: kind delete cluster --name shelf"
    assert list(machine.temporary.iterdir()) == []


def test_cluster_that_is_there_is_used_and_stays(machine, said):
    (machine.clusters / "shelf").touch()

    cluster = start("kind", Order("shelf", 3), said.append)

    assert machine.calls[-1] == f"kind export kubeconfig --name shelf --kubeconfig {cluster.kubeconfig}"
    cluster.stop()
    assert machine.existing() == ["shelf"]
    assert list(machine.temporary.iterdir()) == []


def test_of_two_runs_that_want_one_name_one_makes_the_cluster(machine, said):
    with ThreadPoolExecutor(2) as runs:
        both = list(runs.map(lambda _: start("kind", Order("shelf", 1, keep=True), said.append), range(2)))
    for cluster in both:
        cluster.stop()

    assert sorted(call.split()[1] for call in machine.calls if "kubeconfig" in call) == ["create", "export"]
    assert machine.existing() == ["shelf"]


def test_failure_shows_the_programs_words_and_leaves_nothing(machine, said, monkeypatch):
    monkeypatch.setenv("FAKE_MAKE", "fail")

    with pytest.raises(EnvironmentUnfit, match="kind could not bring up the cluster") as failure:
        start("kind", Order("shelf", 1, keep=True), said.append)

    assert failure.value.observed == "preparing nodes of shelf\nERROR: could not find a log line"
    assert "kind create cluster --name shelf" in failure.value.expected
    assert machine.existing() == list(machine.temporary.iterdir()) == []


def test_program_that_does_not_end_is_ended_and_leaves_nothing(machine, said, monkeypatch):
    monkeypatch.setenv("FAKE_MAKE", "hang")
    monkeypatch.setattr(timeouts, "LOCAL_MAKING", timeouts.Timeout(0.5))

    with pytest.raises(EnvironmentUnfit) as failure:
        start("kind", Order("shelf", 1), said.append)

    assert failure.value.observed.endswith("it had not ended after 0.5 s and was ended")
    assert not is_alive(machine.hanging())
    assert machine.existing() == list(machine.temporary.iterdir()) == []


def test_what_the_program_leaves_running_holds_nobody_up(machine, said):
    """Its output stays open, and yet the words about the cluster end."""
    left = 'case $wanted in create*) sleep 600 & echo $! >"$FAKE_CALLS.hanging" ;; esac\n'
    machine.install("kind", left + KIND)

    start("kind", Order("shelf", 1), said.append).stop()

    assert machine.existing() == []
    assert is_alive(machine.hanging())
    os.kill(machine.hanging(), signal.SIGKILL)


def test_interrupted_start_leaves_nothing(machine, monkeypatch):
    monkeypatch.setenv("FAKE_MAKE", "hang")

    def interrupt(line: str) -> None:
        if line.startswith("preparing"):
            await_truth(machine.hanging)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        start("kind", Order("shelf", 1, keep=True), interrupt)

    assert not is_alive(machine.hanging())
    assert machine.existing() == list(machine.temporary.iterdir()) == []


@pytest.mark.parametrize("made", ["", "hang"], ids=["after the start", "during the start"])
def test_killed_run_leaves_nothing(machine, monkeypatch, made):
    """Who kills a run and all of its process group gives it no chance to clean up: the supervisor does."""
    monkeypatch.setenv("FAKE_MAKE", made)
    program = (
        "from harness.cluster.providers import Order, start\nimport sys\n"
        "start('kind', Order('shelf', 1), print)\nsys.stdin.read()"
    )
    paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": paths},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    ) as run:
        await_truth(machine.hanging if made else lambda: list(machine.temporary.glob("*/kubeconfig")))
        assert machine.existing() == ["shelf"]
        os.killpg(run.pid, signal.SIGKILL)

    await_truth(lambda: machine.existing() == list(machine.temporary.iterdir()) == [])
    assert not made or not is_alive(machine.hanging())


def test_cluster_that_cannot_be_removed_is_told_with_the_line_to_run(machine, said, monkeypatch):
    monkeypatch.setenv("FAKE_REMOVE", "fail")
    cluster = start("kind", Order("shelf", 1), said.append)

    with pytest.raises(EnvironmentUnfit, match="cluster shelf could not be removed") as failure:
        cluster.stop()

    assert failure.value.observed == "ERROR: the node does not let go"
    assert failure.value.look_at == ("kind delete cluster --name shelf",)
    assert list(machine.temporary.iterdir()) == []


def test_missing_program_is_told_with_its_source(machine, said):
    (machine.programs / "kind").unlink()

    with pytest.raises(EnvironmentUnfit, match="kind is not installed") as failure:
        start("kind", Order("shelf", 1), said.append)

    assert "kind.sigs.k8s.io" in failure.value.look_at[0]


def test_missing_engine_is_told_before_anything_is_made(machine, said):
    (machine.programs / "docker").unlink()

    with pytest.raises(EnvironmentUnfit, match="kind has no container engine here") as failure:
        start("kind", Order("shelf", 1), said.append)

    assert failure.value.expected == "docker or podman is installed"
    assert machine.existing() == said == []


def test_engine_that_does_not_answer_is_told_with_its_words(machine, said, monkeypatch):
    monkeypatch.setenv("FAKE_ENGINE_ERROR", "Cannot connect to the Docker daemon")

    with pytest.raises(EnvironmentUnfit, match="docker is installed, but does not answer") as failure:
        start("kind", Order("shelf", 1), said.append)

    assert failure.value.observed == "Cannot connect to the Docker daemon"


def test_engine_is_the_one_that_kind_is_told_to_use(machine, said, monkeypatch):
    monkeypatch.setenv("KIND_EXPERIMENTAL_PROVIDER", "podman")
    with pytest.raises(EnvironmentUnfit) as failure:
        start("kind", Order("shelf", 1), said.append)
    assert failure.value.expected == "podman is installed"

    machine.install("podman", ENGINE)
    start("kind", Order("shelf", 1), said.append).stop()
    assert machine.calls[0] == "podman ps --quiet"


def test_archives_are_loaded_into_this_cluster(machine, said, monkeypatch):
    cluster = start("kind", Order("shelf", 1), said.append)

    cluster.load_image(Path("books.tar"))
    assert machine.calls[-1] == "kind load image-archive --name shelf books.tar"

    monkeypatch.setenv("FAKE_LOAD", "fail")
    with pytest.raises(EnvironmentUnfit, match=r"loading books.tar into shelf failed") as failure:
        cluster.load_image(Path("books.tar"))
    assert failure.value.observed == "ERROR: no such archive"
    cluster.stop()


def test_run_learns_what_its_cluster_can_do(machine, said, server, settings, monkeypatch):
    """Nodes that are closed to pods do not count."""
    monkeypatch.setenv("FAKE_SERVER", server.url)
    server.put_dns()
    closed = {"spec": {"taints": [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]}}
    for name, content in {"n0": closed, "n1": {}, "n2": {}}.items():
        server.put("", "nodes", name, content)
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
    standard = {"metadata": {"annotations": annotations}, "provisioner": "rancher.io/local-path"}
    server.put("", "storageclasses", "standard", standard)
    served = {"resources": [{"kind": "CSIDriver", "name": "csidrivers", "namespaced": False}]}
    server.answers["GET", "/apis/storage.k8s.io/v1"] = lambda _call: (200, served)

    cluster = start_cluster(settings("--harness-cluster-name=shelf"), said.append)

    assert cluster.capabilities == {
        "needs_common_folder",
        "needs_containers",
        "needs_dynamic_volumes",
        "needs_recycler",
        "needs_registry",
        "needs_servers",
    }
    assert cluster.missing_reason("needs_three_nodes") == "it has 2 of three nodes"
    assert cluster.missing_reason("needs_csi") == "it has no CSI driver: install one, and a storage class of it"
    assert said[-1] == f"kind cluster shelf at {server.url}"
    cluster.stop()
    assert machine.existing() == []


def test_cluster_that_does_not_answer_is_removed(machine, said, settings):
    with pytest.raises(Unreachable):
        start_cluster(settings(), said.append)

    assert machine.calls[-1].startswith("kind delete cluster --name statefulspec-")
    assert machine.existing() == list(machine.temporary.iterdir()) == []


def test_what_a_run_leaves_matters_where_its_cluster_may_stay(settings):
    assert not stays(settings())
    assert stays(settings("--harness-cluster-keep"))
    assert stays(settings("--harness-cluster-name=shelf"))
