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
from harness.manifests.loading import parse
from harness.reports.results import ScenarioResult, read_results
from harness.scenario.definitions import await_served
from tests.inventory import Inventory, differences, take

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


@pytest.fixture(scope="module")
def defined(kubeconfig: Path) -> Iterator[Path]:
    """
    Yield the way into the cluster when it serves the operator's kind, which is defined nowhere afterwards.

    The operator is started after that: kopf (1.45.2) asks what is served whenever a definition changes. What is not
    discovered at its last change, because the server is behind, it never sees.
    """
    definition = parse((HERE / "systems" / "shop.yaml").read_text(), "shop.yaml")[0]
    with closing(Api.connect(kubeconfig)) as api:
        kind = api.kind("apiextensions.k8s.io/v1", "CustomResourceDefinition")
        api.create(kind, definition.body)
        await_served(api, [definition], "default")
        try:
            yield kubeconfig
        finally:
            api.delete(kind, definition.name)


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


def played(
    kubeconfig: Path, report: Path, *wanted: str, feature: str = "database.feature"
) -> dict[str, ScenarioResult]:
    """Play the features as a user does; return their results by title."""
    where = ("--harness-cluster=context", f"--harness-kubeconfig={kubeconfig}", f"--harness-report={report}")
    command = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(HERE / feature), *where)
    told = subprocess.run([*command, *wanted], capture_output=True, text=True, check=False)
    results = {result.title: result for result in read_results(report / "results.jsonl")}
    assert results, told.stdout + told.stderr
    return results


def changed(before: Inventory, api: Api) -> list[str]:
    """Return what differs in a cluster but for the pods of its own DNS."""
    return [line for line in differences(before, take(api, {})) if not line.startswith("Pod kube-system")]


def test_a_definition_comes_before_its_objects_and_goes_with_its_scenario(kubeconfig: Path, tmp_path: Path) -> None:
    """One of its name that has just gone does not count as its own: the kind is discovered still."""
    with closing(Api.connect(kubeconfig)) as api:
        before = take(api, {})
        results = played(kubeconfig, tmp_path / "report", feature="kinds.feature")
        assert [result.outcome for result in results.values()] == ["passed"] * 3, results
        assert changed(before, api) == []


def test_a_good_operator_keeps_what_is_promised(defined: Path, tmp_path: Path) -> None:
    """What a StatefulSet alone promises is refused; the definition of the operator's kind stays as it is."""
    with closing(Api.connect(defined)) as api:
        before = take(api, {})
        with operator(defined, tmp_path / "operator.log"):
            results = played(defined, tmp_path / "report")
        outcomes = {title: result.outcome for title, result in results.items()}
        assert outcomes == {LOST: "passed", ROLLED: "passed", REFUSED: "failed"}, [
            result.message for result in results.values()
        ]
        assert results[REFUSED].error == "BadInput"
        assert (
            'only be true of a StatefulSet, and "shop" is the pods owned by Database "shop"' in results[REFUSED].message
        )
        assert {one.subject for one in results[LOST].recoveries} == {"shop-1"}
        assert changed(before, api) == []
        assert any("which the cluster has already" in note for note in results[LOST].notes)


@pytest.mark.parametrize(
    ("fault", "scenario", "step", "shown"),
    [
        ("another claim", LOST, "lose its claim", "shop-1 mounts data-shop-1-again, the pod before it data-shop-1"),
        ("all at once", ROLLED, 'fewer than 2 pods of "shop" ready', "0 ready"),
    ],
)
def test_a_broken_operator_is_found(
    defined: Path, tmp_path: Path, fault: str, scenario: str, step: str, shown: str
) -> None:
    with operator(defined, tmp_path / "operator.log", fault):
        results = played(defined, tmp_path / "report", "-k", "lost_member" if scenario == LOST else "new_version")
    result = results[scenario]
    assert result.outcome == "failed"
    failed = next(one for one in result.steps if one.outcome == "failed")
    assert step in failed.text
    assert shown in result.message
