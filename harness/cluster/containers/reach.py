"""
How far the power of a run reaches over a cluster whose nodes are containers.

Problem: names prove nothing. A context called kind-dev may lead to another machine's cluster, while here there is one
of that name, too. Solution: a container counts as a node only if it says of itself what the node's kubelet has told
the API server, its machine id. Nothing is done to a cluster that this run has not made, unless the user vouches for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.cluster.components import status_of
from harness.cluster.containers.machines import Machines, find
from harness.cluster.packets import SLOWED
from harness.cluster.provider import FAULTS, Reach
from harness.errors import EnvironmentUnfit
from harness.model import Object, takes_pods

__all__ = ["reach_of"]

_PLANE = "node-role.kubernetes.io/control-plane"
_SILENT = "none"
_PROBE = f"""
cat /etc/machine-id 2>/dev/null || echo {_SILENT}
lack() {{ echo "$1 its node $(hostname) has no $2"; }}
has() {{ command -v "$1" >/dev/null; }}
{{ has systemctl && systemctl cat kubelet >/dev/null 2>&1; }} ||
  lack needs_node_faults 'service of systemd called kubelet'
{{ has nft || has iptables; }} || lack needs_lost_nodes 'nft and no iptables'
{{ has nsenter && has ip; }} || lack needs_pod_faults 'nsenter or no ip'
{{ has nft || has iptables; }} || lack needs_pod_faults 'nft and no iptables'
{{ has tc && unshare --net tc qdisc add dev lo root {SLOWED} 100bps 2>/dev/null; }} ||
  lack needs_slow_lines 'tc, or no token bucket for packets in its kernel'
[ -d /sys/fs/cgroup/blkio ] || lack needs_slow_volumes 'control groups of version 1: only those are slowed so far'
{{ has crictl && [ -e /etc/kubernetes/manifests ]; }} || lack needs_control_plane_faults 'crictl, or no static pods'
"""
"""Says the machine id, and then of each capability that is lacking why."""
_EMBEDDED_ALONE = {
    "needs_go_between": "its programs reach the API server by addresses that are not ours to change",
    "needs_upgrades": "only an embedded cluster has programs of a newer release at hand",
}
"""What no container can be asked for."""


def reach_of(context: str, nodes: Sequence[Object], *, ours: bool, allowed: bool) -> Reach:
    """
    Return how far this run may and can command the nodes that the API server of a context tells of.

    `ours`: whether this run has made the cluster; `allowed`: whether the user lets it do so with another one.
    """
    if not ours and not allowed:
        return _none(f"this run did not make it: --harness-allow-faults={context} lets scenarios make its nodes fail")
    if not status_of(1):
        return _none("this machine has no /proc by which a later run could tell that this one was killed")
    machines = find(context)
    if isinstance(machines, str):
        return _none(machines)
    try:
        lacks = _EMBEDDED_ALONE | dict(reversed([*_lacks(machines, nodes, ours=ours)]))
    except EnvironmentUnfit as doubt:
        return _none(f"{doubt.title}: {doubt.observed}")
    open_planes = [_name(node) for node in nodes if _PLANE in node["metadata"].get("labels", {}) and takes_pods(node)]
    if open_planes:
        lacks.setdefault("needs_lost_nodes", f"pods may run on {open_planes[0]}, which carries its control plane")
    return Reach(machines.address, lacks)


def _lacks(machines: Machines, nodes: Sequence[Object], *, ours: bool) -> Iterator[tuple[str, str]]:
    """Yield what each node lacks; raises EnvironmentUnfit where one is not, for sure, the container of its name."""
    names = machines.names()
    for node in nodes:
        name, told = _name(node), str(node["status"]["nodeInfo"].get("machineID") or _SILENT)
        if name not in names:
            raise EnvironmentUnfit(f"its node {name} is no container", observed=f"{machines.engine} has none for it")
        machine, *lines = machines.run(name, _PROBE, purpose="looking what there is").splitlines()
        if machine != told or (told == _SILENT and not ours):
            observed = f"its kubelet has told machine id {told}, the container has {machine}"
            raise EnvironmentUnfit(f"container {name} is not node {name} of this cluster", observed=observed)
        for line in lines:
            capability, _, why = line.partition(" ")
            yield capability, why


def _none(why: str) -> Reach:
    return Reach("", dict.fromkeys(FAULTS, why))


def _name(node: Object) -> str:
    return str(node["metadata"]["name"])
