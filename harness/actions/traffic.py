"""Pods that no packet reaches, and pods whose packets or writes take time; only what runs the cluster can do that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from harness.actions.target import Target, has_pod, record_action
from harness.cluster.pod_faults import PodFaults
from harness.errors import EnvironmentUnfit
from harness.history.observation import Observation
from harness.model import KINDS, Object

__all__ = ["cut_off", "free_line", "heal_partition", "join_again", "partition", "slow_line", "slow_volume"]

_POD = KINDS["Pod"]


class Exposed(Target, Protocol):
    """A target whose pods can be made to fail from outside."""

    @property
    def pod_faults(self) -> PodFaults | None:
        """What does it; None where the cluster has no such thing."""


def cut_off(target: Exposed, name: str) -> Observation:
    """Return once no packet reaches a pod, not even a probe; packets reach it again at the end of the scenario."""
    pod = target.api.read(_POD, name, target.namespace)
    _drop(target, pod)
    return record_action(target, "cut off", "Pod", pod, until="join again")


def join_again(target: Exposed, name: str) -> Observation:
    """Return once packets reach a pod again."""
    pod = target.api.read(_POD, name, target.namespace)
    _faults(target).pass_packets(*_where(pod))
    return record_action(target, "join again", "Pod", pod)


def partition(target: Exposed, one: str, other: str) -> list[Observation]:
    """Return once no packet of either of two pods reaches the other one; all others reach both."""
    pods = [target.api.read(_POD, name, target.namespace) for name in (one, other)]
    for pod, source in (pods, pods[::-1]):
        _drop(target, pod, _where(source)[1])
    return [record_action(target, "part", "Pod", pod, until="reunite") for pod in pods]


def heal_partition(target: Exposed, one: str, other: str) -> list[Observation]:
    """Return once the packets of two pods reach each other again."""
    pods = [target.api.read(_POD, name, target.namespace) for name in (one, other)]
    for pod in pods:
        _faults(target).pass_packets(*_where(pod))
    return [record_action(target, "reunite", "Pod", pod) for pod in pods]


def slow_line(target: Exposed, name: str, bytes_per_s: int) -> Observation:
    """Return once no more than this leaves a pod in a second, late but not lost; the limit is lifted at the end."""
    pod = target.api.read(_POD, name, target.namespace)
    lift = f"let packets leave pod {name} freely again"
    _heal_at_the_end(target, pod, lift, lambda: _faults(target).slow_packets(*_where(pod), 0))
    _faults(target).slow_packets(*_where(pod), bytes_per_s)
    return record_action(target, "slow line", "Pod", pod, until="free line")


def free_line(target: Exposed, name: str) -> Observation:
    """Return once packets leave a pod freely again."""
    pod = target.api.read(_POD, name, target.namespace)
    _faults(target).slow_packets(*_where(pod), 0)
    return record_action(target, "free line", "Pod", pod)


def slow_volume(target: Exposed, name: str, bytes_per_s: int) -> Observation:
    """Return once no more than this reaches the disk from a pod in a second; the limit is lifted at the end."""
    pod = target.api.read(_POD, name, target.namespace)
    node, uid = str(pod["spec"]["nodeName"]), str(pod["metadata"]["uid"])
    lift = f"let pod {name} write freely again"
    _heal_at_the_end(target, pod, lift, lambda: _faults(target).slow_writes(node, uid, 0))
    _faults(target).slow_writes(node, uid, bytes_per_s)
    return record_action(target, "slow volume", "Pod", pod, until="end of the scenario")


def _drop(target: Exposed, pod: Object, *sources: str) -> None:
    heal = f"let packets reach pod {pod['metadata']['name']} again"
    _heal_at_the_end(target, pod, heal, lambda: _faults(target).pass_packets(*_where(pod)))
    _faults(target).drop_packets(*_where(pod), sources)


def _heal_at_the_end(target: Exposed, pod: Object, what: str, undo: Callable[[], None]) -> None:
    def heal() -> None:
        if has_pod(target, pod["metadata"]["uid"]):
            undo()

    target.healing.add(what, heal)


def _where(pod: Object) -> tuple[str, str]:
    """Return the node and the address of a pod."""
    node, address = pod["spec"].get("nodeName"), pod.get("status", {}).get("podIP")
    if not node or not address:
        title = f'pod "{pod["metadata"]["name"]}" cannot be cut off'
        raise EnvironmentUnfit(title, expected="it has a node and an address", observed=f"{node}, {address}")
    return str(node), str(address)


def _faults(target: Exposed) -> PodFaults:
    if target.pod_faults is None:
        raise EnvironmentUnfit(
            "pods of this cluster cannot be made to fail from outside",
            expected="a cluster whose nodes this user may enter",
            look_at=("tag the scenario with @needs_pod_faults",),
        )
    return target.pod_faults
