"""
Prints what an embedded cluster costs on this machine, beside the figures it is meant to reach.

Run as root from the checkout, on a machine that does nothing else: `python ci/benchmark_cluster.py`. The programs are
made ready first and are not part of any figure. Ends with status 1 when a target is missed.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness.cluster.embedded import lifecycle
from harness.cluster.embedded.lifecycle import Status
from harness.kube.api import Api
from harness.naming.resolver import Resolver
from harness.naming.service import cluster_servers


@dataclass(frozen=True)
class Figure:
    """One measured figure: the median of several runs, and the most it may be."""

    what: str
    values: list[float]
    target: float
    unit: str

    @property
    def median(self) -> float:
        """The middle of the values."""
        return statistics.median(self.values)

    def row(self) -> str:
        """Return the figure as a row of the table."""
        every = ", ".join(f"{value:.2f}" for value in self.values)
        verdict = "reached" if self.median <= self.target else "MISSED"
        return f"| {self.what} | {self.median:.2f} {self.unit} | {self.target:g} {self.unit} | {verdict} | {every} |"


def main(runs: int) -> int:
    """Measure, print the table, and return the exit status."""
    lifecycle.prepare(progress=lambda text: print(text, file=sys.stderr))
    one, three, down, memory = [], [], [], []
    for _ in range(runs):
        for nodes, times in ((1, one), (3, three)):
            name = f"benchmark-{os.getpid()}"
            began = time.monotonic()
            running = lifecycle.up(name, nodes, progress=lambda _: None)
            ask_dns(running)
            times.append(time.monotonic() - began)
            if nodes == 3:
                memory.append(proportional_memory(running) / 2**30)
            began = time.monotonic()
            lifecycle.down(name)
            down.append(time.monotonic() - began)
    figures = [
        Figure("one node ready and DNS answering", one, 8, "s"),
        Figure("three nodes ready and DNS answering", three, 12, "s"),
        Figure("down", down, 2, "s"),
        Figure("memory (PSS) of three nodes", memory, 1.3, "GiB"),
    ]
    print("| figure | median | target | verdict | all runs |\n|---|---|---|---|---|")
    print("\n".join(figure.row() for figure in figures))
    return int(any(figure.median > figure.target for figure in figures))


def ask_dns(running: Status) -> None:
    """Return when the cluster's DNS has told a client outside the address of the API server's service."""
    resolver = Resolver(cluster_servers(Api.connect(running.place.kubeconfig)))
    try:
        if not resolver.ask("kubernetes.default.svc.cluster.local").records:
            raise SystemExit("the cluster's DNS does not know the API server's service")
    finally:
        resolver.close()


def proportional_memory(running: Status) -> int:
    """Return the bytes of memory of the cluster's processes, a page that several share counted in parts."""
    parents = {int(path.name): _parent(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    components = {component.pid for component in running.state.components}
    return sum(_memory(pid) for pid in parents if _descends(pid, components, parents))


def _descends(pid: int, ancestors: set[int], parents: dict[int, int]) -> bool:
    while pid > 1:
        if pid in ancestors:
            return True
        pid = parents.get(pid, 0)
    return False


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
