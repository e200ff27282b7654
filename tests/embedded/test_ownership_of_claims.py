"""A server that is not root writes into its claim, from its first moment on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.plugin.hosting import Attachment

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]

SYSTEMS = Path(__file__).resolve().parents[2] / "features" / "systems"
FEATURE = """\
@needs_containers @needs_dynamic_volumes
Feature: A server that is not root
  Scenario: Each replica keeps its data
    Given stateful set "myapp" with 3 ready replicas
    And each replica of "myapp" has written data of its own
    When pod "myapp-0" is deleted
    Then within 60 seconds pod "myapp-0" is replaced
    And each replica of "myapp" reads the data it has written
"""
Run = Callable[[str], pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, harness_cluster: Attachment) -> Run:
    """Run the feature on a set whose pods have this security context, and which never gets ready without its claim."""

    def run(context: str) -> pytest.RunResult:
        manifest = (SYSTEMS / "myapp.yaml").read_text()
        for former, latter in (
            ("      containers:\n", f"      securityContext: {context}\n      containers:\n"),
            ("note started\n", "note started || exec sleep 1000\n"),
            ("  serviceName:", "  podManagementPolicy: Parallel\n  serviceName:"),
        ):
            assert former in manifest
            manifest = manifest.replace(former, latter)
        Path("myapp.yaml").write_text(manifest)
        feature = pytester.makefile(".feature", owned=FEATURE)
        return pytester.runpytest(feature, f"--harness-cluster-name={harness_cluster.name}")

    return run


@pytest.mark.parametrize("group", ["", ", fsGroup: 1000"])
def test_claim_can_be_written_by_any_user(run: Run, group: str):
    """With fsGroup, as nearly every chart has it, and without: both work on kind."""
    run(f"{{runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000{group}}}").assert_outcomes(passed=1)
