"""Brings up a cluster of real nodes; needs root, for it makes namespaces, mounts, links and cgroups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from harness.cluster.embedded import addons
from harness.cluster.embedded.addresses import Addresses
from harness.cluster.embedded.api import Api
from harness.cluster.embedded.assembly import Assembly
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.certificates import Authority, write_key_pair, write_kubeconfig
from harness.cluster.embedded.control_plane import COMPONENTS, ControlPlane
from harness.cluster.embedded.families import FAMILIES
from harness.cluster.embedded.images import archive, standard_images
from harness.cluster.embedded.network import Fabric
from harness.cluster.embedded.node import Node
from harness.cluster.embedded.sources import Programs
from harness.cluster.embedded.state import Piece, Place, State

__all__ = ["bring_up", "cgroup_names", "fabric_of", "nodes_of"]

_API_PORT, _ETCD_PORT, _PEER_PORT = 6443, 2379, 2380
_API_TIMEOUT_S = 60.0
_NODES_TIMEOUT_S = 90.0
_DNS_TIMEOUT_S = 90.0
_DNS_IMAGE = "registry.k8s.io/coredns/coredns:v1.14.7"
_SHELL_IMAGE = "docker.io/library/busybox:1.37"
_OF_NODES = ("containerd", "containerd-shim-runc-v2", "ctr", "ptp", "loopback", "host-local", "portmap")
_KUBERNETES_OF_NODES = ("kubelet", "kube-proxy")
_DISTRIBUTION = {"runc": ("/usr/sbin/runc", "/usr/bin/runc"), "catatonit": ("/usr/bin/catatonit",)}
_BUSYBOX = ("/bin/busybox", "/usr/bin/busybox")


def fabric_of(place: Place, state: State) -> Fabric:
    """Return the cluster's network."""
    return Fabric(place.networks, Addresses(state.slot), state.nodes)


def nodes_of(place: Place, state: State) -> list[Node]:
    """Return the cluster's nodes, from node-1."""
    addresses = Addresses(state.slot)
    fabric = fabric_of(place, state)
    return [
        Node(
            name=f"node-{number}",
            data=place.data,
            network=fabric.node(number),
            address=addresses.node(number),
            pods=addresses.pods(number),
            slot=addresses.whole,
            dns=addresses.dns_service,
            cgroup=cgroup,
            token=state.token,
        )
        for number, cgroup in enumerate(cgroup_names(state), start=1)
    ]


def cgroup_names(state: State) -> list[str]:
    """Return the name of each node's cgroup; the slot makes it one of a kind on the machine."""
    return [f"statefulspec-{state.name}-{number}" for number in range(1, state.nodes + 1)]


def bring_up(assembly: Assembly, programs: Programs, cache: Cache) -> None:
    """Bring up control plane, nodes, images and DNS side by side; returns when every node and the DNS are ready."""
    found = _find_programs(programs)
    images = _archives(found, programs, cache)
    place, addresses = assembly.place, Addresses(assembly.state.slot)
    fabric, nodes = fabric_of(place, assembly.state), nodes_of(place, assembly.state)
    plane = ControlPlane(
        data=place.data,
        address=addresses.control_plane,
        api_port=_API_PORT,
        etcd_port=_ETCD_PORT,
        peer_port=_PEER_PORT,
        services=addresses.services,
        real_nodes=True,
    )
    assembly.change(server=plane.server)
    assembly.install(found)
    archives = assembly.add_files(images, "images")
    issue_keys(assembly, plane, nodes)
    fabric.create()
    assembly.progress("starting the control plane")
    assembly.start_control_plane(plane, fabric.control_plane)
    with ThreadPoolExecutor(max_workers=len(nodes)) as pool:
        inits = list(pool.map(lambda node: _boot(assembly, node), nodes))
        imports = [pool.submit(_import, assembly, *booted, archives[:1]) for booted in zip(nodes, inits, strict=True)]
        api = Api(plane.server, place.data / "pki")
        api.await_ready(_API_TIMEOUT_S, assembly.check)
        assembly.start("kube-controller-manager", plane.kube_controller_manager(provision=True), fabric.control_plane)
        assembly.start("kube-scheduler", plane.kube_scheduler(), fabric.control_plane)
        assembly.progress(f"starting {len(nodes)} node{'s' if len(nodes) > 1 else ''}")
        for node, init in zip(nodes, inits, strict=True):
            for program in _KUBERNETES_OF_NODES:
                assembly.record(node.start(program, init))
        _apply_addons(api, addresses)
        for done in imports:
            done.result()
        imports = [pool.submit(_import, assembly, *booted, archives[1:]) for booted in zip(nodes, inits, strict=True)]
        _await_nodes(api, len(nodes))
        assembly.progress("waiting for the DNS")
        _await_dns(api)
        for done in imports:
            done.result()
    assembly.check()


def _find_programs(programs: Programs) -> dict[str, Path]:
    found = programs.find((*COMPONENTS, *_OF_NODES, *_KUBERNETES_OF_NODES, "kubectl", "agnhost", "coredns"))
    distribution = {name: _first(paths) for name, paths in (*_DISTRIBUTION.items(), ("busybox", _BUSYBOX))}
    return found | distribution


def _first(paths: tuple[str, ...]) -> Path:
    return next(Path(path) for path in paths if Path(path).exists())


def _archives(found: Mapping[str, Path], programs: Programs, cache: Cache) -> list[Path]:
    kubernetes = next(family for family in FAMILIES if family.name == "kubernetes")
    files = {name: programs.file(kubernetes, name) for name in kubernetes.files}
    needed, of_specifications = standard_images(found, files)
    return [archive(needed, "system", cache), archive(of_specifications, "specifications", cache)]


def issue_keys(assembly: Assembly, plane: ControlPlane, nodes: list[Node]) -> None:
    """Write every certificate, key and kubeconfig of the cluster, and the recycler's pod."""
    place = assembly.place
    keys = place.data / "pki"
    authority = Authority(keys)
    write_key_pair(keys, "service-account")
    names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"]
    own = [plane.address, "127.0.0.1", "localhost", Addresses(assembly.state.slot).api_service]
    authority.issue("etcd", "etcd", addresses=["127.0.0.1", "localhost"])
    authority.issue("kube-apiserver", "kube-apiserver", ["system:masters"], [*names, *own])
    authority.issue("admin", "admin", ["system:masters"])
    for user in ("kube-controller-manager", "kube-scheduler", "kube-proxy"):
        authority.issue(user, f"system:{user}")
        write_kubeconfig(keys / f"{user}.kubeconfig", user, plane.server, authority, user)
    for node in nodes:
        authority.issue(node.name, f"system:node:{node.name}", ["system:nodes"], [node.name, node.address])
        write_kubeconfig(keys / f"{node.name}.kubeconfig", node.name, plane.server, authority, node.name)
    write_kubeconfig(place.kubeconfig, f"statefulspec-{place.name}", plane.server, authority, "admin")
    plane.write_recycler(_SHELL_IMAGE)


def _boot(assembly: Assembly, node: Node) -> Piece:
    node.prepare()
    init = assembly.record(node.boot())
    assembly.record(node.start_containerd(init))
    return init


def _import(assembly: Assembly, node: Node, init: Piece, archives: list[Path]) -> None:
    for path in archives:
        assembly.run(node.import_command(init, path), f"loading images into {node.name}")


def _apply_addons(api: Api, addresses: Addresses) -> None:
    for path, manifest in _addons(addresses):
        api.apply(path, manifest)


def _addons(addresses: Addresses) -> Iterator[addons.Applied]:
    yield addons.storage_class()
    yield from addons.dns_permissions()
    yield from addons.dns_workload(addresses.dns_service, _DNS_IMAGE)


def _await_nodes(api: Api, count: int) -> None:
    api.await_objects(
        "/api/v1/nodes",
        lambda nodes: sum(_is_ready(node) for node in nodes.values()) >= count,
        _NODES_TIMEOUT_S,
        f"{count} ready nodes",
    )


def _await_dns(api: Api) -> None:
    api.await_objects(
        "/api/v1/namespaces/kube-system/pods",
        lambda pods: any(_is_ready(pod) for pod in pods.values()),
        _DNS_TIMEOUT_S,
        "a ready pod of CoreDNS",
    )


def _is_ready(item: Mapping[str, Any]) -> bool:
    conditions = item.get("status", {}).get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
