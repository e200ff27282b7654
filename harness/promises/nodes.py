"""What the record says of nodes: which of them take pods, and by which name volumes know them."""

from __future__ import annotations

from collections.abc import Collection

from harness.history.history import History
from harness.model import ZONE, Object, takes_pods

__all__ = ["host", "in_zone", "open_hosts", "pods_on", "zone_of"]

HOSTNAME = "kubernetes.io/hostname"


def host(history: History, node: str) -> str:
    """Return the host name by which volumes know a node; the node's own name where the record does not show it."""
    found = history.current("Node", node)
    return _host(found) if found else node


def open_hosts(history: History) -> list[str]:
    """Return the host names of the nodes that take pods now, sorted; none where nodes are not recorded."""
    return sorted(_host(life.last.data) for life in history.alive("Node").values() if takes_pods(life.last.data))


def in_zone(history: History, zone: str) -> list[str]:
    """Return the names of the nodes that are in a zone now, sorted."""
    nodes = history.alive("Node").items()
    return sorted(name for name, life in nodes if (life.last.data["metadata"].get("labels") or {}).get(ZONE) == zone)


def pods_on(history: History, nodes: Collection[str]) -> list[str]:
    """Return the names of the pods that are on these nodes now, sorted."""
    pods = history.alive("Pod").items()
    return sorted(name for name, life in pods if life.last.data["spec"].get("nodeName") in nodes)


def zone_of(history: History, pod: str) -> str:
    """Return the zone of the node that a pod is on; empty where it is on none, or that is in none."""
    node = (history.current("Pod", pod) or {}).get("spec", {}).get("nodeName", "")
    return str(((history.current("Node", node) or {}).get("metadata", {}).get("labels") or {}).get(ZONE, ""))


def _host(node: Object) -> str:
    return str((node["metadata"].get("labels") or {}).get(HOSTNAME, node["metadata"]["name"]))
