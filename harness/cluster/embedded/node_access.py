"""The way into the nodes of an embedded cluster, for what can be made to fail around one of its pods."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from harness import timeouts
from harness.cluster.embedded import host, real
from harness.cluster.embedded.node import Node
from harness.cluster.embedded.node_settings import IN_NODE
from harness.cluster.embedded.state import ClusterPaths
from harness.cluster.packets import SLOWED
from harness.cluster.pod_faults import PodFaults
from harness.errors import EnvironmentUnfit

__all__ = ["pod_faults_of", "why_no_slow_line", "why_no_slow_volume"]

_BLKIO = Path("/sys/fs/cgroup/blkio")


@cache
def why_no_slow_line() -> str:
    """Return why no pod's packets can be held up on this machine; empty where they can. It is tried out once."""
    missing = [program for program in ("unshare", "tc") if not host.distribution_program(program)]
    if missing:
        return f"the machine has no {' and no '.join(missing)}"
    ran = host.ask(["unshare", "--net", "tc", "qdisc", "add", "dev", "lo", "root", *SLOWED.split(), "100bps"])
    return f"the kernel has no token bucket for packets: {ran.stderr.strip()}" if ran.returncode else ""


def why_no_slow_volume() -> str:
    """Return why no pod's writes can be slowed on this machine; empty where they can."""
    return "" if _BLKIO.is_dir() else f"the machine has no {_BLKIO}: only control groups of version 1 are slowed so far"


def pod_faults_of(paths: ClusterPaths) -> PodFaults:
    """Return the faults of pods of the cluster of these paths, for the user who started it."""
    return PodFaults(_Way(paths))


class _Way:
    def __init__(self, paths: ClusterPaths) -> None:
        self._paths = paths

    def ask(self, node: str, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        state = self._paths.read()
        init = state.component(node) if state else None
        if init is None:
            raise self._unknown(node)
        return host.ask([*self._node(node).enter(init), *command], limit_s=timeouts.POD_FAULT.s, environment=IN_NODE)

    def disk(self, node: str) -> tuple[str, str]:
        device = self._paths.data.stat().st_dev
        return str(_BLKIO / self._node(node).cgroup), f"{os.major(device)}:{os.minor(device)}"

    def _node(self, name: str) -> Node:
        state = self._paths.read()
        found = [node for node in real.nodes_of(self._paths, state) if node.name == name] if state else []
        if not found:
            raise self._unknown(name)
        return found[0]

    def _unknown(self, node: str) -> EnvironmentUnfit:
        title = f"cluster {self._paths.name} has no {node}"
        return EnvironmentUnfit(title, look_at=("statefulspec cluster status",))
