"""Pods that are cut off or slowed are so at their node and address, and are healed while they are there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from harness.actions.traffic import (
    Exposed,
    cut_off,
    free_line,
    heal_partition,
    join_again,
    partition,
    slow_line,
    slow_volume,
)
from harness.errors import EnvironmentUnfit
from tests.actions.test_actions import FakeApi, FakeTarget


@dataclass
class FakePodFaults:
    """Takes down what is asked for."""

    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def drop_packets(self, node: str, address: str, sources: tuple[str, ...]) -> None:
        self.asked.append(("drop", node, address, tuple(sources)))

    def pass_packets(self, node: str, address: str) -> None:
        self.asked.append(("pass", node, address))

    def slow_packets(self, node: str, address: str, bytes_per_s: int) -> None:
        self.asked.append(("slow", node, address, bytes_per_s))

    def slow_writes(self, node: str, uid: str, bytes_per_s: int) -> None:
        self.asked.append(("slow", node, uid, bytes_per_s))


@dataclass
class ExposedPlace(FakeTarget):
    pod_faults: FakePodFaults | None = field(default_factory=FakePodFaults)

    @property
    def exposed(self) -> Exposed:
        return cast(Exposed, self)

    @property
    def asked(self) -> list[tuple[Any, ...]]:
        assert self.pod_faults is not None
        return self.pod_faults.asked


def pod(name: str, number: int) -> dict[tuple[str, str], dict[str, Any]]:
    metadata = {"name": name, "uid": f"uid-{name}"}
    status = {"podIP": f"10.0.0.{number}"}
    return {("Pod", name): {"kind": "Pod", "metadata": metadata, "spec": {"nodeName": "node-2"}, "status": status}}


@pytest.fixture
def target() -> ExposedPlace:
    return ExposedPlace(FakeApi(pod("web-0", 1) | pod("web-1", 2)))


def test_a_pod_that_is_cut_off_is_joined_again_at_the_end(target: ExposedPlace) -> None:
    cut_off(target.exposed, "web-0")
    assert target.asked == [("drop", "node-2", "10.0.0.1", ())]
    assert target.recorded()[0][2]["until"] == "join again"
    target.healing.heal()
    assert target.asked[1:] == [("pass", "node-2", "10.0.0.1")]


def test_a_pod_can_be_joined_again_before_the_end(target: ExposedPlace) -> None:
    cut_off(target.exposed, "web-0")
    join_again(target.exposed, "web-0")
    assert target.asked[1] == ("pass", "node-2", "10.0.0.1")
    assert target.recorded()[1][2]["verb"] == "join again"


def test_two_pods_lose_each_others_packets_only(target: ExposedPlace) -> None:
    partition(target.exposed, "web-0", "web-1")
    assert target.asked == [
        ("drop", "node-2", "10.0.0.1", ("10.0.0.2",)),
        ("drop", "node-2", "10.0.0.2", ("10.0.0.1",)),
    ]
    heal_partition(target.exposed, "web-0", "web-1")
    assert target.asked[2:] == [("pass", "node-2", "10.0.0.1"), ("pass", "node-2", "10.0.0.2")]
    assert [facts["verb"] for _, _, facts in target.recorded()] == ["part", "part", "reunite", "reunite"]


def test_a_slow_pod_writes_freely_again_at_the_end(target: ExposedPlace) -> None:
    slow_volume(target.exposed, "web-0", 1024)
    target.healing.heal()
    assert target.asked == [("slow", "node-2", "uid-web-0", 1024), ("slow", "node-2", "uid-web-0", 0)]


def test_a_pod_on_a_slow_line_sends_freely_again_at_the_end(target: ExposedPlace) -> None:
    slow_line(target.exposed, "web-1", 100)
    target.healing.heal()
    assert target.asked == [("slow", "node-2", "10.0.0.2", 100), ("slow", "node-2", "10.0.0.2", 0)]


def test_a_line_can_be_free_before_the_end(target: ExposedPlace) -> None:
    slow_line(target.exposed, "web-1", 100)
    free_line(target.exposed, "web-1")
    assert target.asked[1] == ("slow", "node-2", "10.0.0.2", 0)
    assert [facts["verb"] for _, _, facts in target.recorded()] == ["slow line", "free line"]


def test_what_is_gone_needs_no_healing(target: ExposedPlace) -> None:
    cut_off(target.exposed, "web-0")
    slow_volume(target.exposed, "web-0", 1)
    slow_line(target.exposed, "web-0", 1)
    del target.api.objects["Pod", "web-0"]
    target.healing.heal()
    assert len(target.asked) == 3


def test_a_pod_without_an_address_is_refused(target: ExposedPlace) -> None:
    target.api.objects["Pod", "web-0"]["status"] = {}
    with pytest.raises(EnvironmentUnfit, match="cannot be cut off"):
        cut_off(target.exposed, "web-0")
    assert target.asked == []


def test_a_cluster_without_power_over_its_pods_is_told_so(target: ExposedPlace) -> None:
    target.pod_faults = None
    with pytest.raises(EnvironmentUnfit, match="needs_pod_faults"):
        cut_off(target.exposed, "web-0")
