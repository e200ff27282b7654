"""No two clusters, and nothing of one cluster, share an address."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_address
from itertools import combinations

from harness.cluster.embedded.addresses import MAXIMUM_NODES, SLOTS, Addresses


def test_slots_fill_the_range_for_tests_without_overlap() -> None:
    slots = [IPv4Network(Addresses(slot).whole) for slot in range(SLOTS)]
    assert all(slot.subnet_of(IPv4Network("198.18.0.0/15")) for slot in slots)
    assert not any(one.overlaps(other) for one, other in combinations(slots, 2))


def test_a_slot_s_networks_do_not_overlap() -> None:
    addresses = Addresses(5)
    networks = [addresses.fabric, addresses.services, *map(addresses.pods, range(1, MAXIMUM_NODES + 1))]
    parsed = [IPv4Network(network) for network in networks]
    assert all(network.subnet_of(IPv4Network(addresses.whole)) for network in parsed)
    assert not any(one.overlaps(other) for one, other in combinations(parsed, 2))


def test_every_member_of_the_fabric_has_an_address_of_its_own() -> None:
    addresses = Addresses(63)
    members = [addresses.host, addresses.control_plane, *map(addresses.node, range(1, MAXIMUM_NODES + 1))]
    assert len(set(members)) == len(members)
    assert all(ip_address(member) in IPv4Network(addresses.fabric) for member in members)
    assert {ip_address(addresses.api_service), ip_address(addresses.dns_service)} < set(
        IPv4Network(addresses.services).hosts()
    )
