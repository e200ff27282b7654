"""What can be made to fail of a cluster, and brought back: a component, what it sees, a node, a node's network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any

from harness import timeouts
from harness.cluster.components import Component, is_alive
from harness.cluster.embedded import fake, host, newer_releases, processes, real
from harness.cluster.embedded.bootstrap import BootstrapApi, is_ready
from harness.cluster.embedded.control_plane import COMPONENTS
from harness.cluster.embedded.go_between import GoBetween
from harness.cluster.embedded.locking import locked
from harness.cluster.embedded.node import Node
from harness.cluster.embedded.node_settings import IN_NODE
from harness.cluster.embedded.processes import spawn, tail
from harness.cluster.embedded.state import ClusterPaths, ClusterState
from harness.cluster.outages import How, Outage, Outages
from harness.errors import BadInput, EnvironmentUnfit

__all__ = ["outages_of", "start_anew", "state_of"]

_SERVER = "kube-apiserver"
_AILING = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def outages_of(paths: ClusterPaths) -> Outages:
    """Return the outages of the cluster of these paths, for the user who started it."""
    return Outages(_Register(paths), _Power(paths))


class _Register:
    """The cluster's state, under the cluster's lock."""

    def __init__(self, paths: ClusterPaths) -> None:
        self._paths = paths

    def locked(self) -> AbstractContextManager[None]:
        return locked(self._paths.lock)

    def read(self) -> tuple[Outage, ...]:
        return state_of(self._paths).outages

    def write(self, outages: tuple[Outage, ...]) -> None:
        self._paths.write(replace(state_of(self._paths), outages=outages))


class _Power:
    def __init__(self, paths: ClusterPaths) -> None:
        self._paths = paths

    def check(self, what: str, how: How) -> None:
        if how in ("off", "cut off"):
            _number(self._state(), what)
        elif how == "steered":
            self._between(what)
        else:
            _program(self._state(), what)
        if how == "upgraded":
            newer_releases.refuse_unless_there(self._paths, self._state(), what)

    def begin(self, what: str, how: How) -> None:
        state = self._state()
        if how == "frozen":
            processes.freeze(_component(state, what))
        elif how in ("stopped", "restarted"):
            processes.end(_component(state, what))
        elif how == "upgraded":
            self._exchange(what)
        else:
            real.fabric_of(self._paths, state).cut_off(_number(state, what))
        if how == "off":
            for component in [*_components_of(state, what), _component(state, what)]:
                processes.end(component)

    def steer(self, what: str, rule: Mapping[str, Any]) -> None:
        self._between(what).add(what, rule)

    def met(self, what: str, timeout_s: float) -> tuple[int, bool]:
        met = self._between(what).met(what, timeout_s)
        return met.seen, met.done

    def undo(self, what: str, how: How) -> bool:
        state = self._state()
        if how == "steered":
            return self._between(what).remove(what)
        if how == "frozen":
            processes.thaw(_component(state, what))
        elif how in ("stopped", "restarted"):
            self._start(what)
        elif how == "upgraded":
            self._exchange(what, back=1)
        else:
            real.fabric_of(self._paths, state).join_again(_number(state, what))
        if how == "off":
            self._boot(what)
        if what == _SERVER:
            self._await_server()
        return True

    def order(self, outages: Sequence[Outage]) -> list[Outage]:
        return list(reversed(outages))

    def kill_container(self, node: str, container: str) -> None:
        state = self._state()
        booted = _node(self._paths, state, node)
        command = booted.kill_command(_component(state, node), container)
        host.run(command, f"killing container {container} on {node}", environment=IN_NODE)

    def await_well(self, undone: Mapping[str, datetime]) -> None:
        """
        Return when the API server answers, every node is ready and CoreDNS is.

        Raises EnvironmentUnfit after 90 s, and at once, with the end of its log, where a component has ended since.
        """
        state = self._state()
        since = max((when for what, when in undone.items() if _is_for_nodes(what)), default=None)
        api = BootstrapApi(state.server, self._paths.data / "pki")
        api.await_ready(timeouts.API_SERVER.s, lambda: None)

        def all_well(nodes: Mapping[str, Mapping[str, Any]]) -> bool:
            return len(nodes) >= state.nodes and all(_is_well(node, since) for node in nodes.values())

        awaited = f"{state.nodes} ready nodes"
        api.await_objects("/api/v1/nodes", all_well, timeouts.NODES.s, awaited, self._check_components)
        if state.kind == "fake":
            fake.await_dns(state, self._check_components)
        else:
            real.await_dns(api, self._check_components)

    def _exchange(self, name: str, back: int = 0) -> None:
        """End a component and start it as what it is after all its upgrades but so many, unless its node is off."""
        processes.end(_component(self._state(), name))
        self._start(name, back)
        if name == _SERVER:
            self._await_server()

    def _await_server(self) -> None:
        api = BootstrapApi(self._state().server, self._paths.data / "pki")
        api.await_ready(timeouts.API_SERVER.s, self._check_server)

    def _start(self, name: str, back: int = 0) -> None:
        """Start a component that has ended, unless its node is off, as what it was `back` upgrades ago."""
        state = self._state()
        programs = newer_releases.folder_of(state, name, back)
        node, _, program = name.partition("/")
        if is_alive(_component(state, name)) or (program and not is_alive(_component(state, node))):
            return
        if program == "containerd":
            self._record(_node(self._paths, state, node).start_containerd(_component(state, node)))
        elif program:
            self._record(_node(self._paths, state, node).start(program, _component(state, node), programs))
        else:
            command = self._command(state, name, programs)
            self._record(spawn(name, command, state.token, self._paths.log(name)))

    def _command(self, state: ClusterState, name: str, programs: str) -> list[str]:
        if state.kind == "fake":
            return fake.command_of(self._paths, state, name)
        enter = ["nsenter", f"--net={real.fabric_of(self._paths, state).control_plane}"]
        return [*enter, *real.command_of(real.plane_of(self._paths, state, programs), name)]

    def _boot(self, name: str) -> None:
        state = self._state()
        node = _node(self._paths, state, name)
        if not is_alive(_component(state, name)):
            real.fabric_of(self._paths, state).forget_pods(_number(state, name))
            node.reset()
            self._record(node.boot())
        for program in ("containerd", *real.NODE_PROGRAMS):
            self._start(f"{name}/{program}")

    def _record(self, component: Component) -> None:
        self._paths.write(self._state().with_component(component))

    def _check_components(self) -> None:
        state = self._state()
        for component in state.components:
            if not is_alive(component) and not state.is_out(component.name):
                raise EnvironmentUnfit(
                    f"{component.name} has ended after it came back",
                    expected="it runs as long as the cluster",
                    observed=tail(self._paths.log(component.name), 3),
                    look_at=("statefulspec doctor",),
                )

    def _check_server(self) -> None:
        if not is_alive(_component(self._state(), _SERVER)):
            raise EnvironmentUnfit(
                "the API server ended when it was started again",
                expected="it runs as long as the cluster",
                observed=tail(self._paths.log(_SERVER)),
            )

    def _between(self, what: str) -> GoBetween:
        """Return the go-between of the program that a rule is for; BadInput where there is none."""
        state, program = self._state(), what.partition(": ")[0]
        between = GoBetween(self._paths, program)
        if not state.component(between.name):
            raise BadInput(
                f"{program} has no go-between in cluster {state.name}", remedy="tag the scenario with @needs_go_between"
            )
        return between

    def _state(self) -> ClusterState:
        return state_of(self._paths)


def start_anew(paths: ClusterPaths, component: str) -> None:
    """Kill a component and start it again; for who holds the lock of the cluster."""
    power = _Power(paths)
    power.begin(component, "restarted")
    power.undo(component, "restarted")


def state_of(paths: ClusterPaths) -> ClusterState:
    """Return the state of a cluster; raises EnvironmentUnfit where it is gone."""
    state = paths.read()
    if state is None:
        raise EnvironmentUnfit(f"cluster {paths.name} is gone", look_at=("statefulspec cluster status",))
    return state


def _component(state: ClusterState, name: str) -> Component:
    component = state.component(name)
    if component is None:
        known = ", ".join(one.name for one in state.components)
        raise BadInput(f"cluster {state.name} has no {name}", remedy=f"it has: {known}")
    return component


def _program(state: ClusterState, name: str) -> Component:
    if "/" not in name and name not in COMPONENTS:
        known = ", ".join(one.name for one in state.components if "/" in one.name or one.name in COMPONENTS)
        raise BadInput(f"cluster {state.name} has no program {name}", remedy=f"it has: {known}")
    return _component(state, name)


def _components_of(state: ClusterState, node: str) -> list[Component]:
    return [component for component in state.components if component.name.startswith(f"{node}/")]


def _node(paths: ClusterPaths, state: ClusterState, name: str) -> Node:
    return real.nodes_of(paths, state)[_number(state, name) - 1]


def _number(state: ClusterState, node: str) -> int:
    name, _, number = node.rpartition("-")
    if name != "node" or not number.isdecimal() or not 1 <= int(number) <= state.nodes:
        raise BadInput(f"cluster {state.name} has no node {node}", remedy=f"it has node-1 to node-{state.nodes}")
    return int(number)


def _is_for_nodes(what: str) -> bool:
    """Return whether the nodes show by a fresh heartbeat only that they are well after an outage."""
    return what == _SERVER or what.startswith("node-")


def _is_well(node: Mapping[str, Any], since: datetime | None) -> bool:
    told = [one for one in node["status"].get("conditions", []) if one["type"] == "Ready"]
    fresh = since is None or any(datetime.fromisoformat(one["lastHeartbeatTime"]) >= since for one in told)
    ailing = [taint for taint in node["spec"].get("taints", []) if taint["key"] in _AILING]
    return is_ready(node) and fresh and not ailing
