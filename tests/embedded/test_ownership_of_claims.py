"""A server that is not root writes into its claim, from its first moment on, or it is told why it cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.plugin.hosting import ClusterHandle

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]

SYSTEMS = Path(__file__).resolve().parents[2] / "features" / "systems"
FEATURE = """\
@needs_containers @needs_dynamic_volumes
Feature: A server that is not root
  Scenario: Each replica keeps its data
    Given StatefulSet "myapp" with 3 ready replicas
    And each replica of "myapp" has written data of its own
    When pod "myapp-0" is deleted
    Then within 60 seconds pod "myapp-0" is replaced
    And each replica of "myapp" reads the data it has written
"""
VOLUME = """
---
apiVersion: v1
kind: PersistentVolume
metadata:
  name: of-root
spec:
  storageClassName: of-root
  capacity: {storage: 16Mi}
  accessModes: [ReadWriteOnce]
  hostPath: {path: /var/tmp/statefulspec-of-root, type: DirectoryOrCreate}
"""
ON_VOLUME = ("spec:\n        accessModes", "spec:\n        storageClassName: of-root\n        accessModes")
"""Binds the claims to volumes of that class."""
INSISTENT = ("note started\n", "note started || exec sleep 1000\n")
"""The server never gets ready where it could not write at once."""
Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, harness_cluster: ClusterHandle) -> Run:
    """Run a feature on `myapp`, its pods made all at once and with this security context, its manifest changed."""

    def run(feature: str, context: str, *changes: tuple[str, str], more: str = "") -> pytest.RunResult:
        manifest = (SYSTEMS / "myapp.yaml").read_text() + more
        owned = ("      containers:\n", f"      securityContext: {context}\n      containers:\n")
        for former, latter in (*changes, owned, ("  serviceName:", "  podManagementPolicy: Parallel\n  serviceName:")):
            assert former in manifest
            manifest = manifest.replace(former, latter)
        Path("myapp.yaml").write_text(manifest)
        path = pytester.makefile(".feature", owned=feature)
        return pytester.runpytest(path, f"--harness-cluster-name={harness_cluster.name}")

    return run


@pytest.mark.parametrize("group", ["", ", fsGroup: 1000"])
def test_claim_can_be_written_by_any_user(run: Run, group: str):
    """With fsGroup, as nearly every chart has it, and without: both work on kind."""
    result = run(FEATURE, f"{{runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000{group}}}", INSISTENT)

    result.assert_outcomes(passed=1)


def test_claim_on_a_folder_that_is_roots_is_told(run: Run):
    """The kubelet makes it so, on kind as well; fsGroup does not count for it."""
    one = FEATURE.replace("3 ready replicas", "1 ready replica")
    result = run(one, "{runAsUser: 1000, fsGroup: 1000}", ON_VOLUME, more=VOLUME)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*myapp-0 cannot write into its claim myappdata-myapp-0",
            "*Permission denied*",
            "*user 1000 with fsGroup 1000*a folder of a node (hostPath)*no fsGroup*",
        ]
    )
