"""Folders: plain ones in order of their names, kustomizations as kubectl renders them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import timeouts
from harness.errors import BadInput
from harness.manifests.rendering import render

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\ndata: {a: x}\n"


def test_a_plain_folder_is_read_in_order_of_names(tmp_path: Path) -> None:
    for file, name in (("20-b.yaml", "b"), ("10-a.yml", "a"), ("README.md", "c")):
        (tmp_path / file).write_text(CONFIG.replace("NAME", name))
    assert [(Path(found.file).name, found.name) for found in render(tmp_path)] == [
        ("10-a.yml", "a"),
        ("20-b.yaml", "b"),
    ]
    assert [found.name for found in render(tmp_path / "20-b.yaml")] == ["b"]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no YAML or JSON file in this folder"):
        render(tmp_path)


def kustomization(folder: Path, text: str) -> Path:
    (folder / "config.yaml").write_text(CONFIG.replace("NAME", "a"))
    (folder / "kustomization.yaml").write_text(text)
    return folder


@pytest.mark.usefixtures("kubectl")
def test_a_kustomization_is_rendered_by_kubectl(tmp_path: Path) -> None:
    (found,) = render(kustomization(tmp_path, "resources: [config.yaml]\nnamePrefix: pre-\n"))
    assert found.name == "pre-a"
    assert found.file == f"{tmp_path} (as rendered by kubectl kustomize)"


@pytest.mark.usefixtures("kubectl")
def test_what_kubectl_says_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"kubectl kustomize failed: .*missing\.yaml"):
        render(kustomization(tmp_path, "resources: [missing.yaml]\n"))


def test_without_kubectl_a_kustomization_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match="neither kubectl nor kustomize is on the PATH") as raised:
        render(kustomization(tmp_path, "resources: [config.yaml]\n"))
    assert "install kubectl, or give a plain YAML file" in str(raised.value)


def test_a_kustomization_is_rendered_by_kustomize_where_there_is_no_kubectl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "kustomize"
    program.write_text('#!/bin/sh\nexec cat "$2"/config.yaml\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr("shutil.which", lambda name: str(program) if name == "kustomize" else None)
    (found,) = render(kustomization(tmp_path, "resources: [config.yaml]\n"))
    assert found.file == f"{tmp_path} (as rendered by kustomize build)"


def test_a_folder_of_charts_says_which_to_name(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "Chart.yaml").write_text("name: db\n")
    with pytest.raises(BadInput, match=r"name the chart in it: .*/db"):
        render(tmp_path)


def test_a_kubectl_that_does_not_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "kubectl"
    program.write_text("#!/bin/sh\nexec sleep 30\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(timeouts, "RENDERING", timeouts.Timeout(0.2))
    with pytest.raises(BadInput, match=r"did not end within 0\.2 s"):
        render(kustomization(tmp_path, "resources: [config.yaml]\n"))


def test_a_folder_may_hold_json_too(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}')
    (tmp_path / "b.yml").write_text(CONFIG.replace("NAME", "b"))
    assert [found.name for found in render(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize("text", ["", "# nothing\n---\n", "null\n", "apiVersion: v1\nkind: List\nitems: []\n"])
def test_what_holds_no_object_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    for path in (tmp_path, tmp_path / "a.yaml"):
        with pytest.raises(BadInput, match="there is no object in it"):
            render(path)
