"""
What can be made to fail around one pod of an embedded cluster: the packets that reach it, the disk under its volumes.

Nothing is written down: a rule lives in the pod's own network namespace, a limit in its own control groups, and both
end with the pod.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from harness.cluster.embedded import host, real
from harness.cluster.embedded.node import Node
from harness.cluster.embedded.node_settings import IN_NODE
from harness.cluster.embedded.state import Place
from harness.errors import EnvironmentUnfit

__all__ = ["PodFaults", "why_no_slow_line", "why_no_slow_volume"]

_TIMEOUT_S = 20.0
_TABLE = "inet statefulspec"
_FIND = """
for file in /var/run/netns/*; do
  if nsenter --net=$file ip -o -4 addr show dev eth0 2>/dev/null | grep -qF " $1/"; then
    shift && exec nsenter --net=$file "$@"
  fi
done
echo "no pod with the address $1 runs on this node" >&2
exit 1
"""
_SLOWED = "tbf burst 1600 latency 60s rate"
"""What lets packets wait for their turn, up to a minute; one of the usual size is never too large to pass."""
_BLKIO = Path("/sys/fs/cgroup/blkio")


@cache
def why_no_slow_line() -> str:
    """Return why no pod's packets can be held up on this machine; empty where they can. It is tried out once."""
    missing = [program for program in ("unshare", "tc") if not host.distribution_program(program)]
    if missing:
        return f"the machine has no {' and no '.join(missing)}"
    ran = host.ask(["unshare", "--net", "tc", "qdisc", "add", "dev", "lo", "root", *_SLOWED.split(), "100bps"])
    return f"the kernel has no token bucket for packets: {ran.stderr.strip()}" if ran.returncode else ""


def why_no_slow_volume() -> str:
    """Return why no pod's writes can be slowed on this machine; empty where they can."""
    return "" if _BLKIO.is_dir() else f"the machine has no {_BLKIO}: only control groups of version 1 are slowed so far"


class PodFaults:
    """The faults of pods of one cluster of real nodes; needs the rights of the user who started it."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def drop_packets(self, node: str, address: str, sources: Iterable[str] = ()) -> None:
        """
        Let no packet from these addresses reach the pod on the node that has `address`; none at all without sources.

        What is dropped is lost without a word, as on a broken line. Raises EnvironmentUnfit where no pod has it.
        """
        peers = ", ".join(sources)
        rule = f"ip saddr {{ {peers} }} drop" if peers else 'iif != "lo" drop'
        chain = "type filter hook input priority -300; policy accept;"
        rules = f"add table {_TABLE}; add chain {_TABLE} input {{ {chain} }}; add rule {_TABLE} input {rule}"
        self._in_pod(node, address, ["nft", rules])

    def pass_packets(self, node: str, address: str) -> None:
        """Let all packets reach the pod again; nothing happens where none were dropped."""
        self._in_pod(node, address, ["nft", f"add table {_TABLE}; delete table {_TABLE}"])

    def slow_packets(self, node: str, address: str, bytes_per_s: int) -> None:
        """
        Let this much leave the pod on the node that has `address` in a second at most; 0 lifts the limit.

        What is too much waits, up to a minute, and is lost after that. Raises EnvironmentUnfit where no pod has it.
        """
        queue = [*_SLOWED.split(), f"{bytes_per_s}bps"] if bytes_per_s else ["noqueue"]
        self._in_pod(node, address, ["tc", "qdisc", "replace", "dev", "eth0", "root", *queue])

    def slow_writes(self, node: str, uid: str, bytes_per_s: int) -> None:
        """
        Let each container of a pod write this much to the disk in a second at most; 0 lifts the limit.

        Only what has to reach the disk at once is held up: a write that is synchronised, or past the cache. Raises
        EnvironmentUnfit where the machine has no such limit, or the pod does not run on this node.
        """
        device, cgroup = self._place.data.stat().st_dev, self._node(node).cgroup
        limits = list(_BLKIO.glob(f"{cgroup}/**/pod{uid}/*/blkio.throttle.write_bps_device"))
        if not limits:
            raise EnvironmentUnfit(
                "a pod's writes cannot be slowed here",
                expected=f"control groups of the pod under {_BLKIO / cgroup} (cgroup v1, blkio)",
                observed="none" if _BLKIO.is_dir() else f"there is no {_BLKIO}",
            )
        for limit in limits:
            limit.write_text(f"{os.major(device)}:{os.minor(device)} {bytes_per_s}")

    def _in_pod(self, node: str, address: str, command: list[str]) -> None:
        state = self._place.read()
        init = state.piece(node) if state else None
        if init is None:
            raise EnvironmentUnfit(
                f"cluster {self._place.name} has no {node}", look_at=("statefulspec cluster status",)
            )
        argv = [*self._node(node).enter(init), "sh", "-c", _FIND, "find", address, *command]
        ran = host.ask(argv, limit_s=_TIMEOUT_S, environment=IN_NODE)
        if ran.returncode:
            raise EnvironmentUnfit(
                f"the packets of {address} cannot be held up",
                expected=f"accepted: {shlex.join(command)}",
                observed=ran.stderr.strip() or f"exit status {ran.returncode}",
            )

    def _node(self, name: str) -> Node:
        state = self._place.read()
        found = [node for node in real.nodes_of(self._place, state) if node.name == name] if state else []
        if not found:
            raise EnvironmentUnfit(
                f"cluster {self._place.name} has no {name}", look_at=("statefulspec cluster status",)
            )
        return found[0]
