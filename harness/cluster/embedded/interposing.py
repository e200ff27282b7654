"""
Puts a go-between before every program of a running cluster that is a client of the API server.

Problem: one that is always there would stand between every run and the server, for the few scenarios that need it.
Solution: it comes when the first of these was collected. The programs are started anew, and told another address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import timeouts
from harness.cluster.embedded import addons, fake, real
from harness.cluster.embedded.addresses import Addresses
from harness.cluster.embedded.assembly import install
from harness.cluster.embedded.bootstrap import BootstrapApi
from harness.cluster.embedded.control_plane import ControlPlane
from harness.cluster.embedded.go_between import GoBetween
from harness.cluster.embedded.images import DNS_IMAGE
from harness.cluster.embedded.locking import locked
from harness.cluster.embedded.process_outages import outages_of, start_anew, state_of
from harness.cluster.embedded.processes import spawn
from harness.cluster.embedded.state import ClusterPaths, ClusterState

__all__ = ["is_steered", "put_between"]

_FIRST_PORT = 7443
"""In the network of the control plane, which is the cluster's own, nothing else listens."""
_DNS = "coredns"


@dataclass(frozen=True, slots=True)
class _Client:
    """
    A client of the API server; `user` names its pair of files, empty where it has a token.

    `kubeconfig` is the file of its own that tells it the server's address, None where its environment does.
    """

    program: str
    user: str
    kubeconfig: Path | None


def put_between(paths: ClusterPaths, program: Path) -> None:
    """
    Return when every client of the cluster's API server has a go-between, and the cluster is well.

    At once where they have it. `program` is the go-between's. Raises EnvironmentUnfit where one of them fails.
    """
    with locked(paths.lock):
        state = paths.read()
        if state is None or is_steered(state):
            return
        install({"go-between": program}, paths.data / "bin")
        (paths.data / "go-between").mkdir(exist_ok=True)
        plane = fake.plane_of(paths, state) if state.kind == "fake" else real.plane_of(paths, state)
        clients = list(_clients(paths, state))
        ports = (
            fake.free_ports(len(clients)) if state.kind == "fake" else range(_FIRST_PORT, _FIRST_PORT + len(clients))
        )
        for client, port in zip(clients, ports, strict=True):
            _put_before(paths, plane, client, f"{plane.address}:{port}")
            _lead_through(paths, plane, client, f"{plane.address}:{port}")
    outages_of(paths).await_well()


def is_steered(state: ClusterState) -> bool:
    """Return whether the programs of a cluster have go-betweens."""
    return any(component.name.startswith("go-between-") for component in state.components)


def _clients(paths: ClusterPaths, state: ClusterState) -> Iterator[_Client]:
    keys = paths.data / "pki"
    for name in ("kube-controller-manager", "kube-scheduler"):
        yield _Client(name, name, keys / f"{name}.kubeconfig")
    if state.kind == "fake":
        yield _Client(_DNS, _DNS, keys / f"{_DNS}.kubeconfig")
        return
    yield _Client(_DNS, "", None)
    for node in real.nodes_of(paths, state):
        yield _Client(f"{node.name}/kubelet", node.name, keys / f"{node.name}.kubeconfig")
        yield _Client(f"{node.name}/kube-proxy", "kube-proxy", keys / f"{node.name}-kube-proxy.kubeconfig")


def _put_before(paths: ClusterPaths, plane: ControlPlane, client: _Client, address: str) -> None:
    """Start the go-between of a program; returns when it takes connections."""
    state = state_of(paths)
    between = GoBetween(paths, client.program)
    enter = [] if state.kind == "fake" else ["nsenter", f"--net={real.fabric_of(paths, state).control_plane}"]
    command = [*enter, *between.command(plane, client.user, address)]
    component = spawn(between.name, command, state.token, paths.log(between.name))
    paths.write(state.with_component(component))
    between.await_ready()


def _lead_through(paths: ClusterPaths, plane: ControlPlane, client: _Client, address: str) -> None:
    """Have a program ask its go-between from now on; it is started anew for that."""
    if client.kubeconfig is None:
        api = BootstrapApi(plane.server, paths.data / "pki")
        for path, manifest in addons.dns_workload(Addresses(state_of(paths).slot).dns_service, DNS_IMAGE, address):
            api.apply(path, manifest)
        _await_rollout(api)
    else:
        text = client.kubeconfig.read_text(encoding="utf-8")
        client.kubeconfig.write_text(text.replace(plane.server, f"https://{address}"), encoding="utf-8")
        start_anew(paths, client.program)


def _await_rollout(api: BootstrapApi) -> None:
    """Return when the pods of CoreDNS that ask the server themselves have gone."""

    def is_through(deployments: Mapping[str, Mapping[str, Any]]) -> bool:
        found = deployments.get(_DNS)
        if found is None:
            return False
        told = found.get("status", {})
        counts = {told.get(f"{which}eplicas", 0) for which in ("r", "updatedR", "availableR")}
        return told.get("observedGeneration") == found["metadata"]["generation"] and counts == {1}

    path = "/apis/apps/v1/namespaces/kube-system/deployments"
    api.await_objects(path, is_through, timeouts.DNS.s, "CoreDNS behind its go-between")
