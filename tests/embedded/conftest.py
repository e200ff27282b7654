"""Clusters that are really started, and what they leave on the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.cluster.components import component_of
from harness.cluster.embedded import lifecycle, processes
from harness.cluster.embedded.addresses import Addresses
from harness.cluster.embedded.lifecycle import Status

collect_ignore = ["mixed", "operators", "secrets"]
"""Features that tests here run on clusters of their own."""


@pytest.fixture
def needs_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("real nodes need root")


@pytest.fixture
def name(request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield a name of the test's own; whatever has it is gone afterwards."""
    chosen = f"test-{os.getpid()}"
    yield chosen
    lifecycle.down(chosen)
    for logs in Path(tempfile.gettempdir()).glob(f"statefulspec-logs-{chosen}-*"):  # of clusters that did not come up
        shutil.rmtree(logs)


@dataclass(frozen=True)
class Traces:
    """Everything on the machine that belongs to a running cluster, gathered so that its absence can be shown."""

    running: Status
    processes: frozenset[tuple[int, int]]

    def left(self) -> list[str]:
        """Return whatever of it is still there."""
        state, paths = self.running.state, self.running.paths
        found = [f"process {pid}" for pid, started in sorted(self.processes) if _started(pid) == started]
        found += [f"process {pid}" for pid in processes.marked(state.token)]
        mounts = Path("/proc/self/mountinfo").read_text().splitlines()
        found += [line for line in mounts if str(paths.state) in line or str(paths.data) in line]
        tops = [path for path in Path("/sys/fs/cgroup").iterdir() if path.is_dir()]
        found += [str(each) for top in tops for each in top.iterdir() if f"statefulspec-{state.name}-" in each.name]
        found += [str(path) for path in (paths.state, paths.data, paths.lock) if path.exists()]
        if state.kind == "real":
            found += map(str, Path("/sys/class/net").glob(f"sspec{state.slot}"))
            network = Addresses(state.slot).fabric
            told = subprocess.run(["ip", "route", "show", network], capture_output=True, text=True, check=True)
            found += told.stdout.splitlines()
        return found


def traces(running: Status) -> Traces:
    """Return the traces of a running cluster: its own processes and all that live in its nodes."""
    pids = {component.pid for component in running.state.components} | set(processes.marked(running.state.token))
    spaces = {_namespace(pid, "pid_for_children") for pid in pids} - {"", _namespace(os.getpid(), "pid_for_children")}
    every = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    pids |= {pid for pid in every if _namespace(pid, "pid") in spaces}
    return Traces(running, frozenset((pid, started) for pid in pids if (started := _started(pid))))


def _namespace(pid: int, kind: str) -> str:
    try:
        return str(Path(f"/proc/{pid}/ns/{kind}").readlink())
    except OSError:
        return ""


def _started(pid: int) -> int | None:
    return component_of("", pid).started or None


@dataclass(frozen=True)
class Kubectl:
    """The cluster's own kubectl."""

    running: Status

    def __call__(self, *arguments: str, text: str | None = None) -> str:
        """Return what the command says; fails with its error output."""
        paths = self.running.paths
        command = [str(paths.data / "bin" / "kubectl"), f"--kubeconfig={paths.kubeconfig}", *arguments]
        run = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=90)
        assert run.returncode == 0, run.stderr
        return run.stdout
