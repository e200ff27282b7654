"""A run needs no right that it does not ask for, and leaves nothing secret in any file."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from harness.cluster.embedded import lifecycle
from harness.cluster.embedded.embedded import Embedded
from tests.embedded.conftest import Kubectl

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]

ROOT = Path(__file__).parents[2]
SECRETS = Path(__file__).parent / "secrets"
CANARIES = (
    "canary-of-string-data",
    "canary-of-data",
    "canary-last-applied",
    "canary-variable",
    "canary-other-variable",
)
MORE = ("canary-of-an-option", "canary-of-a-probe", "9876543210")
"""What the systems in SECRETS hold in Secrets, annotations, variables, arguments and refused manifests."""

As = Callable[[str], Path]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def kubeconfig_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[As]:
    """Give what makes a kubeconfig with nothing but the token of a service account, NAMESPACE/NAME."""
    name, folder = f"test-{os.getpid()}-trust", tmp_path_factory.mktemp("trust")
    cluster = Embedded.start(name, 1, "real", lambda _: None, owner_pid=os.getpid())
    running = lifecycle.status(name)
    assert running is not None
    kubectl = Kubectl(running)
    kubectl("apply", "-f", str(ROOT / "ci" / "rbac" / "cluster.yaml"))
    kubectl("create", "clusterrole", "secrets", "--verb=create,patch", "--resource=secrets")  # the systems in SECRETS
    kubectl("create", "clusterrolebinding", "secrets", "--clusterrole=secrets", "--serviceaccount=statefulspec:runner")

    def make(account: str) -> Path:
        namespace, _, one = account.partition("/")
        content = YAML(typ="safe", pure=True).load(cluster.kubeconfig)
        content["users"][0]["user"] = {"token": kubectl("-n", namespace, "create", "token", one).strip()}
        path = folder / f"{namespace}-{one}"
        path.write_text(json.dumps(content))
        return path

    try:
        yield make
    finally:
        lifecycle.down(name)


@pytest.fixture
def run_as(kubeconfig_of: As, tmp_path: Path) -> Run:
    """Give what runs pytest as a service account; the report and the terminal's text are in the test's folder."""

    def run(account: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        where = (f"--harness-kubeconfig={kubeconfig_of(account)}", f"--harness-report={tmp_path / 'report'}")
        told = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *where, *arguments]
        done = subprocess.run(
            told, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600, env=os.environ | environment
        )
        (tmp_path / "terminal").write_text(done.stdout + done.stderr)
        return done

    return run


def test_the_features_need_no_right_but_those_of_the_role(run_as: Run) -> None:
    chosen = ("ordering/ordered-start", "dns/replica-names", "claims/claim-per-replica", "faults/drain")
    done = run_as("statefulspec/runner", *(f"features/{file}.feature" for file in chosen), "-n", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "without a right" not in done.stdout
    assert "forbidden" not in done.stdout.lower()


@pytest.mark.row(14)
def test_an_account_without_rights_is_refused_with_the_rules_that_it_lacks(run_as: Run) -> None:
    done = run_as("default/default", "features/ordering/ordered-start.feature")
    assert done.returncode == 1
    assert "lack what every scenario needs" in done.stdout
    assert '- {apiGroups: ["apps"], resources: [statefulsets], verbs: [get, list, watch, create, patch, delete]}' in (
        done.stdout
    )


@pytest.mark.row(48, 49)
def test_no_file_of_a_run_holds_what_is_secret(run_as: Run, kubeconfig_of: As, tmp_path: Path) -> None:
    """Nor can what an application prints begin a command to a CI system, a terminal or a browser."""
    token = json.loads(kubeconfig_of("statefulspec/runner").read_text())["users"][0]["user"]["token"]
    done = run_as(
        "statefulspec/runner",
        str(SECRETS),
        "-v",
        f"--junitxml={tmp_path / 'junit.xml'}",
        f"--harness-messages={tmp_path / 'messages.ndjson'}",
        GITHUB_ACTIONS="true",
        GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"),
    )
    assert "3 scenarios: 3 failed" in done.stdout, done.stdout
    files = {path: _text(path) for path in tmp_path.rglob("*") if path.is_file()}
    kept = "\n".join(files.values())
    assert "the keeper speaks" in kept, done.stdout  # its log is there
    assert "Readiness probe failed" in kept
    assert kept.count("[redacted]") > 10
    for canary in (*CANARIES, *MORE, token):
        encoded = base64.b64encode(canary.encode()).decode()
        assert [path for path, text in files.items() if canary in text or encoded in text] == [], canary
    shown = files[tmp_path / "terminal"]
    commands = [line for line in shown.splitlines() if line.lstrip().startswith("::")]
    assert all(line.startswith("::error file=") for line in commands), commands
    assert not re.search(r"##\[|\x1b\]|\x07", shown)
    assert "<script>alert" not in files[tmp_path / "report" / "report.html"]


def _text(path: Path) -> str:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
