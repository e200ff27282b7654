"""A real operator, made with kopf, on a real cluster: what it keeps passes, and what it does wrong is found."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from harness.cluster.embedded import lifecycle
from harness.cluster.embedded.embedded import Embedded
from harness.kube.api import Api
from harness.reports.results import ScenarioResult, read_results
from tests.inventory import differences, take

pytestmark = pytest.mark.embedded

HERE = Path(__file__).parent / "operators"
LOST, ROLLED, REFUSED = (
    "A lost member comes back under its name, with its claim and its data",
    "A new version takes one member at a time out of service",
    "An order that only a StatefulSet promises is not asked of it",
)


@pytest.fixture(scope="module")
def kubeconfig() -> Iterator[Path]:
    """Yield the way into a cluster of one real node, which is removed afterwards."""
    if os.geteuid() != 0:
        pytest.skip("real nodes need root")
    name = f"test-operators-{os.getpid()}"
    cluster = Embedded.start(name, 1, "real", lambda _: None, owner_pid=os.getpid())
    try:
        yield cluster.kubeconfig
    finally:
        cluster.stop()
        lifecycle.down(name)


@contextmanager
def operator(kubeconfig: Path, log: Path, fault: str = "") -> Iterator[None]:
    """Run the operator, which does one thing wrong where a fault is named; it has ended afterwards."""
    program = (sys.executable, "-m", "kopf", "run", "--standalone", "--all-namespaces", str(HERE / "database.py"))
    environment = {**os.environ, "KUBECONFIG": str(kubeconfig), "FAULT": fault}
    with log.open("w") as output, subprocess.Popen(program, env=environment, stdout=output, stderr=output) as process:
        try:
            yield
        finally:
            process.terminate()


def played(kubeconfig: Path, report: Path, *wanted: str) -> dict[str, ScenarioResult]:
    """Play the features as a user does; return their results by title."""
    where = ("--harness-cluster=context", f"--harness-kubeconfig={kubeconfig}", f"--harness-report={report}")
    command = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(HERE / "database.feature"), *where)
    told = subprocess.run([*command, *wanted], capture_output=True, text=True, check=False)
    results = {result.title: result for result in read_results(report / "results.jsonl")}
    assert results, told.stdout + told.stderr
    return results


def test_a_good_operator_keeps_what_is_promised(kubeconfig: Path, tmp_path: Path) -> None:
    """The definition of its kind goes with the scenarios; what a StatefulSet alone promises is refused."""
    with closing(Api.connect(kubeconfig)) as api:
        before = take(api, {})
        with operator(kubeconfig, tmp_path / "operator.log"):
            results = played(kubeconfig, tmp_path / "report")
        outcomes = {title: result.outcome for title, result in results.items()}
        assert outcomes == {LOST: "passed", ROLLED: "passed", REFUSED: "failed"}, [
            result.message for result in results.values()
        ]
        assert results[REFUSED].error == "BadInput"
        assert (
            'only be true of a StatefulSet, and "shop" is the pods owned by Database "shop"' in results[REFUSED].message
        )
        assert {one.subject for one in results[LOST].recoveries} == {"shop-1"}
        left = differences(before, take(api, {}))
        assert [line for line in left if not line.startswith("Pod kube-system")] == [], "its kind has gone as well"


@pytest.mark.parametrize(
    ("fault", "scenario", "step", "shown"),
    [
        ("another claim", LOST, "lose its claim", "shop-1 mounts data-shop-1-again, the pod before it data-shop-1"),
        ("all at once", ROLLED, 'fewer than 2 pods of "shop" ready', "0 ready"),
    ],
)
def test_a_broken_operator_is_found(
    kubeconfig: Path, tmp_path: Path, fault: str, scenario: str, step: str, shown: str
) -> None:
    with operator(kubeconfig, tmp_path / "operator.log", fault):
        results = played(kubeconfig, tmp_path / "report", "-k", "lost_member" if scenario == LOST else "new_version")
    result = results[scenario]
    assert result.outcome == "failed"
    failed = next(one for one in result.steps if one.outcome == "failed")
    assert step in failed.text
    assert shown in result.message
