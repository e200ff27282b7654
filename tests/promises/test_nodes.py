"""Which nodes take pods, and how volumes call them."""

from __future__ import annotations

from typing import Any

from harness.history.history import History
from harness.history.observation import Verb
from harness.promises.nodes import host, open_hosts
from tests.promises.histories import history


def node(name: str, hostname: str = "", **spec: Any) -> tuple[str, Verb, str, dict[str, Any]]:
    labels = {"kubernetes.io/hostname": hostname} if hostname else {}
    return ("Node", Verb.ADDED, name, {"metadata": {"name": name, "uid": name, "labels": labels}, "spec": spec})


def test_closed_and_tainted_nodes_take_no_pods() -> None:
    """A taint that only dissuades does not count."""
    found = history(
        node("b", "host-b"),
        node("a", taints=[{"key": "k", "effect": "PreferNoSchedule"}]),
        node("c", unschedulable=True),
        node("d", taints=[{"key": "k", "effect": "NoSchedule"}]),
        node("e", taints=[{"key": "k", "effect": "NoExecute"}]),
    )
    assert open_hosts(found) == ["a", "host-b"]


def test_host_name_is_the_label() -> None:
    """The node's own name where it has no such label, or where the record shows no nodes."""
    assert host(history(node("a", "host-a")), "a") == "host-a"
    assert host(history(node("a")), "a") == "a"
    assert host(History([]), "a") == "a"
