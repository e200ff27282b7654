"""kind gets the user's node image and configuration, and what the harness adds goes beside what stands there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from harness.cluster.providers import Order, start
from harness.errors import BadInput
from harness.plugin.run_settings import read_settings
from tests.fakes.apiserver import Body
from tests.fakes.programs import ENGINE, KIND, Machine

HEAD = "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n"
OLD_CGROUPS = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfailCgroupV1: false\n"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine.of(tmp_path, monkeypatch)
    machine.install("kind", KIND)
    machine.install("docker", ENGINE)
    return machine


@pytest.fixture
def given(machine: Machine, tmp_path: Path) -> Callable[..., Body]:
    """Make a cluster with this file; return what kind was given."""

    def make(text: str, nodes: int = 0) -> Body:
        file = tmp_path / "mine.yaml"
        file.write_text(text)
        start("kind", Order("shelf", nodes, told={"config": str(file)}), lambda _: None).stop()
        return dict(YAML(typ="safe").load(machine.nodes_file()))

    return make


def test_node_image_is_passed_on(machine):
    start("kind", Order("shelf", told={"image": "kindest/node:v1.34.0"}), lambda _: None).stop()

    made = next(call for call in machine.calls if call.startswith("kind create"))
    assert " --image kindest/node:v1.34.0 " in made


def test_what_the_user_configured_is_kept_and_the_ordered_nodes_are_added(given):
    made = given(f"{HEAD}networking: {{ipFamily: dual}}\nfeatureGates: {{RecoverVolumeExpansionFailure: true}}\n", 3)

    assert made["networking"] == {"ipFamily": "dual"}
    assert made["featureGates"] == {"RecoverVolumeExpansionFailure": True}
    assert [node["role"] for node in made["nodes"]] == ["control-plane", "worker", "worker", "worker"]


def test_nodes_of_the_file_are_taken_and_their_mounts_kept(given, machine):
    nodes = (
        "nodes:\n- role: control-plane\n- role: worker\n  labels: {tier: back}\n"
        "  extraMounts: [{hostPath: /srv, containerPath: /srv}]\n"
        "- role: worker\n  extraMounts: [{hostPath: /pv, containerPath: /tmp/hostpath_pv}]\n"
    )

    made = given(HEAD + nodes)["nodes"]

    assert [node["role"] for node in made] == ["control-plane", "worker", "worker"]
    assert made[1]["labels"] == {"tier": "back", "topology.kubernetes.io/zone": "zone-1"}
    assert made[2]["labels"] == {"topology.kubernetes.io/zone": "zone-2"}
    assert "labels" not in made[0]
    assert [mount["containerPath"] for mount in made[1]["extraMounts"]] == ["/srv", "/tmp/hostpath_pv"]
    assert made[2]["extraMounts"] == [{"hostPath": "/pv", "containerPath": "/tmp/hostpath_pv"}]


def test_file_and_number_that_agree_go_together(given):
    made = given(f"{HEAD}nodes: [{{role: control-plane}}, {{role: worker}}, {{role: worker}}]\n", 2)

    assert len(made["nodes"]) == 3


@pytest.mark.parametrize(
    ("text", "nodes", "problem"),
    [
        ("nodes: [{role: control-plane}, {role: worker}]\n", 3, "pods may use 1 of its 2 nodes, and --harness-nodes=3"),
        ("nodes: [{role: control-plane}, {role: control-plane}]\n", 0, "pods may use none of its nodes"),
        ("nodes: {role: worker}\n", 0, "this is no configuration for kind"),
        ("- role: worker\n", 0, "this is no configuration for kind"),
        ("kind: Cluster\nnodes: [\n", 0, "the configuration for kind is not YAML"),
    ],
)
def test_file_that_does_not_do_is_refused_before_anything_is_made(given, machine, tmp_path, text, nodes, problem):
    with pytest.raises(BadInput, match=problem) as refusal:
        given(text, nodes)

    assert refusal.value.file == str(tmp_path / "mine.yaml")
    assert machine.existing() == []
    assert not (tmp_path / "calls").exists()


@pytest.mark.parametrize(("engine", "told"), [("docker", "1"), ("podman", "v1")])
def test_kubelets_may_run_where_the_machine_has_the_older_cgroups(given, machine, monkeypatch, engine, told):
    """They refuse it since Kubernetes 1.35."""
    machine.install(engine, ENGINE)
    monkeypatch.setenv("KIND_EXPERIMENTAL_PROVIDER", engine)
    monkeypatch.setenv("FAKE_CGROUPS", told)
    mine = "kind: ClusterConfiguration\n"

    assert given(f"{HEAD}kubeadmConfigPatches: ['{mine.strip()}']\n")["kubeadmConfigPatches"][1:] == [OLD_CGROUPS]
    said = "kind: KubeletConfiguration\\nfailCgroupV1: true\\n"
    assert len(given(f'{HEAD}kubeadmConfigPatches: ["{said}"]\n')["kubeadmConfigPatches"]) == 1
    monkeypatch.setenv("FAKE_CGROUPS", told.replace("1", "2"))
    assert "kubeadmConfigPatches" not in given(HEAD)


def test_options_have_twins_and_a_path_counts_from_where_the_run_is_started(pytester):
    pytester.makefile(".yaml", mine=HEAD)
    pytester.makeini("[pytest]\nharness_kind_image = kindest/node:v1.34.0\nharness_kind_config = mine.yaml\n")

    found = read_settings(pytester.parseconfig("--harness-cluster=kind"))

    assert found.provider == {"image": "kindest/node:v1.34.0", "config": str(pytester.path / "mine.yaml")}
    assert read_settings(pytester.parseconfig("--harness-cluster=fake")).provider == {}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--harness-kind-image=x"], "--harness-kind-image is for --harness-cluster=kind, and this run is on embedded"),
        (["--harness-cluster=minikube", "--harness-kind-config=x"], "--harness-kind-config is for"),
        (["--harness-cluster=kind", "--harness-kind-config=none.yaml"], "none.yaml: there is no such file"),
    ],
)
def test_option_of_another_provider_is_refused_by_name(pytester, arguments, told):
    result = pytester.runpytest(*arguments)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{told}*"])
    assert "Traceback" not in result.stderr.str()
