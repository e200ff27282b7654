"""
Keeps the harness off clusters that are not for testing: decided from names and addresses, before any request.

A context is let through when its name and its server's address both look like those of a local test cluster, or when
its name is allowed explicitly. Half of it is not enough: a context named `minikube` that points at a public address is
just the mistake this exists for.
"""

from __future__ import annotations

import fnmatch
import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from harness.errors import BadInput
from harness.kube.proxy import Proxy

__all__ = ["refuse_unless_test_cluster"]

_NAMES = (
    "kind-*",
    "minikube",
    "minikube-*",
    "k3d-*",
    "docker-desktop",
    "rancher-desktop",
    "colima",
    "colima-*",
    "orbstack",
    "microk8s",
    "statefulspec-*",
)
"""The names that tools for local clusters give to their contexts."""

_HOSTS = ("localhost", "*.localhost", "*.local", "kubernetes.docker.internal", "host.docker.internal")

_NETWORKS = tuple(
    ipaddress.ip_network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "fc00::/7", "fe80::/10")
)
"""Private networks, and the one for testing networks that the embedded cluster uses (RFC 1918, 2544, 4193)."""


def refuse_unless_test_cluster(context: str, server: str, allowed: Collection[str], proxy: Proxy | None = None) -> None:
    """
    Return when the context may be used.

    `server`: the URL of its API server. `proxy`: what leads there, if anything does. `allowed`: names of
    contexts that the user vouches for, no patterns. Raises BadInput, which says what does not look like a test
    cluster and what to set, for any other.
    """
    if context in allowed:
        return
    doubts = []
    if not any(fnmatch.fnmatchcase(context, pattern) for pattern in _NAMES):
        doubts.append("its name is none that a tool for local clusters gives")
    if not _is_local(server):
        doubts.append(f"its server {server} is not on this machine or a private network")
    if proxy and not _is_local(proxy.url):
        doubts.append(f"the way to it leads through the proxy {proxy.url} ({proxy.source})")
    if doubts:
        remedy = f"if it may be tested on: --harness-allow-contexts {context}, or harness_allow_contexts in the ini"
        if proxy and proxy.exception:
            remedy += f"; if it can be reached without the proxy: {proxy.exception}"
        raise BadInput(
            f"context {context!r} does not look like a test cluster's: {' and '.join(doubts)}; no request was sent",
            remedy=remedy,
        )


def _is_local(server: str) -> bool:
    host = (urlsplit(server).hostname or "").rstrip(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return any(fnmatch.fnmatchcase(host, pattern) for pattern in _HOSTS)
    return address.is_loopback or address.is_unspecified or any(address in network for network in _NETWORKS)
