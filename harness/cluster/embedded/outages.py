"""What can be made to fail of a running cluster of real nodes, and brought back: a piece, a node, a node's network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any

from harness import timeouts
from harness.cluster.embedded import host, processes, real
from harness.cluster.embedded.api import Api, is_ready
from harness.cluster.embedded.control_plane import COMPONENTS
from harness.cluster.embedded.locking import locked
from harness.cluster.embedded.node import Node
from harness.cluster.embedded.node_settings import IN_NODE
from harness.cluster.embedded.processes import spawn, tail
from harness.cluster.embedded.state import Place, State
from harness.cluster.outages import How, Outage, Outages
from harness.cluster.pieces import Piece, is_alive
from harness.errors import BadInput, EnvironmentUnfit

__all__ = ["outages_of"]

_SERVER = "kube-apiserver"
_AILING = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def outages_of(place: Place) -> Outages:
    """Return the outages of the cluster at a place, for the user who started it."""
    return Outages(_Register(place), _Power(place))


class _Register:
    """The cluster's state, under the cluster's lock."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def locked(self) -> AbstractContextManager[None]:
        return locked(self._place.lock)

    def read(self) -> tuple[Outage, ...]:
        return _state(self._place).outages

    def write(self, outages: tuple[Outage, ...]) -> None:
        self._place.write(replace(_state(self._place), outages=outages))


class _Power:
    def __init__(self, place: Place) -> None:
        self._place = place

    def check(self, what: str, how: How) -> None:
        if how in ("off", "cut off"):
            _number(self._state(), what)
        else:
            _program(self._state(), what)

    def begin(self, what: str, how: How) -> None:
        state = self._state()
        if how == "frozen":
            processes.freeze(_piece(state, what))
        elif how in ("stopped", "restarted"):
            processes.end(_piece(state, what))
        else:
            real.fabric_of(self._place, state).cut_off(_number(state, what))
        if how == "off":
            for piece in [*_pieces_of(state, what), _piece(state, what)]:
                processes.end(piece)

    def undo(self, what: str, how: How) -> bool:
        state = self._state()
        if how == "frozen":
            processes.thaw(_piece(state, what))
        elif how in ("stopped", "restarted"):
            self._start(what)
        else:
            real.fabric_of(self._place, state).join_again(_number(state, what))
        if how == "off":
            self._boot(what)
        if what == _SERVER:
            Api(state.server, self._place.data / "pki").await_ready(timeouts.API_SERVER.s, self._check_server)
        return True

    def order(self, outages: Sequence[Outage]) -> list[Outage]:
        return list(reversed(outages))

    def kill_container(self, node: str, container: str) -> None:
        state = self._state()
        booted = _node(self._place, state, node)
        command = booted.kill_command(_piece(state, node), container)
        host.run(command, f"killing container {container} on {node}", environment=IN_NODE)

    def await_well(self, undone: Mapping[str, datetime]) -> None:
        """
        Return when the API server answers, every node is ready and CoreDNS is.

        Raises EnvironmentUnfit after 90 s, and at once, with the end of its log, where a piece has ended since.
        """
        state = self._state()
        since = max((when for what, when in undone.items() if what not in COMPONENTS or what == _SERVER), default=None)
        api = Api(state.server, self._place.data / "pki")
        api.await_ready(timeouts.API_SERVER.s, lambda: None)

        def all_well(nodes: Mapping[str, Mapping[str, Any]]) -> bool:
            return len(nodes) >= state.nodes and all(_is_well(node, since) for node in nodes.values())

        awaited = f"{state.nodes} ready nodes"
        api.await_objects("/api/v1/nodes", all_well, timeouts.NODES.s, awaited, self._check_pieces)
        real.await_dns(api, self._check_pieces)

    def _start(self, name: str) -> None:
        """Start a piece that has ended, unless its node is off."""
        state = self._state()
        node, _, program = name.partition("/")
        if is_alive(_piece(state, name)) or (program and not is_alive(_piece(state, node))):
            return
        if program == "containerd":
            self._record(_node(self._place, state, node).start_containerd(_piece(state, node)))
        elif program:
            self._record(_node(self._place, state, node).start(program, _piece(state, node)))
        else:
            enter = ["nsenter", f"--net={real.fabric_of(self._place, state).control_plane}"]
            command = real.command_of(real.plane_of(self._place, state), name)
            self._record(spawn(name, [*enter, *command], state.token, self._place.log(name)))

    def _boot(self, name: str) -> None:
        state = self._state()
        node = _node(self._place, state, name)
        if not is_alive(_piece(state, name)):
            real.fabric_of(self._place, state).forget_pods(_number(state, name))
            node.reset()
            self._record(node.boot())
        for program in ("containerd", *real.NODE_PROGRAMS):
            self._start(f"{name}/{program}")

    def _record(self, piece: Piece) -> None:
        self._place.write(self._state().with_piece(piece))

    def _check_pieces(self) -> None:
        state = self._state()
        for piece in state.pieces:
            if not is_alive(piece) and not state.is_out(piece.name):
                raise EnvironmentUnfit(
                    f"{piece.name} has ended after it came back",
                    expected="it runs as long as the cluster",
                    observed=tail(self._place.log(piece.name), 3),
                    look_at=("statefulspec doctor",),
                )

    def _check_server(self) -> None:
        if not is_alive(_piece(self._state(), _SERVER)):
            raise EnvironmentUnfit(
                "the API server ended when it was started again",
                expected="it runs as long as the cluster",
                observed=tail(self._place.log(_SERVER)),
            )

    def _state(self) -> State:
        return _state(self._place)


def _state(place: Place) -> State:
    state = place.read()
    if state is None:
        raise EnvironmentUnfit(f"cluster {place.name} is gone", look_at=("statefulspec cluster status",))
    return state


def _piece(state: State, name: str) -> Piece:
    piece = state.piece(name)
    if piece is None:
        known = ", ".join(one.name for one in state.pieces)
        raise BadInput(f"cluster {state.name} has no {name}", remedy=f"it has: {known}")
    return piece


def _program(state: State, name: str) -> Piece:
    if "/" not in name and name not in COMPONENTS:
        known = ", ".join(one.name for one in state.pieces if "/" in one.name or one.name in COMPONENTS)
        raise BadInput(f"cluster {state.name} has no program {name}", remedy=f"it has: {known}")
    return _piece(state, name)


def _pieces_of(state: State, node: str) -> list[Piece]:
    return [piece for piece in state.pieces if piece.name.startswith(f"{node}/")]


def _node(place: Place, state: State, name: str) -> Node:
    return real.nodes_of(place, state)[_number(state, name) - 1]


def _number(state: State, node: str) -> int:
    name, _, number = node.rpartition("-")
    if name != "node" or not number.isdecimal() or not 1 <= int(number) <= state.nodes:
        raise BadInput(f"cluster {state.name} has no node {node}", remedy=f"it has node-1 to node-{state.nodes}")
    return int(number)


def _is_well(node: Mapping[str, Any], since: datetime | None) -> bool:
    told = [one for one in node["status"].get("conditions", []) if one["type"] == "Ready"]
    fresh = since is None or any(datetime.fromisoformat(one["lastHeartbeatTime"]) >= since for one in told)
    ailing = [taint for taint in node["spec"].get("taints", []) if taint["key"] in _AILING]
    return is_ready(node) and fresh and not ailing
