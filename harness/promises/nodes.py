"""What the record says of nodes: which of them take pods, and by which name volumes know them."""

from __future__ import annotations

from harness.history.history import History
from harness.model import Object

__all__ = ["host", "open_hosts"]

HOSTNAME = "kubernetes.io/hostname"


def host(history: History, node: str) -> str:
    """Return the host name by which volumes know a node; the node's own name where the record does not show it."""
    found = history.current("Node", node)
    return _host(found) if found else node


def open_hosts(history: History) -> list[str]:
    """Return the host names of the nodes that take pods now, sorted; none where nodes are not recorded."""
    return sorted(_host(life.last.data) for life in history.alive("Node").values() if _takes_pods(life.last.data))


def _host(node: Object) -> str:
    return str((node["metadata"].get("labels") or {}).get(HOSTNAME, node["metadata"]["name"]))


def _takes_pods(node: Object) -> bool:
    spec = node.get("spec", {})
    closed = any(taint["effect"] in ("NoSchedule", "NoExecute") for taint in spec.get("taints") or ())
    return not closed and not spec.get("unschedulable")
