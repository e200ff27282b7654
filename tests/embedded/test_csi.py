"""
The scenarios that need a CSI driver, against a stub that writes what the sidecars of one write.

On nodes that run nothing it shows that steps, waits and controls fit those objects, and the cluster's own attacher; on
real nodes, whose volumes are folders, that they fit data. A real driver has more ways to be late, and to fail.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.cluster.embedded import lifecycle
from harness.cluster.embedded.embedded import Embedded
from harness.cluster.embedded.state import Flavour
from tests.fakes.csi import playing

pytestmark = pytest.mark.embedded

ROOT = Path(__file__).parents[2]
WITHOUT_DATA, WITH_DATA = "not needs_containers", "needs_containers"
Run = Callable[..., subprocess.CompletedProcess[str]]


@contextmanager
def cluster_with_driver(name: str, kind: Flavour, report: Path) -> Iterator[Run]:
    """Give what runs pytest over the scenarios on a cluster of two nodes, attached to as any user's, with the stub."""
    cluster = Embedded.start(name, 2, kind, lambda _: None, owner_pid=os.getpid())
    running = lifecycle.status(name)
    assert running is not None
    folder = running.paths.data / "volumes" / "hostpath_pv" if kind == "real" else None

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        where = (
            "--harness-cluster=context",
            f"--harness-kubeconfig={cluster.kubeconfig}",
            f"--harness-report={report}",
        )
        told = [sys.executable, "-m", "pytest", "features/volumes/csi", *where, *options, "-p", "no:cacheprovider"]
        return subprocess.run(told, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)

    try:
        with playing(cluster.kubeconfig, folder):
            yield run
    finally:
        cluster.stop()


def assert_all_passed(done: subprocess.CompletedProcess[str], scenarios: int) -> None:
    """Pass where so many scenarios did, which under their controls means that each has failed as it must."""
    assert f"{scenarios} scenarios: {scenarios} passed" in done.stdout, done.stdout + done.stderr


def test_scenarios_and_their_controls_fit_what_sidecars_write(name: str, tmp_path: Path) -> None:
    with cluster_with_driver(name, "fake", tmp_path) as run:
        assert_all_passed(run("-m", WITHOUT_DATA), 10)
        proved = run("-m", WITHOUT_DATA, "--harness-prove")
    assert_all_passed(proved, 10)


@pytest.mark.usefixtures("needs_root")
def test_scenarios_and_their_controls_fit_data(name: str, tmp_path: Path) -> None:
    with cluster_with_driver(name, "real", tmp_path) as run:
        assert_all_passed(run("-m", WITH_DATA), 4)
        proved = run("-m", WITH_DATA, "--harness-prove")
    assert_all_passed(proved, 4)
