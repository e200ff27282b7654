"""How Kubernetes spells the names of services and pods (the DNS specification, version 1.1.0)."""

from __future__ import annotations

from ipaddress import ip_address

__all__ = ["DOMAIN", "full_name", "reverse_name", "service_name", "srv_name"]

DOMAIN = "cluster.local"
"""The cluster domain of every common distribution."""


def service_name(service: str, namespace: str, domain: str = DOMAIN) -> str:
    """Return the full name of a service."""
    return f"{service}.{namespace}.svc.{domain}"


def full_name(name: str, namespace: str, domain: str = DOMAIN) -> str:
    """Return the full name of what a name stands for in a namespace; one that ends in the domain, or a dot, is full."""
    if name.removesuffix(".").endswith(f".svc.{domain}"):
        return name.removesuffix(".")
    return name if name.endswith(".") else service_name(name, namespace, domain)


def srv_name(port: str, service: str, namespace: str, *, protocol: str = "tcp", domain: str = DOMAIN) -> str:
    """Return the name whose SRV records list a service's port by the port's name."""
    return f"_{port}._{protocol}.{service_name(service, namespace, domain)}"


def reverse_name(address: str) -> str:
    """Return the name whose PTR record tells who has an address; ValueError for what is no address."""
    return ip_address(address).reverse_pointer
