"""
What can be made to fail of a running cluster of real nodes, and brought back: a piece of it, a node, a node's network.

Problem: whoever makes something fail may be killed before it is mended. Solution: each outage is written into the
cluster's state before it is done; one whose maker has ended is mended by the next who attaches to the cluster.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from harness.cluster.embedded import host, processes, real
from harness.cluster.embedded.api import Api, is_ready
from harness.cluster.embedded.control_plane import COMPONENTS
from harness.cluster.embedded.locking import locked
from harness.cluster.embedded.node import Node
from harness.cluster.embedded.node_settings import IN_NODE
from harness.cluster.embedded.processes import is_alive, spawn, tail
from harness.cluster.embedded.state import How, Outage, Piece, Place, State
from harness.errors import BadInput, EnvironmentUnfit

__all__ = ["Outages"]

_SERVER = "kube-apiserver"
_SERVER_TIMEOUT_S = 120.0
_WELL_TIMEOUT_S = 90.0
_AILING = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


class Outages:
    """
    The outages of one cluster, made and mended by the user who started it; safe to use from several processes.

    A piece is called as in the cluster's state: `kube-scheduler`, `node-1/kubelet`. Every method raises BadInput for a
    piece or node that there is not, or that is out already, and EnvironmentUnfit where the machine refuses.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._nodes_touched: datetime | None = None

    def stop(self, piece: str) -> None:
        """Kill a piece; it is gone when this returns, and nobody starts it again."""
        with self._outage(piece, "stopped") as state:
            processes.end(_piece(state, piece))

    def freeze(self, piece: str) -> None:
        """Halt a piece where it stands, connections and all."""
        with self._outage(piece, "frozen") as state:
            processes.freeze(_piece(state, piece))

    def switch_off(self, node: str) -> None:
        """End everything that runs on a node at once, as a power cut does; what it has on its disk stays."""
        with self._outage(node, "off") as state:
            real.fabric_of(self._place, state).cut_off(_number(state, node))
            for piece in [*_pieces_of(state, node), _piece(state, node)]:
                processes.end(piece)

    def cut_off(self, node: str) -> None:
        """Let no packet reach or leave a node; all that runs there goes on."""
        with self._outage(node, "cut off") as state:
            real.fabric_of(self._place, state).cut_off(_number(state, node))

    def restart(self, piece: str) -> None:
        """Kill a piece and start it anew; an API server answers again when this returns."""
        self.stop(piece)
        self.restore(piece)

    def kill_container(self, node: str, container: str) -> None:
        """Kill the first process of a container, known by its id, with SIGKILL; raises where there is none."""
        state = self._state()
        booted = _node(self._place, state, node)
        command = booted.kill_command(_piece(state, node), container)
        host.run(command, f"killing container {container} on {node}", environment=IN_NODE)

    def restore(self, what: str) -> None:
        """Undo all outages of a piece or node, the newest first; nothing happens where there is none."""
        self._undo(lambda outage: outage.what == what)

    def mend(self, *, left_behind: bool = False) -> list[str]:
        """
        Undo all outages of this process, or with `left_behind` those whose maker has ended; return what they were of.

        What was left behind is mended when this returns: the cluster is well again.
        """
        if not left_behind:
            return self._undo(lambda outage: outage.by.pid == os.getpid())
        mended = self._undo(lambda outage: not is_alive(outage.by))
        if mended:
            self.await_well()
        return mended

    def await_well(self) -> None:
        """
        Return when the API server answers, every node is ready and CoreDNS is.

        Raises EnvironmentUnfit after 90 s, and at once, with the end of its log, where a piece has ended since.

        A node counts as ready if it has said so since the last outage of a node or of the API server was undone.
        """
        state = self._state()
        api = Api(state.server, self._place.data / "pki")
        api.await_ready(_SERVER_TIMEOUT_S, lambda: None)
        since = self._nodes_touched

        def all_well(nodes: Mapping[str, Mapping[str, Any]]) -> bool:
            self._check_pieces()
            return len(nodes) >= state.nodes and all(_is_well(node, since) for node in nodes.values())

        api.await_objects("/api/v1/nodes", all_well, _WELL_TIMEOUT_S, f"{state.nodes} ready nodes")
        real.await_dns(api)

    @contextmanager
    def _outage(self, what: str, how: How) -> Iterator[State]:
        with locked(self._place.lock):
            state = self._state()
            if how in ("off", "cut off"):
                _number(state, what)
            else:
                _program(state, what)
            if state.is_out(what):
                raise BadInput(f"{what} is out already", remedy="let it come back before it fails again")
            outage = Outage(what, how, processes.piece_of("maker", os.getpid()))
            yield self._place.write(replace(state, outages=(*state.outages, outage)))

    def _undo(self, chosen: Callable[[Outage], bool]) -> list[str]:
        if not any(map(chosen, self._state().outages)):
            return []
        with locked(self._place.lock):
            outages = [outage for outage in reversed(self._state().outages) if chosen(outage)]
            for outage in outages:
                self._undo_one(outage)
                state = self._state()
                left = tuple(one for one in state.outages if one != outage)
                self._place.write(replace(state, outages=left))
        return [outage.what for outage in outages]

    def _undo_one(self, outage: Outage) -> None:
        state = self._state()
        if outage.how == "frozen":
            processes.thaw(_piece(state, outage.what))
        elif outage.how == "stopped":
            self._start(outage.what)
        else:
            real.fabric_of(self._place, state).join_again(_number(state, outage.what))
            if outage.how == "off":
                self._boot(outage.what)
        if outage.what == _SERVER:
            Api(state.server, self._place.data / "pki").await_ready(_SERVER_TIMEOUT_S, self._check_server)
        if outage.what not in COMPONENTS or outage.what == _SERVER:
            self._nodes_touched = datetime.now(UTC)

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
        state = self._place.read()
        if state is None:
            raise EnvironmentUnfit(f"cluster {self._place.name} is gone", look_at=("statefulspec cluster status",))
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
