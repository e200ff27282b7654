"""What can be made to fail of a cluster whose nodes are containers: a kubelet, a program, a node, a node's network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from harness.cluster.containers import scripts
from harness.cluster.containers.health import SERVER, Health
from harness.cluster.containers.machines import Machines
from harness.cluster.outages import How, Outage
from harness.cluster.packets import PASS_ALL, dropping_all_through
from harness.errors import BadInput

__all__ = ["ContainerPower"]

_LINK = "eth0"
"""What leads out of a node: the engine's link to the network that the nodes share."""
_PROGRAMS = (SERVER, "kube-controller-manager", "kube-scheduler")
_OF_NODES: tuple[How, ...] = ("off", "cut off")
_OF_KUBELETS: tuple[How, ...] = ("stopped", "frozen", "restarted")
_OF_PROGRAMS: tuple[How, ...] = ("frozen", "restarted")


class ContainerPower:
    """The power over the containers of one cluster."""

    def __init__(self, machines: Machines, health: Health) -> None:
        self._machines, self._health = machines, health

    def check(self, what: str, how: How) -> None:
        """Raise BadInput for what there is not, and for a node without which nobody could tell what happens."""
        node, _, kubelet = what.partition("/")
        if what in _PROGRAMS:
            possible = _OF_PROGRAMS
        else:
            self._machines.check(node)
            possible = _OF_NODES if not kubelet else _OF_KUBELETS if kubelet == "kubelet" else ()
        if how not in possible:
            remedy = f"it can be {' or '.join(possible)}" if possible else "its nodes have nothing but a kubelet"
            raise BadInput(f"{what} cannot be {how} in cluster {self._machines.cluster}", remedy=remedy)
        if how in _OF_NODES and self._machines.is_plane(node):
            raise BadInput(
                f"{node} cannot be {how}: its API server, which tells what happens, would be so too",
                remedy=f"keep pods off it: kubectl taint nodes {node} node-role.kubernetes.io/control-plane:NoSchedule",
            )

    def begin(self, what: str, how: How) -> None:
        """Return once it has failed; raises EnvironmentUnfit where engine or node refuses."""
        node, _, kubelet = what.partition("/")
        if how == "off":
            self._machines.tell(("kill", "--signal", "KILL"), node, "switching off")
            self._machines.tell(("wait",), node, "waiting for the end of")
        elif how == "cut off":
            self._machines.run(node, dropping_all_through(_LINK), purpose="dropping packets")
        else:
            script = scripts.FREEZE if how == "frozen" else scripts.STOP_KUBELET if kubelet else scripts.REMOVE
            for each in [node] if kubelet else self._machines.planes():
                self._machines.run(each, script, kubelet or what, purpose=f"having {kubelet or what} {how}")

    def undo(self, what: str, how: How) -> bool:
        """Return, once it is back or on its way, whether it was still out."""
        node, _, kubelet = what.partition("/")
        nodes = self._machines.planes() if what in _PROGRAMS else [one for one in self._machines.names() if one == node]
        if how == "off":
            for each in nodes:
                self._switch_on(each)
            return True
        still = [self._undo_on(each, kubelet or what, how) for each in nodes if self._machines.runs(each)]
        if what == SERVER:
            self._health.await_server()
        return all(still)

    def steer(self, what: str, rule: Mapping[str, Any]) -> None:  # noqa: ARG002 - as the protocol has it
        """Refuse: nothing stands between the programs of such a cluster."""
        raise _no_go_between(what)

    def met(self, what: str, timeout_s: float) -> tuple[int, bool]:  # noqa: ARG002 - as the protocol has it
        """Refuse, as `steer` does."""
        raise _no_go_between(what)

    def order(self, outages: Sequence[Outage]) -> list[Outage]:
        """
        Return in which order they are undone: the newest first, but nodes that are off as their addresses go.

        An engine gives the lowest free address to the container that it starts first.
        """
        off = [one for one in outages if one.how == "off"]
        if off:
            addresses = self._health.addresses()
            off.sort(key=lambda one: addresses.get(one.what, []))
        return [*off, *(one for one in reversed(outages) if one.how != "off")]

    def kill_container(self, node: str, container: str) -> None:
        """Kill the first process of a container, known by its id, with SIGKILL."""
        self._machines.check(node)
        self._machines.run(node, scripts.KILL_CONTAINER, container, purpose=f"killing container {container}")

    def await_well(self, undone: Mapping[str, datetime]) -> None:
        """Return when the cluster is well again, as its health says."""
        self._health.await_well(undone)

    def _switch_on(self, node: str) -> None:
        if not self._machines.runs(node):
            self._machines.tell(("start",), node, "switching on")

    def _undo_on(self, node: str, component: str, how: How) -> bool:
        if how == "cut off":
            self._machines.run(node, PASS_ALL, purpose="letting packets pass")
        elif how == "frozen":
            return scripts.AWAKE not in self._machines.run(node, scripts.THAW, component, purpose=f"waking {component}")
        elif component == "kubelet":
            self._machines.run(node, scripts.START_KUBELET, purpose="starting the kubelet")
        else:
            self._health.await_end(lambda: self._absence(node, component), f"{component} runs again on {node}")
        return True

    def _absence(self, node: str, component: str) -> str:
        told = self._machines.run(node, scripts.RUNS, component, purpose=f"looking for {component}")
        return "" if told.strip() else f"no container of {component} runs"


def _no_go_between(what: str) -> BadInput:
    program, _, said = what.partition(": ")
    return BadInput(
        f"{program} has no go-between here: {said}", remedy="take an embedded cluster, of real or fake nodes"
    )
