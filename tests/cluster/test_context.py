"""A context is resolved once, pinned, and refused before any request."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from harness.cluster.context import Context, attach, attach_in_cluster
from harness.cluster.provider import FAULTS, Reach
from harness.cluster.storage import Storage
from harness.errors import BadInput, EnvironmentUnfit


def kubeconfig(folder: Path, **changes: Any) -> Path:
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "kind-one",
        "contexts": [
            {"name": "kind-one", "context": {"cluster": "c1", "user": "u1", "namespace": "apps"}},
            {"name": "production", "context": {"cluster": "c2", "user": "u2"}},
        ],
        "clusters": [
            {"name": "c1", "cluster": {"server": "https://127.0.0.1:6443", "certificate-authority": "ca.pem"}},
            {"name": "c2", "cluster": {"server": "https://203.0.113.7"}},
        ],
        "users": [{"name": "u1", "user": {"token": "t1"}}, {"name": "u2", "user": {"token": "t2"}}],
    } | changes
    path = folder / "config"
    path.write_text(json.dumps(content))
    return path


def pinned(context: Context) -> Any:
    return YAML(typ="safe").load(context.kubeconfig)


def test_the_copy_holds_the_one_context_and_nothing_of_the_others(tmp_path: Path) -> None:
    context = attach(kubeconfig(tmp_path))
    content = pinned(context)
    assert content["current-context"] == "kind-one"
    assert [entry["name"] for entry in content["contexts"]] == ["kind-one"]
    assert content["users"] == [{"name": "kind-one", "user": {"token": "t1"}}]
    assert content["clusters"][0]["cluster"]["certificate-authority"] == str(tmp_path / "ca.pem")
    assert "t2" not in context.kubeconfig.read_text()
    context.stop()


def test_the_copy_is_private_and_gone_after_stop(tmp_path: Path) -> None:
    context = attach(kubeconfig(tmp_path))
    assert stat.S_IMODE(context.kubeconfig.stat().st_mode) == 0o600
    assert stat.S_IMODE(context.kubeconfig.parent.stat().st_mode) == 0o700
    context.stop()
    assert not context.kubeconfig.parent.exists()


@pytest.mark.row(22)
def test_an_edit_of_the_file_moves_nothing(tmp_path: Path) -> None:
    path = kubeconfig(tmp_path)
    context = attach(path)
    path.write_text(path.read_text().replace("127.0.0.1", "127.0.0.2"))
    assert pinned(context)["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:6443"
    context.stop()


def test_a_cluster_that_is_not_for_testing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="'production' does not look like a test cluster's"):
        attach(kubeconfig(tmp_path), "production")


def test_an_explicit_word_allows_it(tmp_path: Path) -> None:
    context = attach(kubeconfig(tmp_path), "production", ["production"])
    assert context.server == "https://203.0.113.7"
    context.stop()


def test_an_unknown_context_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        attach(kubeconfig(tmp_path), "nope")
    assert "it has: kind-one, production" in refusal.value.remedy


def test_a_file_without_a_current_context_asks_for_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no current context") as refusal:
        attach(kubeconfig(tmp_path, **{"current-context": ""}))
    assert "--harness-context" in refusal.value.remedy


@pytest.mark.parametrize(("text", "word"), [("", "no contexts"), ("[1]", "no contexts"), ("a: [", "not YAML")])
def test_a_file_that_is_none_is_named(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(BadInput, match=word) as refusal:
        attach(path)
    assert refusal.value.file == str(path)


def test_a_missing_file_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such kubeconfig") as refusal:
        attach(tmp_path / "absent")
    assert "--harness-kubeconfig" in refusal.value.remedy


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    context = attach(environment={"KUBECONFIG": str(kubeconfig(tmp_path))})
    assert context.name == "kind-one"
    context.stop()


def test_several_files_in_the_environment_are_not_guessed_at(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="names 2 files"):
        attach(environment={"KUBECONFIG": f"{tmp_path}/a:{tmp_path}/b"})


@pytest.mark.parametrize("allowed", [(), ("aws-iam-authenticator", "/usr/bin/aws")])
def test_a_credential_plugin_is_refused_unless_it_is_named(tmp_path: Path, allowed: tuple[str, ...]) -> None:
    users = [{"name": "u1", "user": {"exec": {"command": "aws"}}}]
    with pytest.raises(BadInput) as refused:
        attach(kubeconfig(tmp_path, users=users), plugins=allowed)
    assert "'kind-one' gets its credentials from the program 'aws'" in str(refused.value)
    assert "--harness-allow-credential-plugins aws" in str(refused.value)


@pytest.mark.parametrize(("command", "meant"), [("aws", "aws"), ("./login", "{}/login"), ("/bin/login", "/bin/login")])
def test_a_credential_plugin_that_is_named_may_be_run(tmp_path: Path, command: str, meant: str) -> None:
    """A path is meant from where the user's file lies, not from where its copy does."""
    users = [{"name": "u1", "user": {"exec": {"command": command, "args": ["token"]}}}]
    context = attach(kubeconfig(tmp_path, users=users), plugins=[command])
    entry = pinned(context)["users"][0]["user"]["exec"]
    assert entry == {"command": meant.format(tmp_path), "args": ["token"]}
    context.stop()


def test_a_context_whose_cluster_is_missing_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="clusters have no 'c1'"):
        attach(kubeconfig(tmp_path, clusters=[]))


def test_a_service_account_is_used_in_a_pod_only(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not a pod"):
        attach_in_cluster({}, tmp_path)
    (tmp_path / "token").write_text("t")
    (tmp_path / "ca.crt").write_text("c")
    environment = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"}
    context = attach_in_cluster(environment, tmp_path)
    assert context.server == "https://[fd00::1]:443"
    assert pinned(context)["users"][0]["user"] == {"tokenFile": str(tmp_path / "token")}
    context.stop()


def test_what_the_cluster_says_of_itself_decides_its_capabilities(tmp_path: Path) -> None:
    context = attach(kubeconfig(tmp_path))
    made_by = {"metadata": {"name": "fast"}, "provisioner": "csi.example", "allowVolumeExpansion": True}
    storage = Storage(drivers=[{"metadata": {"name": "csi.example"}, "spec": {}}], classes=[made_by])
    assert "needs_csi" not in context.capabilities
    reach = Reach("", dict.fromkeys(FAULTS, "nobody vouches for it"))
    context.learn([{"metadata": {"labels": {"topology.kubernetes.io/zone": "zone-2"}}}], storage, reach)
    assert context.capabilities == {
        "needs_attached_volumes",
        "needs_common_folder",
        "needs_containers",
        "needs_csi",
        "needs_growing_volumes",
        "needs_recycler",
        "needs_registry",
        "needs_servers",
    }
    assert context.classes == {"StorageClass": "fast"}
    assert (
        context.missing_reason("needs_snapshots") == "make a VolumeSnapshotClass of CSI driver csi.example: it has none"
    )
    assert context.missing_reason("needs_three_nodes") == "it has 1 of three nodes"
    assert context.missing_reason("needs_dynamic_volumes") == "it has no default storage class"
    assert context.missing_reason("needs_node_faults") == "nobody vouches for it"
    assert "none of its nodes is in zone-1" in context.missing_reason("needs_zones")
    context.stop()


def test_no_image_is_loaded_into_a_cluster_that_is_not_ours(tmp_path: Path) -> None:
    context = attach(kubeconfig(tmp_path))
    with pytest.raises(EnvironmentUnfit, match="kind load image-archive"):
        context.load_image(Path("app.tar"))
    context.stop()


def test_what_must_be_tried_out_is_tried_once_when_it_is_asked_for(tmp_path):
    cluster = Context("kind-x", "https://127.0.0.1:1", tmp_path)
    cluster.learn([], Storage(), Reach("", {}))
    tried: list[str] = []
    cluster.find_out["needs_common_folder"] = lambda: tried.append("tried") or "its nodes have none in common"
    assert "needs_common_folder" in cluster.capabilities
    assert tried == []

    for _ in range(2):
        cluster.provide("needs_common_folder", tried.append)

    assert len(tried) == 2
    assert tried[0].startswith(
        "finding out whether the cluster has needs_common_folder: one folder that all nodes have"
    )
    assert "needs_common_folder" not in cluster.capabilities
    assert cluster.missing_reason("needs_common_folder") == "its nodes have none in common"
