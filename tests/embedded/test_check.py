"""Applications that are none of ours, checked as somebody would who has just installed statefulspec."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.cluster.embedded import lifecycle, servers
from tests.drafting.test_verdicts import PAIR
from tests.embedded.conftest import Kubectl
from tests.fakes.helm import path_with_helm

pytestmark = pytest.mark.embedded

APPLICATIONS = Path(__file__).parent / "applications"
PROGRAM = [sys.executable, "-c", "import sys; from harness.cli import main; sys.exit(main())"]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_what_is_drafted_is_played_by_pytest_and_by_check_alike(tmp_path: Path) -> None:
    (tmp_path / "db.yaml").write_text(PAIR.replace("peers", "''"))
    assert run(tmp_path, "draft", "db.yaml", "--output", "db.feature").returncode == 0
    played = [sys.executable, "-m", "pytest", "db.feature", "--harness-cluster=fake", "-q"]
    assert subprocess.run(played, cwd=tmp_path, check=False).returncode == 0
    checked = run(tmp_path, "check", "db.yaml", "--harness-cluster=fake")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "  kept           rolls out one replica at a time, and serves meanwhile" in checked.stdout


def test_a_set_whose_service_is_missing_breaks_the_promise_of_names(tmp_path: Path) -> None:
    (tmp_path / "db.yaml").write_text(PAIR)
    checked = run(tmp_path, "check", "db.yaml", "--harness-cluster=fake")
    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert "broken         gives each replica a name that leads to it" in checked.stdout
    assert "NXDOMAIN" in checked.stdout
    assert "change: serviceName is peers, and the manifests have no Service of that name" in checked.stdout


def test_a_set_that_does_not_start_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "db.yaml").write_text(PAIR.replace("containers: [{", "nodeSelector: {disk: none}, containers: [{"))
    checked = run(tmp_path, "check", "db.yaml", "--harness-cluster=fake", "--harness-report", "told")
    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert "report: told/report.html" in checked.stdout
    assert "db-0: no node fits" in checked.stdout
    assert checked.stdout.count("it hangs on what has failed before: db starts") == 1


def test_what_runs_is_looked_at_and_left_as_it_is(name: str, tmp_path: Path) -> None:
    running = lifecycle.up(name, 1, "fake", progress=lambda _: None)
    kubectl = Kubectl(running)
    (tmp_path / "db.yaml").write_text(PAIR)
    kubectl("apply", "-f", str(tmp_path / "db.yaml"))
    kubectl("wait", "--for=jsonpath={.status.availableReplicas}=2", "statefulset/db", "--timeout=60s")
    kinds = "statefulsets,pods,persistentvolumeclaims,services"
    before = kubectl("get", kinds, "-o", "jsonpath={.items[*].metadata.resourceVersion}")
    looked = run(tmp_path, "check", "--namespace", "default", f"--harness-cluster-name={name}")
    assert looked.returncode == 1, looked.stdout + looked.stderr
    assert "  kept           all replicas are ready, and its rollout is done" in looked.stdout
    assert "  kept           each pod has the identity of its ordinal" in looked.stdout
    assert "  broken         each replica has a name that leads to it" in looked.stdout
    assert kubectl("get", kinds, "-o", "jsonpath={.items[*].metadata.resourceVersion}") == before
    empty = run(tmp_path, "check", "--namespace", "kube-public", f"--harness-cluster-name={name}")
    assert (empty.returncode, "there is no StatefulSet in namespace kube-public" in empty.stderr) == (2, True)


def test_an_image_that_cannot_be_had_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "db.yaml").write_text(PAIR.replace("busybox:1.36", "example.com/db:1"))
    checked = run(tmp_path, "check", "db.yaml")
    assert checked.returncode == 3, checked.stdout + checked.stderr
    assert "image example.com/db:1 has to be pulled from a registry: --harness-cluster=kind" in checked.stdout


@pytest.mark.usefixtures("needs_root")
def test_a_project_that_was_begun_passes(tmp_path: Path) -> None:
    assert run(tmp_path, "init", "shop").returncode == 0
    assert subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=tmp_path / "shop", check=False).returncode == 0


@pytest.mark.usefixtures("needs_root")
@pytest.mark.skipif(not servers.can_be_made(), reason="images of real servers are made by mmdebstrap")
@pytest.mark.parametrize("application", ["registry", "ledger", "storefront"])
def test_an_application_of_somebody_else_gets_its_verdicts(
    application: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", path_with_helm(tmp_path))
    checked = run(tmp_path, "check", str(APPLICATIONS / application))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "  kept           keeps its data over a rollout" in checked.stdout


@pytest.mark.usefixtures("needs_root")
@pytest.mark.skipif(not servers.can_be_made(), reason="images of real servers are made by mmdebstrap")
def test_a_chart_is_installed_with_its_hooks_drained_and_upgraded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the first hook its pods have no token, and nothing starts; the second waits until the service answers."""
    monkeypatch.setenv("PATH", path_with_helm(tmp_path))
    (tmp_path / "next").symlink_to(APPLICATIONS / "quorum")
    chosen = "-k", "drained or upgrade"
    checked = run(tmp_path, "check", str(APPLICATIONS / "quorum"), "--upgrade-to", "next", *chosen, "-n", "2")
    assert "  kept           leaves nodes that are drained, and serves on" in checked.stdout, (
        checked.stdout + checked.stderr
    )
    assert "  kept           is upgraded to new, and serves meanwhile" in checked.stdout
    assert "Job quorum-prepare, which is a hook of Helm (pre-install, pre-upgrade)" in checked.stdout


def test_kinds_of_an_application_s_own_are_defined_and_gone_afterwards(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kubectl = Kubectl(lifecycle.up(name, 1, "fake", progress=lambda _: None))
    monkeypatch.setenv("PATH", path_with_helm(tmp_path))
    checked = run(tmp_path, "check", str(APPLICATIONS / "operated"), f"--harness-cluster-name={name}")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "  kept           starts" in checked.stdout
    assert kubectl("get", "customresourcedefinitions", "-o", "name") == ""
