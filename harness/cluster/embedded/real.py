"""Brings up a cluster of real nodes; needs root, for it makes namespaces, mounts, links and cgroups."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness import timeouts
from harness.cluster.components import Component
from harness.cluster.embedded import addons, host, opened
from harness.cluster.embedded.addresses import Addresses
from harness.cluster.embedded.assembly import Assembly, put
from harness.cluster.embedded.bootstrap import BootstrapApi, is_ready
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.control_plane import COMPONENTS, ControlPlane
from harness.cluster.embedded.credentials import issue_credentials
from harness.cluster.embedded.host import distribution_program
from harness.cluster.embedded.images import DNS_IMAGE, SHELL_IMAGE, archive, specification_images, system_images
from harness.cluster.embedded.network import ClusterNetwork
from harness.cluster.embedded.node import Node
from harness.cluster.embedded.node_settings import IN_NODE
from harness.cluster.embedded.processes import kept
from harness.cluster.embedded.sources import Programs
from harness.cluster.embedded.state import ClusterPaths, ClusterState

__all__ = [
    "NODE_PROGRAMS",
    "await_dns",
    "bring_up",
    "cgroup_names",
    "command_of",
    "fabric_of",
    "load_image",
    "nodes_of",
    "plane_of",
    "prepare",
]

_API_PORT, _ETCD_PORT, _PEER_PORT = 6443, 2379, 2380
"""The ports that kubeadm gives them: the cluster is alone in its network namespace."""
_OF_NODES = ("containerd", "containerd-shim-runc-v2", "ctr", "ptp", "loopback", "host-local", "portmap")
NODE_PROGRAMS = ("kubelet", "kube-proxy")
_OF_SHELL = ("sh", "mkdir", "grep", "find", "mount", "umount", "nsenter", "nft", "ip", "tc")
_OF_DISTRIBUTION = ("runc", "catatonit", "busybox", *_OF_SHELL)
"""
What a node has of the machine: besides these only the shared libraries that they need.

Its shell is not busybox, which would take applets of its own for `ip` and `tc`.
"""
_USERS = {name: f"system:{name}" for name in ("kube-controller-manager", "kube-scheduler", "kube-proxy")}


def fabric_of(paths: ClusterPaths, state: ClusterState) -> ClusterNetwork:
    """Return the cluster's network."""
    return ClusterNetwork(paths.networks, Addresses(state.slot), state.nodes)


def nodes_of(paths: ClusterPaths, state: ClusterState) -> list[Node]:
    """Return the cluster's nodes, from node-1; they are in two zones by turns."""
    addresses = Addresses(state.slot)
    fabric = fabric_of(paths, state)
    return [
        Node(
            name=f"node-{number}",
            zone=f"zone-{2 - number % 2}",
            data=paths.data,
            network=fabric.node(number),
            address=addresses.node(number),
            pods=addresses.pods(number),
            slot=addresses.whole,
            dns=addresses.dns_service,
            cgroup=cgroup,
            token=state.token,
            gates=state.gates,
        )
        for number, cgroup in enumerate(cgroup_names(state), start=1)
    ]


def plane_of(paths: ClusterPaths, state: ClusterState, programs: str = "bin") -> ControlPlane:
    """Return the cluster's control plane, with the programs of a folder of the cluster's."""
    addresses = Addresses(state.slot)
    return ControlPlane(
        data=paths.data,
        address=addresses.control_plane,
        api_port=_API_PORT,
        etcd_port=_ETCD_PORT,
        peer_port=_PEER_PORT,
        services=addresses.services,
        api_service=addresses.api_service,
        real_nodes=True,
        gates=state.gates,
        programs=programs,
    )


def command_of(plane: ControlPlane, component: str) -> list[str]:
    """
    Return the command of one of COMPONENTS in a cluster of real nodes.

    The scheduler and the controller manager rather end than go on with what they doubt, which a restart of the API
    server makes them do: they are started again, as a kubelet does that with static pods.
    """
    commands: dict[str, Callable[[], list[str]]] = {
        "etcd": plane.etcd,
        "kube-apiserver": plane.kube_apiserver,
        "kube-controller-manager": lambda: kept(plane.kube_controller_manager(provision=True)),
        "kube-scheduler": lambda: kept(plane.kube_scheduler()),
    }
    return commands[component]()


def cgroup_names(state: ClusterState) -> list[str]:
    """Return the name of each node's cgroup; the slot makes it one of a kind on the machine."""
    return [f"statefulspec-{state.name}-{number}" for number in range(1, state.nodes + 1)]


def prepare(programs: Programs, cache: Cache) -> tuple[dict[str, Path], list[Path]]:
    """Return every program by name, and the archives of images: first those that the cluster itself needs."""
    found = _find_programs(programs)
    return found, _archives(found, programs, cache)


def bring_up(assembly: Assembly, programs: Programs, cache: Cache) -> None:
    """Bring up control plane, nodes, images and DNS side by side; returns when every node and the DNS are ready."""
    found, images = prepare(programs, cache)
    paths, addresses = assembly.paths, Addresses(assembly.state.slot)
    fabric, nodes = fabric_of(paths, assembly.state), nodes_of(paths, assembly.state)
    plane = plane_of(paths, assembly.state)
    assembly.change(server=plane.server)
    assembly.install(found)
    archives = assembly.add_files(images, "images")
    addresses_of_nodes = {node.name: node.address for node in nodes}
    issue_credentials(plane, f"statefulspec-{paths.name}", paths.kubeconfig, _USERS, addresses_of_nodes)
    plane.write_recycler(SHELL_IMAGE)
    fabric.create()
    assembly.progress("starting the control plane")
    assembly.start_control_plane(plane, fabric.control_plane)
    with ThreadPoolExecutor(max_workers=len(nodes)) as pool:
        inits = list(pool.map(lambda node: _boot(assembly, node), nodes))
        imports = [pool.submit(_import, *booted, archives[:1]) for booted in zip(nodes, inits, strict=True)]
        api = BootstrapApi(plane.server, paths.data / "pki")
        api.await_ready(timeouts.API_SERVER.s, assembly.check)
        _open_volumes(assembly)
        for component in ("kube-controller-manager", "kube-scheduler"):
            assembly.start(component, command_of(plane, component), fabric.control_plane)
        assembly.progress(f"starting {len(nodes)} node{'s' if len(nodes) > 1 else ''}")
        for node, init in zip(nodes, inits, strict=True):
            for program in NODE_PROGRAMS:
                assembly.record(node.start(program, init))
        _apply_addons(api, addresses)
        for done in imports:
            done.result()
        imports = [pool.submit(_import, *booted, archives[1:]) for booted in zip(nodes, inits, strict=True)]
        _await_nodes(api, len(nodes), assembly.check)
        assembly.progress("waiting for the DNS")
        await_dns(api, assembly.check)
        for done in imports:
            done.result()
    assembly.check()


def load_image(paths: ClusterPaths, state: ClusterState, archive: Path) -> None:
    """Load an archive into the image store of every node of a running cluster."""
    shared = put(archive, paths.data / "images" / f"loading-{os.getpid()}-{archive.name}")
    booted = [(node, init) for node in nodes_of(paths, state) if (init := state.component(node.name)) is not None]
    try:
        with ThreadPoolExecutor(max_workers=len(booted)) as pool:
            for done in [pool.submit(_import, node, init, [shared]) for node, init in booted]:
                done.result()
    finally:
        shared.unlink()


def _find_programs(programs: Programs) -> dict[str, Path]:
    found = programs.find((*COMPONENTS, *_OF_NODES, *NODE_PROGRAMS, "kubectl", "agnhost", "coredns"))
    distribution = {name: distribution_program(name) for name in _OF_DISTRIBUTION}
    return found | {name: path for name, path in distribution.items() if path}


def _archives(found: Mapping[str, Path], programs: Programs, cache: Cache) -> list[Path]:
    needed, wanted = system_images(found), specification_images(found, programs.files("kubernetes"))
    return [archive(needed, "system", cache), archive(wanted, "specifications", cache)]


def _boot(assembly: Assembly, node: Node) -> Component:
    node.prepare()
    init = assembly.record(node.boot())
    assembly.record(node.start_containerd(init))
    return init


def _import(node: Node, init: Component, archives: list[Path]) -> None:
    for path in archives:
        host.run(node.import_command(init, path), f"loading images into {node.name}", environment=IN_NODE)


def _open_volumes(assembly: Assembly) -> None:
    """Have the folders of volumes opened to all users as soon as they are made."""
    folder = assembly.paths.data / "volumes" / "hostpath_pv"
    folder.mkdir(parents=True, exist_ok=True)
    assembly.start("volumes", [sys.executable, "-I", "-S", str(Path(opened.__file__).resolve()), str(folder)])


def _apply_addons(api: BootstrapApi, addresses: Addresses) -> None:
    for path, manifest in _addons(addresses):
        api.apply(path, manifest)


def _addons(addresses: Addresses) -> Iterator[addons.Applied]:
    yield addons.storage_class()
    yield from addons.claim_permissions()
    yield from addons.dns_permissions()
    yield from addons.dns_workload(addresses.dns_service, DNS_IMAGE)


def _await_nodes(api: BootstrapApi, count: int, still_alive: Callable[[], None]) -> None:
    api.await_objects(
        "/api/v1/nodes",
        lambda nodes: sum(is_ready(node) for node in nodes.values()) >= count,
        timeouts.NODES.s,
        f"{count} ready nodes",
        still_alive,
    )


def await_dns(api: BootstrapApi, still_alive: Callable[[], None]) -> None:
    """Return when a pod of CoreDNS is ready; raises EnvironmentUnfit after 90 s, and what `still_alive` raises."""
    api.await_objects(
        "/api/v1/namespaces/kube-system/pods",
        lambda pods: any(is_ready(pod) for pod in pods.values()),
        timeouts.DNS.s,
        "a ready pod of CoreDNS",
        still_alive,
    )
