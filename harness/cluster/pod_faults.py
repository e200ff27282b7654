"""
What can be made to fail around one pod: the packets that reach it or leave it, the disk under its volumes.

Nothing is written down: a rule lives in the pod's own network namespace, a limit in its own control groups, and both
end with the pod.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from subprocess import CompletedProcess
from typing import Protocol

from harness.cluster.packets import PASS_ALL, SLOWED, dropping_from
from harness.errors import EnvironmentUnfit

__all__ = ["PodFaults", "Way"]

_FIND = """
for file in /var/run/netns/* /var/run/docker/netns/*; do
  if nsenter --net=$file ip -o -4 addr show dev eth0 2>/dev/null | grep -qF " $1/"; then
    exec nsenter --net=$file sh -c "$2"
  fi
done
echo "no pod with the address $1 runs on this node" >&2
exit 1
"""
"""A container runtime gives each pod's network namespace a file in one of these folders."""
_LIMIT = """
limited=no
for limit in $(find "$1" -path "*/*pod$2*/*/blkio.throttle.write_bps_device"); do
  echo "$3" >"$limit" && limited=yes || exit
done
[ "$limited" = yes ] || { echo "there is no control group of a container of pod $2 below $1" >&2; exit 1; }
"""


class Way(Protocol):
    """The way into the nodes of one cluster."""

    def ask(self, node: str, command: Sequence[str]) -> CompletedProcess[str]:
        """Return what a command says in a node, however it ends; raises EnvironmentUnfit where there is none."""
        ...

    def disk(self, node: str) -> tuple[str, str]:
        """Return the folder of the control groups that limit the pods' writes, and the MAJOR:MINOR they write to."""
        ...


class PodFaults:
    """The faults of pods of one cluster; needs the rights of a user who may enter its nodes."""

    def __init__(self, way: Way) -> None:
        self._way = way

    def drop_packets(self, node: str, address: str, sources: Collection[str] = ()) -> None:
        """
        Let no packet from these addresses reach the pod on the node that has `address`; none at all without sources.

        What is dropped is lost without a word, as on a broken line. Raises EnvironmentUnfit where no pod has it.
        """
        self._in_pod(node, address, dropping_from(sources))

    def pass_packets(self, node: str, address: str) -> None:
        """Let all packets reach the pod again; nothing happens where none were dropped."""
        self._in_pod(node, address, PASS_ALL)

    def slow_packets(self, node: str, address: str, bytes_per_s: int) -> None:
        """
        Let this much leave the pod on the node that has `address` in a second at most; 0 lifts the limit.

        What is too much waits, up to a minute, and is lost after that. Raises EnvironmentUnfit where no pod has it.
        """
        queue = f"{SLOWED} {bytes_per_s}bps" if bytes_per_s else "noqueue"
        self._in_pod(node, address, f"tc qdisc replace dev eth0 root {queue}")

    def slow_writes(self, node: str, uid: str, bytes_per_s: int) -> None:
        """
        Let each container of a pod write this much to the disk in a second at most; 0 lifts the limit.

        Only what has to reach the disk at once is held up: a write that is synchronised, or past the cache. Raises
        EnvironmentUnfit where the machine has no such limit, or the pod does not run on this node.
        """
        folder, device = self._way.disk(node)
        # systemd, which names the groups in most nodes, takes a dash for a folder; `?` matches both.
        script = ["sh", "-c", _LIMIT, "limit", folder, uid.replace("-", "?"), f"{device} {bytes_per_s}"]
        self._run(node, script, "a pod's writes cannot be slowed here", f"control groups (v1, blkio) of pod {uid}")

    def _in_pod(self, node: str, address: str, script: str) -> None:
        title = f"the packets of {address} cannot be held up"
        self._run(node, ["sh", "-c", _FIND, "find", address, script], title, f"accepted: {script.strip()}")

    def _run(self, node: str, command: list[str], title: str, expected: str) -> None:
        ran = self._way.ask(node, command)
        if ran.returncode:
            raise EnvironmentUnfit(
                title, expected=expected, observed=ran.stderr.strip() or f"exit status {ran.returncode}"
            )
