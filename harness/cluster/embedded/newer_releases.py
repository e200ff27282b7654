"""
The newer releases that the components of a running cluster can be upgraded to, one minor release after the other.

Only programs that are in the cache are offered: to build another Kubernetes takes minutes, which nobody who runs the
features should spend unasked. They lie in the cluster's folder beside those that it was made with.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from harness.api_server import short
from harness.cluster.embedded.assembly import install
from harness.cluster.embedded.families import DEFAULT, Family, family_of, kubernetes_versions
from harness.cluster.embedded.gates import check
from harness.cluster.embedded.state import ClusterPaths, ClusterState
from harness.errors import BadInput

__all__ = ["PROGRAMS", "Stock", "folder_of", "missing_reason", "provide", "refuse_unless_there"]

PROGRAMS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy")
"""What an upgrade changes; etcd, containerd and the DNS stay."""


class Stock(Protocol):
    """Whatever knows which families of programs are made already."""

    def made(self, family: Family) -> Path | None:
        """Return the folder with the programs of a family, None where they would have to be made first."""
        ...


def missing_reason(state: ClusterState, stock: Stock) -> str:
    """Return why a cluster cannot be upgraded, empty where it can be, by one minor release at least."""
    if given := sorted(set(state.given) & set(PROGRAMS)):
        return f"{', '.join(given)} of it was given by path, and a newer one was not"
    newer = _newer(state)
    if not newer:
        return f"Kubernetes {_minor(state)} is the newest release that is pinned here"
    if not stock.made(family_of(PROGRAMS[0], newer[0])):
        built = f"statefulspec cluster build --kubernetes-version={newer[0]}"
        return f"the programs of Kubernetes {newer[0]} are not built yet, which takes minutes: {built}"
    return ""


def provide(paths: ClusterPaths, state: ClusterState, stock: Stock) -> None:
    """
    Have the programs of every newer release that is made, without a hole, in the cluster's folder.

    Raises BadInput where the next one does not take the cluster's feature gates.
    """
    for minor, folder in _made(state, stock):
        try:
            check(folder / PROGRAMS[0], f"v{minor}", state.gates)
        except BadInput:
            if minor == _newer(state)[0]:
                raise
            return
        install({name: folder / name for name in PROGRAMS}, paths.data / _folder(minor))


def folder_of(state: ClusterState, component: str, back: int = 0) -> str:
    """Return the folder of the cluster with the program of a component, `back` upgrades ago."""
    steps = state.upgrades(component) - back
    return _folder(_newer(state)[steps - 1]) if steps > 0 else "bin"


def refuse_unless_there(paths: ClusterPaths, state: ClusterState, component: str) -> None:
    """Raise BadInput for a component that no upgrade changes, and where the next release of it is not at hand."""
    program = component.rpartition("/")[2]
    newer = _newer(state)[state.upgrades(component) :]
    if program not in PROGRAMS:
        raise BadInput(f"{component} is not upgraded with Kubernetes", remedy=f"it can be: {', '.join(PROGRAMS)}")
    if not newer or not (paths.data / _folder(newer[0]) / program).exists():
        wanted = f"Kubernetes {newer[0]}" if newer else "a newer release"
        raise BadInput(
            f"cluster {state.name} has no program of {wanted} to upgrade {component} to",
            remedy="tag the scenario @needs_upgrades; one more release: statefulspec cluster build",
        )


def _made(state: ClusterState, stock: Stock) -> Iterator[tuple[str, Path]]:
    for minor in _newer(state):
        folder = stock.made(family_of(PROGRAMS[0], minor))
        if folder is None:
            return
        yield minor, folder


def _newer(state: ClusterState) -> tuple[str, ...]:
    known = kubernetes_versions()
    return known[known.index(_minor(state)) + 1 :]


def _minor(state: ClusterState) -> str:
    return short(state.kubernetes) or DEFAULT


def _folder(minor: str) -> str:
    return f"releases/{minor}"
