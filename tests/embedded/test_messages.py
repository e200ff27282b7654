"""What a reader is told on a real cluster when a scenario cannot go well."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.plugin.hosting import Attachment

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]

SYSTEMS = Path(__file__).resolve().parents[2] / "features" / "systems"
FEATURE = """\
Feature: A set
  Scenario: A set starts
    When stateful set "myapp" is applied with 1 replica
    Then within 20 seconds all 1 replicas of "myapp" are ready
"""
Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, harness_cluster: Attachment) -> Run:
    """Run a scenario about `myapp`, whose manifest is changed by replacing texts, on the cluster of this run."""

    def run(*replaced: tuple[str, str]) -> pytest.RunResult:
        manifest = (SYSTEMS / "myapp.yaml").read_text()
        for former, latter in replaced:
            assert former in manifest
            manifest = manifest.replace(former, latter)
        Path("myapp.yaml").write_text(manifest)
        feature = pytester.makefile(".feature", set=FEATURE)
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


def test_missing_image_ends_the_wait_early_and_is_named(run):
    result = run(("busybox:1.35\n          imagePullPolicy", "busybox:9.99\n          imagePullPolicy"))

    assert_failed(
        result,
        "cannot be met: myapp-0: image docker.io/library/busybox:9.99 cannot be had",
        "expected: all 1 replicas of*",
        "observed: 0 of 1 ready*",
        "since:*",
        "look at:*evidence*",
        "last warnings:",
        "containers:",
        "look further, while the namespace stands:",
    )
    assert result.duration < 20 + 15, "the wait was to end before its bound"


def test_claim_that_cannot_bind_is_named(run):
    result = run(("accessModes: [ReadWriteOnce]", "storageClassName: nowhere\n        accessModes: [ReadWriteOnce]"))

    assert_failed(result, "cannot be met: *myappdata-myapp-0*", "*nowhere*")
