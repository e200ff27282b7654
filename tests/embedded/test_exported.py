"""What `kubectl get -o yaml` prints of a running system is a system that a scenario can have."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cluster.embedded import lifecycle
from harness.plugin.hosting import ClusterHandle
from tests.embedded.conftest import Kubectl

pytestmark = pytest.mark.embedded

SYSTEMS = Path(__file__).resolve().parents[2] / "features" / "systems"
FEATURE = """\
Feature: An exported set
  Scenario: It starts anew
    When stateful set "nginx-web" is applied with 1 replica
    Then within 90 seconds all 1 replicas of "nginx-web" are ready
"""


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_an_exported_system_starts_in_a_namespace_of_its_own(form, pytester, harness_cluster: ClusterHandle):
    running = lifecycle.status(harness_cluster.name)
    assert running is not None
    kubectl, space = Kubectl(running), f"exported-{form}"
    kubectl("create", "namespace", space)
    try:
        kubectl("-n", space, "apply", "-f", str(SYSTEMS / "nginx-web.yaml"))
        kubectl("-n", space, "rollout", "status", "statefulset/nginx-web", "--timeout=80s")
        printed = kubectl("-n", space, "get", "statefulsets,services,configmaps,pvc", "-o", form)
        Path("nginx-web.yaml").write_text(printed)

        feature = pytester.makefile(".feature", exported=FEATURE)
        pytester.runpytest(feature, f"--harness-cluster-name={harness_cluster.name}").assert_outcomes(passed=1)

        Path("nginx-web.yaml").write_text(kubectl("-n", space, "get", "pods", "-o", form))
        result = pytester.runpytest(feature, f"--harness-cluster-name={harness_cluster.name}")
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*nginx-web.yaml:*: Pod nginx-web-0: belongs to StatefulSet nginx-web*"])
    finally:
        kubectl("delete", "namespace", space)
