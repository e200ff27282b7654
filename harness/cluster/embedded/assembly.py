"""A cluster while it is being put together: starts its pieces, writes each down, and notices one that ends."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.cluster.embedded.control_plane import ControlPlane
from harness.cluster.embedded.processes import spawn, tail
from harness.cluster.embedded.state import Place, State
from harness.cluster.pieces import Piece, is_alive
from harness.errors import EnvironmentUnfit

__all__ = ["Assembly", "put"]


class Assembly:
    """The cluster's place and its state so far; safe to use from several threads."""

    def __init__(self, place: Place, state: State, progress: Callable[[str], None]) -> None:
        self.place = place
        self.state = place.write(state)
        self.progress = progress
        self._lock = threading.Lock()

    def change(self, **facts: Any) -> None:
        """Write down facts of the state."""
        with self._lock:
            self.state = self.place.write(replace(self.state, **facts))

    def record(self, piece: Piece) -> Piece:
        """Write down a piece that has been started."""
        with self._lock:
            self.state = self.place.write(self.state.with_piece(piece))
        return piece

    def start(
        self,
        name: str,
        command: Sequence[str],
        network: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Piece:
        """Start a process, in the network namespace that the file holds if one is given, and write it down."""
        enter = [] if network is None else ["nsenter", f"--net={network}"]
        return self.record(spawn(name, [*enter, *command], self.state.token, self.place.log(name), environment))

    def start_control_plane(self, plane: ControlPlane, network: Path | None = None) -> None:
        """Start the store and the API server; the server waits for the store by itself."""
        self.start("etcd", plane.etcd(), network)
        self.start("kube-apiserver", plane.kube_apiserver(), network)

    def check(self) -> None:
        """Raise EnvironmentUnfit, with the end of its log, if a piece that was started has ended."""
        for piece in self.state.pieces:
            if not is_alive(piece):
                log = self.place.log(piece.name)
                raise EnvironmentUnfit(
                    f"{piece.name} ended while the cluster was being started",
                    expected="it runs as long as the cluster",
                    observed=tail(log),
                )

    def install(self, programs: Mapping[str, Path]) -> None:
        """Put the programs into the cluster's own folder, where its namespaces find them whatever they hide."""
        for name, path in programs.items():
            put(path, self.place.data / "bin" / name)

    def add_files(self, paths: Iterable[Path], folder: str) -> list[Path]:
        """Put files into a folder of the cluster; returns their paths there."""
        return [put(path, self.place.data / folder / f"{path.parent.name}-{path.name}") for path in paths]


def put(source: Path, target: Path) -> Path:
    """Make the file available at the target as well, without a second copy where the disk allows; returns it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copy2(source, target)  # another file system, or a file that is not ours to link
    return target
