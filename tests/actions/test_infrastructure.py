"""What fails is recorded by its name, and brought back whatever happens; drains wait for budgets."""

from __future__ import annotations

from typing import Any

import pytest

from harness.actions import infrastructure
from harness.actions.healing import Healing
from harness.actions.nodes import drain
from harness.actions.upgrades import upgrade_control_plane
from harness.api_server import ApiServer
from harness.errors import BadInput, TooManyRequests
from harness.history.observation import Observation, Verb
from tests.actions.test_actions import FakeApi, FakeRecorder, FakeTarget, thing


class Power:
    """Takes down what it is asked for; what is out is mended once."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.out: list[str] = []

    def __getattr__(self, verb: str) -> Any:
        def deed(name: str) -> None:
            self.asked.append((verb, name))
            self.out.append(name)

        return deed

    def mend(self) -> list[str]:
        mended, self.out = self.out[::-1], []
        return mended


class Scene(FakeTarget):
    """A place whose pods 0 and 1 are on nodes of their own."""

    def __init__(self, power: Power | None) -> None:
        super().__init__(FakeApi(thing("Node", "node-1")))
        self.faults = power
        self.recovered = 0
        for number in (0, 1):
            pod = {"metadata": {"name": f"myapp-{number}", "uid": f"u{number}"}, "spec": {"nodeName": f"node-{number}"}}
            self.api.objects["Pod", f"myapp-{number}"] = pod
            self.see({"kind": "Pod", **pod})

    def see(self, seen: dict[str, Any]) -> None:
        history, metadata = self.recorder.history, seen["metadata"]
        history.append(
            Observation(history.end, 0, "", seen["kind"], Verb.ADDED, metadata["name"], metadata["uid"], seen)
        )

    def recover(self) -> None:
        self.recovered += 1


def node(number: int, zone: str) -> dict[str, Any]:
    labels = {"topology.kubernetes.io/zone": zone}
    return {"kind": "Node", "metadata": {"name": f"node-{number}", "uid": f"n{number}", "labels": labels}}


def verbs(scene: Scene) -> list[tuple[str, str]]:
    return [(str(data["verb"]), name) for name, _, data in scene.recorded()]


def test_nodes_of_several_pods_fail_and_come_back_before_the_cluster_is_seen_well() -> None:
    power = Power()
    scene = Scene(power)
    infrastructure.switch_off(scene.target, ["myapp-0", "myapp-1", "myapp-0"])
    infrastructure.stop_kubelets(scene.target, ["myapp-0"])
    assert power.asked == [("switch_off", "node-0"), ("switch_off", "node-1"), ("stop", "node-0/kubelet")]
    assert verbs(scene) == [("switch off", "node-0"), ("switch off", "node-1"), ("stop", "node-0/kubelet")]
    scene.healing.heal()
    assert power.out == []
    assert scene.recovered == 1


def test_a_zone_fails_with_all_its_nodes() -> None:
    power = Power()
    scene = Scene(power)
    with pytest.raises(BadInput, match='zone "west" has no node'):
        infrastructure.switch_off_zone(scene.target, "west")
    for number, zone in enumerate(("west", "east", "east")):
        scene.see(node(number, zone))
    infrastructure.switch_off_zone(scene.target, "east")
    assert power.asked == [("switch_off", "node-1"), ("switch_off", "node-2")]


def test_a_zone_without_a_pod_does_not_fail() -> None:
    scene = Scene(Power())
    scene.see(node(2, "east"))
    with pytest.raises(BadInput, match='zone "east" has node-2 without a pod'):
        infrastructure.switch_off_zone(scene.target, "east")


def test_what_comes_back_is_recorded_by_its_name() -> None:
    scene = Scene(Power())
    infrastructure.cut_off(scene.target, ["myapp-1"])
    infrastructure.bring_back(scene.target)
    assert verbs(scene) == [("cut off", "node-1"), ("bring back", "node-1")]


def test_the_record_is_proved_before_the_api_server_is_lost() -> None:
    power = Power()
    scene = Scene(power)
    proved_before: list[int] = []
    power.restart = lambda _program: proved_before.append(len(scene.recorder.proved))
    for program in ("kube-scheduler", "kube-apiserver"):
        infrastructure.restart(scene.target, program)
    assert proved_before == [0, 1]
    assert scene.recorder.proved == [("Pod", "StatefulSet")]


def test_a_scenario_with_neighbours_makes_nothing_fail() -> None:
    scene = Scene(None)
    with pytest.raises(BadInput, match="may not make nodes or the control plane fail") as refusal:
        infrastructure.freeze(scene.target, "kube-scheduler")
    assert "@exclusive" in refusal.value.remedy


def test_a_pod_without_a_node_has_none_that_could_fail() -> None:
    with pytest.raises(BadInput, match='pod "other" is on no node'):
        infrastructure.switch_off(Scene(Power()).target, ["other"])


def test_conclusions_come_once_and_after_all_healings() -> None:
    healing, done = Healing(), []
    for name in ("first", "second"):
        healing.conclude("see that all is well", lambda: done.append("well"))
        healing.add(f"undo {name}", lambda name=name: done.append(name))
    healing.heal()
    healing.heal()
    assert done == ["second", "first", "well"]


class Budget(FakeRecorder):
    """Lets time pass with each wait: after two of them the budget allows the eviction."""

    waited = 0

    def wait(self, seen_end: int, timeout_s: float) -> int:
        assert timeout_s > 0
        self.waited += 1
        self.now += 10
        return seen_end


def test_a_drain_waits_until_the_budget_allows_it() -> None:
    scene = Scene(None)
    budget = scene.recorder = Budget()
    scene.api.objects["Node", "node-1"]["metadata"]["name"] = "node-1"

    def answer(verb: str, _name: str) -> None:
        if verb == "evict" and budget.waited < 2:
            raise TooManyRequests("a budget forbids it", 429)

    scene.api.answer = answer
    drain(scene.target, ["myapp-1"])
    assert verbs(scene) == [("cordon", "node-1"), ("evict", "myapp-1")]
    assert budget.waited == 2
    scene.healing.heal()
    assert verbs(scene)[-1] == ("uncordon", "node-1")


def test_a_drain_that_is_refused_for_ever_ends_with_the_refusal() -> None:
    scene = Scene(None)
    scene.recorder = Budget()

    def answer(verb: str, _name: str) -> None:
        if verb == "evict":
            raise TooManyRequests("a budget forbids it", 429)

    scene.api.answer = answer
    with pytest.raises(TooManyRequests):
        drain(scene.target, ["myapp-1"])


def test_the_process_of_the_application_is_killed() -> None:
    """The kubelet sorts the states of containers by their names: the first may be that of a helper."""
    power = Killing()
    scene = Scene(power)
    pod = scene.api.objects["Pod", "myapp-0"]
    with pytest.raises(BadInput, match='nothing runs in pod "myapp-0"'):
        infrastructure.kill_container(scene.target, "myapp-0")
    pod["spec"]["containers"] = [{"name": "server"}, {"name": "agent"}]
    statuses = [{"name": name, "containerID": f"containerd://{name}-id"} for name in ("agent", "server")]
    pod["status"] = {"containerStatuses": statuses}
    infrastructure.kill_container(scene.target, "myapp-0")
    assert power.killed == [("node-0", "server-id")]


class Killing(Power):
    """A power that kills containers."""

    def __init__(self) -> None:
        super().__init__()
        self.killed: list[tuple[str, str]] = []

    def kill_container(self, node: str, container: str) -> None:
        """Take down who was to be killed."""
        self.killed.append((node, container))


def test_kubelets_are_restarted_on_the_nodes_of_pods() -> None:
    power = Power()
    scene = Scene(power)
    infrastructure.restart_kubelets(scene.target, ["myapp-1"])
    assert power.asked == [("restart", "node-1/kubelet")]
    assert verbs(scene) == [("restart", "node-1/kubelet")]


def test_control_plane_is_upgraded_in_the_order_of_upstream_and_says_what_it_is() -> None:
    """The API server comes first; from then on the record is judged by what it says of itself."""
    power = Power()
    scene = Scene(power)
    newer = ApiServer("v1.37.2", {"A": True})
    scene.api.told_of_itself = lambda: newer
    told: list[tuple[ApiServer, int]] = []
    scene.note_server = lambda server: told.append((server, len(power.asked)))
    upgrade_control_plane(scene.target)
    programs = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"]
    assert power.asked == [("upgrade", program) for program in programs]
    assert told == [(newer, 1)]
    assert verbs(scene) == [("upgrade", program) for program in programs]
    assert scene.recorder.proved == [("Pod", "StatefulSet")] * 2
    scene.healing.heal()
    assert power.out == []
