"""A cluster while it is being put together: starts its components, writes each down, and notices one that ends."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.cluster.components import Component, is_alive
from harness.cluster.embedded.checksums import check_sums
from harness.cluster.embedded.control_plane import ControlPlane
from harness.cluster.embedded.processes import spawn, tail
from harness.cluster.embedded.state import ClusterPaths, ClusterState
from harness.errors import EnvironmentUnfit

__all__ = ["Assembly", "install", "put"]


class Assembly:
    """The cluster's paths and its state so far; safe to use from several threads."""

    def __init__(self, paths: ClusterPaths, state: ClusterState, progress: Callable[[str], None]) -> None:
        self.paths = paths
        self.state = paths.write(state)
        self.progress = progress
        self._lock = threading.Lock()

    def change(self, **facts: Any) -> None:
        """Write down facts of the state."""
        with self._lock:
            self.state = self.paths.write(replace(self.state, **facts))

    def record(self, component: Component) -> Component:
        """Write down a component that has been started."""
        with self._lock:
            self.state = self.paths.write(self.state.with_component(component))
        return component

    def start(
        self,
        name: str,
        command: Sequence[str],
        network: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Component:
        """Start a process, in the network namespace that the file holds if one is given, and write it down."""
        enter = [] if network is None else ["nsenter", f"--net={network}"]
        return self.record(spawn(name, [*enter, *command], self.state.token, self.paths.log(name), environment))

    def start_control_plane(self, plane: ControlPlane, network: Path | None = None) -> None:
        """Start the store and the API server; the server waits for the store by itself."""
        self.start("etcd", plane.etcd(), network)
        self.start("kube-apiserver", plane.kube_apiserver(), network)

    def check(self) -> None:
        """Raise EnvironmentUnfit, with the end of its log, if a component that was started has ended."""
        for component in self.state.components:
            if not is_alive(component):
                log = self.paths.log(component.name)
                raise EnvironmentUnfit(
                    f"{component.name} ended while the cluster was being started",
                    expected="it runs as long as the cluster",
                    observed=tail(log),
                )

    def install(self, programs: Mapping[str, Path]) -> None:
        """Put the programs into the cluster's own folder, where its namespaces find them whatever they hide."""
        install(programs, self.paths.data / "bin")

    def add_files(self, paths: Iterable[Path], folder: str) -> list[Path]:
        """Put files into a folder of the cluster; returns their paths there."""
        return [put(path, self.paths.data / folder / f"{path.parent.name}-{path.name}") for path in paths]


def install(programs: Mapping[str, Path], folder: Path) -> None:
    """
    Put those of the programs into a folder that are not there yet.

    Raises EnvironmentUnfit, before any of them has run, where one is not what was made.
    """
    missing = {name: path for name, path in programs.items() if not (folder / name).exists()}
    check_sums(missing.values())
    for name, path in missing.items():
        put(path, folder / name)


def put(source: Path, target: Path) -> Path:
    """Make the file available at the target as well, without a second copy where the disk allows; returns it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copy2(source, target)  # another file system, or a file that is not ours to link
    return target
