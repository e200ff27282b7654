"""The way into nodes that are containers, for what can be made to fail around one of their pods."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from subprocess import CompletedProcess

from harness.cluster.containers.machines import Machines

__all__ = ["ContainerWay"]

_LIMIT_S = 60.0
"""Seconds for one command in a node, as for one word to its engine."""
_GROUPS = "/sys/fs/cgroup/blkio"
_VOLUMES = "/var"
"""Where nodes keep volumes: a volume of the engine's own, in kind and in minikube."""


class ContainerWay:
    """The way into the nodes of one cluster, through their engine."""

    def __init__(self, machines: Machines) -> None:
        self._machines = machines

    def ask(self, node: str, command: Sequence[str]) -> CompletedProcess[str]:
        """Return what a command says in a node, however it ends; BadInput where there is none of that name."""
        self._machines.check(node)
        argv = [*self._machines.enter(node), *command]
        return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=_LIMIT_S)

    def disk(self, node: str) -> tuple[str, str]:
        """Return the folder of the control groups that limit writes, and the device under the node's volumes."""
        told = self._machines.run(node, 'mountpoint --fs-devno "$1"', _VOLUMES, purpose="looking for the disk")
        return _GROUPS, told.strip()
