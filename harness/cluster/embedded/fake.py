"""
Brings up a cluster of fake nodes, as any user: the real control plane and CoreDNS on loopback, kwok in place of nodes.

Pods become Running and Ready, are scheduled, ordered, revised and deleted as ever, but nothing of them is executed.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from harness import timeouts
from harness.cluster.embedded import addons, host
from harness.cluster.embedded.addresses import Addresses
from harness.cluster.embedded.answering import await_answer
from harness.cluster.embedded.assembly import Assembly
from harness.cluster.embedded.bootstrap import BootstrapApi, is_ready
from harness.cluster.embedded.control_plane import COMPONENTS, ControlPlane
from harness.cluster.embedded.credentials import issue_credentials
from harness.cluster.embedded.images import SHELL_IMAGE
from harness.cluster.embedded.sources import Programs
from harness.cluster.embedded.state import ClusterPaths, ClusterState

__all__ = ["await_dns", "bring_up", "command_of", "free_ports", "plane_of", "prepare"]

_LOOPBACK = "127.0.0.1"
_ADDRESSES = Addresses(63)
"""Addresses that pods and services have on paper; no packet is ever sent to one."""
_USERS = {
    "kube-controller-manager": "system:kube-controller-manager",
    "kube-scheduler": "system:kube-scheduler",
    "coredns": "system:coredns",
}

_ENDING = "  delay: {durationMilliseconds: 200}\n"
"""
How long a pod takes to end, 200 ms: kwok 0.8.0 (pod_controller.go, line 180) deletes by name alone, and a second time
when it is told of its own deletion. Without a delay that one may come so late that it hits the pod's successor; with
one, it is given up as soon as the pod is seen to be gone.
"""


def prepare(programs: Programs) -> dict[str, Path]:
    """Return every program by name."""
    return programs.find((*COMPONENTS, "kubectl", "coredns", "kwok"))


def bring_up(assembly: Assembly, programs: Programs) -> None:
    """Bring up control plane, fake nodes and DNS; returns when every node is ready and the DNS answers."""
    paths, count = assembly.paths, assembly.state.nodes
    assembly.change(ports=tuple(free_ports(5)))
    plane, dns_port = plane_of(paths, assembly.state), assembly.state.ports[3]
    lacking = {} if _can_mount() else {"needs_dynamic_volumes": "this machine gives ordinary users no mount namespace"}
    assembly.change(server=plane.server, dns=f"{_LOOPBACK}:{dns_port}", missing=lacking)
    assembly.install(prepare(programs))
    (paths.data / "volumes").mkdir()
    issue_credentials(plane, f"statefulspec-{paths.name}", paths.kubeconfig, _USERS, nodes={})
    plane.write_recycler(SHELL_IMAGE)
    assembly.progress("starting the control plane")
    assembly.start_control_plane(plane)
    api = BootstrapApi(plane.server, paths.data / "pki")
    api.await_ready(timeouts.API_SERVER.s, assembly.check)
    for component in ("kube-controller-manager", "kube-scheduler"):
        assembly.start(component, command_of(paths, assembly.state, component))
    assembly.progress(f"starting {count} fake node{'s' if count > 1 else ''}")
    for path, manifest in (addons.storage_class(), *addons.dns_permissions()):
        api.apply(path, manifest)
    _start_nodes(assembly, programs, api)
    _start_dns(assembly)
    awaited = f"{count} ready nodes"
    enough = lambda nodes: sum(map(is_ready, nodes.values())) >= count  # noqa: E731
    api.await_objects("/api/v1/nodes", enough, timeouts.NODES.s, awaited, assembly.check)
    await_dns(assembly.state, assembly.check)


def command_of(paths: ClusterPaths, state: ClusterState, component: str) -> list[str]:
    """Return the command of one of COMPONENTS, or of CoreDNS, in a cluster of fake nodes."""
    plane = plane_of(paths, state)
    provision = "needs_dynamic_volumes" not in state.missing
    commands: dict[str, Callable[[], list[str]]] = {
        "etcd": plane.etcd,
        "kube-apiserver": plane.kube_apiserver,
        "kube-controller-manager": lambda: plane.kube_controller_manager(provision=provision),
        "kube-scheduler": plane.kube_scheduler,
        "coredns": lambda: [f"{paths.data}/bin/coredns", "-conf", f"{paths.data}/Corefile"],
    }
    return commands[component]()


def await_dns(state: ClusterState, still_alive: Callable[[], None]) -> None:
    """Return when CoreDNS is ready; raises EnvironmentUnfit after 90 s, and what `still_alive` raises."""
    await_answer(f"http://{_LOOPBACK}:{state.ports[4]}/ready", "CoreDNS", timeouts.DNS.s, still_alive)


def plane_of(paths: ClusterPaths, state: ClusterState) -> ControlPlane:
    """Return the cluster's control plane."""
    api_port, etcd_port, peer_port, *_ = state.ports
    return ControlPlane(
        data=paths.data,
        address=_LOOPBACK,
        api_port=api_port,
        etcd_port=etcd_port,
        peer_port=peer_port,
        services=_ADDRESSES.services,
        api_service=_ADDRESSES.api_service,
        real_nodes=False,
        gates=state.gates,
    )


def _start_nodes(assembly: Assembly, programs: Programs, api: BootstrapApi) -> None:
    stages = {name: path.read_text() for name, path in programs.files("kwok").items()}
    stages["pod-delete.yaml"] = stages["pod-delete.yaml"].replace("\nspec:\n", f"\nspec:\n{_ENDING}", 1)
    config = assembly.paths.data / "kwok.yaml"
    config.write_text("\n---\n".join(stages.values()))
    # kwok speaks to the API server as the administrator: it plays every node and the kubelet of each.
    command = [
        f"{assembly.paths.data}/bin/kwok",
        f"--kubeconfig={assembly.paths.kubeconfig}",
        f"--config={config}",
        "--manage-all-nodes",
        f"--cidr={_ADDRESSES.pods(1)}",
        f"--node-ip={_ADDRESSES.node(1)}",
        "--node-lease-duration-seconds=40",
    ]
    assembly.start("kwok", command)
    for number in range(1, assembly.state.nodes + 1):
        name = f"node-{number}"
        labels = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "type": "kwok"}
        api.apply(
            f"/api/v1/nodes/{name}",
            {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}},
        )


def _start_dns(assembly: Assembly) -> None:
    config = assembly.paths.data / "Corefile"
    *_, port, ready_port = assembly.state.ports
    kubeconfig = f"{assembly.paths.data}/pki/coredns.kubeconfig"
    config.write_text(addons.corefile(_LOOPBACK, port, ready_port, kubeconfig))
    assembly.start("coredns", command_of(assembly.paths, assembly.state, "coredns"))


def _can_mount() -> bool:
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    probe = ["unshare", *user, "--mount", "sh", "-c", "mount --bind /tmp /mnt"]
    return Path("/mnt").is_dir() and host.ask(probe).returncode == 0


def free_ports(count: int) -> list[int]:
    """Return ports of loopback on which nothing listens."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((_LOOPBACK, 0))
        return [int(each.getsockname()[1]) for each in sockets]
