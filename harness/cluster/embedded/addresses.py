"""
The addresses of one cluster.

All lie in 198.18.0.0/15, which RFC 2544 sets aside for testing networks, so that they are nobody's own. A slot is eight
/24 blocks: fabric, services, then one block of pods for each node; a cluster takes a whole slot.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

__all__ = ["MAXIMUM_NODES", "SLOTS", "Addresses"]

SLOTS = 64
"""Clusters that one machine can have at once: the range has 512 networks of 256 addresses, and each takes eight."""
MAXIMUM_NODES = 5
"""Each has one of a slot's eight networks, beside that of the fabric and that of the services."""
_RANGE = ipaddress.ip_network("198.18.0.0/15")
_PREFIX = 24
"""Bits of a network: 256 addresses, as kubeadm gives each node for its pods."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of the cluster in one slot (0 to 63); nodes count from 1."""

    slot: int

    def _block(self, index: int) -> ipaddress.IPv4Network:
        first = int(_RANGE.network_address) + (self.slot * 8 + index) * 256
        return ipaddress.IPv4Network((first, _PREFIX))

    @property
    def whole(self) -> str:
        """The slot as one network."""
        return f"{self._block(0).network_address}/21"

    @property
    def fabric(self) -> str:
        """The network that joins host, control plane and nodes."""
        return str(self._block(0))

    @property
    def host(self) -> str:
        """The host's address in the fabric."""
        return str(self._block(0)[1])

    @property
    def control_plane(self) -> str:
        """The API server's address in the fabric."""
        return str(self._block(0)[2])

    def node(self, number: int) -> str:
        """Return the address of a node in the fabric."""
        return str(self._block(0)[10 + number])

    def pods(self, number: int) -> str:
        """Return the network of a node's pods."""
        return str(self._block(1 + number))

    @property
    def services(self) -> str:
        """The network of service addresses."""
        return str(self._block(1))

    @property
    def api_service(self) -> str:
        """The address of the service `kubernetes`."""
        return str(self._block(1)[1])

    @property
    def dns_service(self) -> str:
        """The address of the service `kube-dns`."""
        return str(self._block(1)[10])
