"""Charts, as helm renders them; the real helm is played in tests/drafting where there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.manifests.charts import Release, chart_name, is_chart
from harness.manifests.rendering import render

HELM = """\
#!/bin/sh
echo "apiVersion: v1"
echo "kind: ConfigMap"
echo "metadata: {name: told}"
echo "data: {words: '$*', folder: '$PWD'}"
"""


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "charts" / "db"
    folder.mkdir(parents=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: db\nversion: 1.0.0\n")
    return folder


def install_helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str = HELM) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "helm").write_text(script)
    (tmp_path / "bin" / "helm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")


def test_a_chart_is_rendered_for_the_namespace_of_the_scenario(
    chart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_helm(tmp_path, monkeypatch)
    (told,) = render(chart, Release("play"), ("--values", "ci.yaml", "--set=a=b", "--release", "mine"), tmp_path)
    words = f"template mine {chart} --namespace play --include-crds --values ci.yaml --set a=b"
    assert told.body["data"] == {"words": words, "folder": str(tmp_path)}
    assert told.file == f"{chart} (as rendered by helm template)"


def test_an_upgrade_may_look_up_what_the_release_has(
    chart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_helm(tmp_path, monkeypatch)
    release = Release("play", "v1.36.3", is_upgrade=True, kubeconfig=tmp_path / "config", context="here")
    (told,) = render(chart, release)
    assert told.body["data"]["words"] == (
        f"template db {chart} --namespace play --include-crds --kube-version v1.36.3 --is-upgrade "
        f"--dry-run=server --kubeconfig {tmp_path}/config --kube-context here"
    )
    (told,) = render(chart, Release("play", "v1.36.3"), ("--kube-version", "1.30"))
    assert told.body["data"]["words"].endswith("--include-crds --kube-version 1.30")


PRINTED = """\
#!/bin/sh
cat <<'END'
---
# Source: db/crds/kinds.yaml
kind: ConfigMap
apiVersion: v1
metadata: {name: a}
---
# Source: db/charts/inner/templates/b.yaml
# A comment of the chart's.
kind: ConfigMap
apiVersion: v1
metadata: {name: b}
data: {x: NO}
END
"""


def test_each_object_names_the_template_that_it_comes_from(
    chart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_helm(tmp_path, monkeypatch, PRINTED.replace("NO", "ok"))
    assert [(one.file, one.line) for one in render(chart)] == [
        (f"{chart}/crds/kinds.yaml (as rendered by helm template)", 3),
        (f"{chart}/charts/inner/templates/b.yaml (as rendered by helm template)", 9),
    ]


def test_so_does_one_that_cannot_be_read(chart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_helm(tmp_path, monkeypatch, PRINTED)
    with pytest.raises(BadInput) as refusal:
        render(chart)
    where = (f"{chart}/charts/inner/templates/b.yaml (as rendered by helm template)", 12)
    assert (refusal.value.file, refusal.value.line) == where


def test_a_folder_whose_name_no_release_can_have_gives_it_another(tmp_path: Path) -> None:
    (tmp_path / "My_Chart (old)").mkdir()
    assert chart_name(tmp_path / "My_Chart (old)") == "my-chart-old"


def test_without_helm_it_is_told_what_to_do(chart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BadInput, match=r"helm is not on the PATH\n  install helm, or .* helm template db"):
        render(chart, Release("play"))


def test_what_helm_refuses_is_told_in_its_words(chart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_helm(tmp_path, monkeypatch, "#!/bin/sh\necho 'Error: missing in charts/ directory: common' >&2; exit 1\n")
    with pytest.raises(BadInput, match=r"failed: missing in charts/ directory: common\n  .*helm dependency build"):
        render(chart)


@pytest.mark.parametrize("words", [("--post-renderer", "sh"), ("--set",), ("--set", "")])
def test_only_what_says_how_to_render_is_passed_on(
    words: tuple[str, ...], chart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_helm(tmp_path, monkeypatch)
    with pytest.raises(BadInput, match=r"nothing that can be said about a chart|has no value"):
        render(chart, Release("play"), words)


def test_what_is_said_about_a_chart_is_refused_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text("kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n")
    with pytest.raises(BadInput, match="--set is said about charts, and this is none"):
        render(tmp_path / "app.yaml", Release("play"), ("--set", "a=b"))


@pytest.mark.parametrize(("name", "called"), [("db-12.1.0.tgz", "db"), ("my-db.tgz", "my-db"), ("db.tar.gz", "db")])
def test_an_archive_is_a_chart_and_gives_its_release_a_name(name: str, called: str, tmp_path: Path) -> None:
    archive = tmp_path / name
    archive.write_bytes(b"")
    assert is_chart(archive)
    assert chart_name(archive) == called
