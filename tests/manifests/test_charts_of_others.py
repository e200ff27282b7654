"""Charts and kustomizations as people have them: planned, drafted, or refused with the line and a remedy."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cli import main
from tests.fakes.helm import APPLICATIONS, RENDERED, path_with_helm

CHARTS = ("journal", "operated", "quorum", "shop", "storefront")
RANDOM = re.compile(r"(mariadb-root-password|QUORUM_TOKEN): .*")
HELM = shutil.which("helm")


@pytest.fixture
def plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return what a plan says: its exit code, what it prints, and its error."""
    monkeypatch.setenv("PATH", path_with_helm(tmp_path))

    def planned(*words: str) -> tuple[int, str, str]:
        code = main(["check", *words, "--plan"])
        return code, *capsys.readouterr()

    return planned


Plan = Callable[..., tuple[int, str, str]]


@pytest.mark.skipif(not HELM, reason="there is no helm on the PATH")
@pytest.mark.parametrize("chart", CHARTS)
def test_what_is_committed_is_what_helm_prints(chart: str) -> None:
    words = ["--namespace", "default", "--include-crds", "--kube-version", "v1.36.3"]
    command = [str(HELM), "template", chart, str(APPLICATIONS / chart), *words]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    committed = (RENDERED / f"{chart}.yaml").read_text()
    assert RANDOM.sub(r"\1: random", printed).split() == RANDOM.sub(r"\1: random", committed).split()


@pytest.mark.parametrize(
    ("chart", "asked", "spared"),
    [
        ("journal", ["starts", "runs its init containers first", "rolls out"], "which is a hook of Helm (test)"),
        ("quorum", ["starts", "keeps its data over a rollout", "leaves nodes that are drained"], "left out: Job"),
        ("shop", ["starts, one replica after another", "keeps a canary"], "Deployment shop-frontend: only Stateful"),
        ("operated", ["starts", "rolls out"], "the cluster: exclusive"),
        ("storefront", ["starts", "keeps its data when a pod is replaced"], "left out: Pod storefront-test"),
    ],
)
def test_a_chart_is_planned(chart: str, asked: list[str], spared: str, plan: Plan) -> None:
    code, told, error = plan(str(APPLICATIONS / chart))
    assert (code, error) == (0, "")
    for promise in asked:
        assert f"  to ask     {promise}" in told
    assert spared in told
    assert f"{APPLICATIONS / chart}/" in told
    assert "needs_registry" not in told


def test_a_hook_that_is_played_is_told_with_its_moments(plan: Plan) -> None:
    _, told, _ = plan(str(APPLICATIONS / "quorum"))
    assert "Job quorum-prepare, which is a hook of Helm (pre-install, pre-upgrade)" in told
    assert "left out: Job quorum-prepare" not in told


@pytest.mark.usefixtures("kubectl")
def test_an_overlay_is_planned(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(APPLICATIONS / "notes/overlays/test"), "--plan"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("test-notes: 2 replicas, ")
    assert "  not asked  an order of start and stop: podManagementPolicy is Parallel" in told
    assert "  to ask     gives up no more replicas than its budget allows" in told


@pytest.mark.skipif(not HELM, reason="there is no helm on the PATH")
@pytest.mark.parametrize(
    ("words", "where", "remedy"),
    [
        (
            ("operated", "--set", "webhook=true"),
            r"operated/templates/objects.yaml .*:\d+: ValidatingWebhookConfiguration operated: belongs to the whole",
            "leave it out here and set it up once for the cluster",
        ),
        (
            ("operated", "--set", "hostPath=/etc"),
            r"operated/templates/objects.yaml .*:\d+: StatefulSet operated: /etc is the node's own",
            "type: DirectoryOrCreate",
        ),
        (("quorum", "--set", "replicaCount=many"), "helm template failed: |there is no StatefulSet|no number", ""),
        (("journal", "--kube-version", "1.20"), "incompatible with Kubernetes", "--kube-version"),
        (("journal", "--set", "a.b"), "helm template failed: ", ""),
    ],
)
def test_what_cannot_be_played_is_refused_in_words(words: tuple[str, ...], where: str, remedy: str, plan: Plan) -> None:
    chart, *options = words
    code, _, error = plan(str(APPLICATIONS / chart), *options)
    assert code == 2
    assert re.search(where, error), error
    assert remedy in error
    assert "Traceback" not in error


@pytest.mark.parametrize("name", ["oci://registry.example.com/charts/db", "bitnami/mariadb"])
def test_a_chart_that_is_elsewhere_is_to_be_fetched(name: str, plan: Plan) -> None:
    code, _, error = plan(name)
    assert code == 2
    assert "helm pull" in error
