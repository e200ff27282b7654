"""Which nodes take pods, and how volumes call them."""

from __future__ import annotations

from typing import Any

from harness.history.history import History
from harness.history.observation import Verb
from harness.model import ZONE
from harness.promises.nodes import host, in_zone, open_hosts, pods_on, zone_of
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


def test_a_zone_has_its_nodes_and_they_their_pods() -> None:
    """Of nodes without a zone and of pods without a node nothing is said."""
    zoned = ("Node", Verb.ADDED, "z", {"metadata": {"name": "z", "uid": "z", "labels": {ZONE: "east"}}})
    pods = [
        ("Pod", Verb.ADDED, name, {"metadata": {"name": name, "uid": name}, "spec": {"nodeName": on} if on else {}})
        for name, on in (("waiting", ""), ("there", "z"), ("elsewhere", "a"))
    ]
    found = history(zoned, node("a"), *pods)
    assert in_zone(found, "east") == ["z"]
    assert in_zone(found, "west") == []
    assert pods_on(found, in_zone(found, "east")) == ["there"]
    assert [zone_of(found, pod) for pod in ("there", "elsewhere", "waiting", "absent")] == ["east", "", "", ""]
