"""
The fabric of a cluster: network namespaces joined by one bridge that lives in a namespace of its own.

The host gets one interface with one address in the fabric's block; its firewall and its routes are not touched.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from harness.cluster.embedded import host
from harness.cluster.embedded.addresses import Addresses
from harness.errors import EnvironmentUnfit

__all__ = ["ClusterNetwork"]

_BRIDGE = "fabric"
_PORT = "eth0"


@dataclass(frozen=True, slots=True)
class ClusterNetwork:
    """The network of one cluster; `folder` holds one file for each namespace, `nodes` says how many there are."""

    folder: Path
    addresses: Addresses
    nodes: int

    @property
    def host_link(self) -> str:
        """The name of the one interface on the host."""
        return f"sspec{self.addresses.slot}"

    @property
    def control_plane(self) -> Path:
        """The namespace of the control plane."""
        return self.folder / "control-plane"

    def node(self, number: int) -> Path:
        """Return the namespace of a node."""
        return self.folder / f"node-{number}"

    def create(self) -> None:
        """Make namespaces, bridge, links, addresses and routes; raises EnvironmentUnfit if the kernel refuses one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        bridge = self.folder / "fabric"
        for namespace in (bridge, self.control_plane, *map(self.node, range(1, self.nodes + 1))):
            namespace.touch()
            _run(["unshare", f"--net={namespace}", "true"])
        _ip(bridge, f"link add {_BRIDGE} type bridge forward_delay 0", f"link set {_BRIDGE} up")
        self._join_host(bridge)
        self._join(bridge, self.control_plane, "cp", self.addresses.control_plane)
        for number in range(1, self.nodes + 1):
            self._join(bridge, self.node(number), f"n{number}", self.addresses.node(number))
            _ip(self.node(number), f"route add {self.addresses.services} dev {_PORT}")
            _run(["nsenter", f"--net={self.node(number)}", "sysctl", "-q", "-w", "net.ipv4.ip_forward=1"])
        self._add_routes()

    def _join_host(self, bridge: Path) -> None:
        _ip(bridge, f"link add host type veth peer name {self.host_link} netns /proc/{os.getpid()}/ns/net")
        _ip(bridge, f"link set host master {_BRIDGE} up")
        _ip(None, f"addr add {self.addresses.host}/24 dev {self.host_link}", f"link set {self.host_link} up")

    def _join(self, bridge: Path, namespace: Path, port: str, address: str) -> None:
        _ip(bridge, f"link add {port} type veth peer name {_PORT} netns {namespace}")
        _ip(bridge, f"link set {port} master {_BRIDGE} up")
        _ip(namespace, "link set lo up", f"addr add {address}/24 dev {_PORT}", f"link set {_PORT} up")

    def _add_routes(self) -> None:
        routes = {
            n: f"route add {self.addresses.pods(n)} via {self.addresses.node(n)}" for n in range(1, self.nodes + 1)
        }
        _ip(self.control_plane, *routes.values())
        for number in routes:
            others = [route for other, route in routes.items() if other != number]
            if others:
                _ip(self.node(number), *others)

    def cut_off(self, number: int) -> None:
        """Let no packet reach or leave a node any more, but those from one of its own pods to another."""
        _ip(self.folder / "fabric", f"link set n{number} down")

    def join_again(self, number: int) -> None:
        """Let packets reach and leave a node again; its addresses and routes have stayed."""
        _ip(self.folder / "fabric", f"link set n{number} up")

    def forget_pods(self, number: int) -> None:
        """
        Remove the packet filter's rules, and the links of pods with their routes, from a node, as its reboot does.

        The kernel removes a pod's link some time after its last process has ended, and with it the route to an address
        that a new pod may have been given meanwhile: so none is left to it.
        """
        enter = ["nsenter", f"--net={self.node(number)}"]
        _run([*enter, "nft", "flush", "ruleset"])
        gone = "\n".join(f"link del {link}" for link in self._pod_links(number))
        # One that the kernel removes at the same moment is not there to be removed: what counts is what is left.
        host.ask([*enter, "ip", "-force", "-batch", "-"], gone)
        if left := self._pod_links(number):
            raise EnvironmentUnfit(f"node-{number} still has links of pods that ended", observed=", ".join(left))

    def _pod_links(self, number: int) -> list[str]:
        told = _run(["nsenter", f"--net={self.node(number)}", "ip", "-json", "link", "show", "type", "veth"])
        return [link["ifname"] for link in json.loads(told or "[]") if link["ifname"] != _PORT]

    def remove(self) -> None:
        """Remove whatever of the fabric exists; nothing on the host is left of it."""
        if _exists(self.host_link):
            _ip(None, f"link del {self.host_link}")
        if self.folder.is_dir():
            for namespace in self.folder.iterdir():
                if os.path.ismount(namespace):
                    _run(["umount", "--lazy", str(namespace)])
                namespace.unlink()
            self.folder.rmdir()


def _exists(link: str) -> bool:
    return Path("/sys/class/net", link).exists()


def _ip(namespace: Path | None, *commands: str) -> None:
    enter = [] if namespace is None else ["nsenter", f"--net={namespace}"]
    _run([*enter, "ip", "-batch", "-"], "\n".join(commands))


def _run(command: list[str], text: str = "") -> str:
    return host.run(command, "making or changing the cluster's network", text)
