"""What a reader is told on a real cluster when a scenario cannot go well."""

from __future__ import annotations

import glob
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.plugin.hosting import ClusterHandle

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]

SYSTEMS = Path(__file__).resolve().parents[2] / "features" / "systems"
FEATURE = """\
Feature: A set
  Scenario: A set starts
    When StatefulSet "myapp" is applied with 1 replica
    Then within 20 seconds the only replica of "myapp" is ready
"""
Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, harness_cluster: ClusterHandle) -> Run:
    """Run a scenario about `myapp`, whose manifest is changed by replacing texts, on the cluster of this run."""

    def run(*replaced: tuple[str, str], within_s: int = 20) -> pytest.RunResult:
        manifest = (SYSTEMS / "myapp.yaml").read_text()
        for former, latter in replaced:
            assert former in manifest
            manifest = manifest.replace(former, latter)
        Path("myapp.yaml").write_text(manifest)
        feature = pytester.makefile(".feature", set=FEATURE.replace("20", str(within_s)))
        return pytester.runpytest(feature, f"--harness-cluster-name={harness_cluster.name}")

    return run


def assert_failed(result: pytest.RunResult, *lines: str) -> None:
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{line}*" for line in lines])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_manifest_that_does_not_parse(run):
    assert_failed(run(("kind: Service\n", "kind: Service\nkind: Service\n")), "myapp.yaml:5: *kind*")


def test_manifest_that_the_server_refuses(run):
    """The field and its line, not only the server's words."""
    assert_failed(run(("serviceName: myapp-svc", "servicename: myapp-svc")), "myapp.yaml:26: *servicename*")


def test_system_without_manifest(run, pytester):
    pytester.makefile(".feature", other=FEATURE.replace("myapp", "yourapp"))
    shutil.rmtree(pytester.path / "systems", ignore_errors=True)

    result = pytester.runpytest("other.feature", "--harness-replay=.")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*there is no recording of this scenario*"])


@pytest.mark.row(41)
def test_missing_image_is_waited_for_and_named(run):
    """It may come to the node at any time, with another pod or by a hand."""
    result = run(("busybox:1.35\n          imagePullPolicy", "busybox:9.99\n          imagePullPolicy"))

    assert_failed(
        result,
        "not within 20 s: all 1 replicas of*",
        "observed: 0 of 1 ready*",
        "myapp-0: image docker.io/library/busybox:9.99 cannot be had",
        "since:*",
        "look at:*evidence*",
        "last warnings:",
        "containers:",
        "look further, while the namespace stands:",
    )


def test_name_that_no_image_can_have_ends_the_wait_early(run):
    result = run(("library/busybox:1.35\n          imagePullPolicy", "LIBRARY/busybox:1.35\n          imagePullPolicy"))

    told = "cannot be met: myapp-0: image docker.io/LIBRARY/busybox:1.35 cannot be had (InvalidImageName)"
    assert_failed(result, glob.escape(told))


@pytest.mark.row(41)
def test_container_that_starts_again_too_late_ends_the_wait_early(run):
    """
    It ends at once, again after 10 and 20 s, and is then held back for 40 s: longer than there is time.

    The kubelet (1.36) says so in the status up to 15 s after the container has ended: at its next sync.
    """
    result = run(("note started\n", "exit 3\n"), within_s=65)

    told = "cannot be met: myapp-0: container app keeps ending with exit code 3 (CrashLoopBackOff: back-off 40s)"
    assert_failed(result, glob.escape(told))


def test_container_that_fails_once_has_its_time(run):
    """It is not ready for a while after it was started again, longer than a cause would have to stand."""
    again = "[ -e /data/tried ] || { touch /data/tried; exit 1; }; sleep 8\n"

    run(("note started\n", f"note started; {again}")).assert_outcomes(passed=1)


@pytest.mark.row(41)
def test_claim_that_cannot_bind_is_named(run):
    result = run(("accessModes: [ReadWriteOnce]", "storageClassName: nowhere\n        accessModes: [ReadWriteOnce]"))

    assert_failed(result, "not within 20 s*", "claim myappdata-myapp-0 stays Pending*nowhere*")
