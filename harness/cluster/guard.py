"""
Keeps the harness off clusters that are not for testing: decided from names and addresses, before any request.

A context is let through when its name and its server's address both look like those of a local test cluster, or when
its name is allowed explicitly. Half of it is not enough: a context named `minikube` that points at a public address is
just the mistake this exists for. So is a tunnel: the way to a cluster elsewhere begins at an address of this machine,
and what shows it stands beside the address, in entries that no tool for local clusters writes.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from harness.errors import BadInput
from harness.kube.proxy import Proxy

__all__ = ["doubts_of", "refuse_unless_test_cluster"]

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

_HOSTS = re.compile(r"localhost|.+\.localhost|[^.]+\.local|(kubernetes|host)\.docker\.internal")
"""Of `.local` only names of one machine (RFC 6762): companies name whole networks so."""

_ELSEWHERE = re.compile(
    r"arn:aws[\w-]*:eks:|\.eksctl\.io$|^gke_|^clusterUser_|^clusterAdmin_|^do-|(^|[^a-z])(prod|prd|production|live)([^a-z]|$)",
    re.IGNORECASE,
)
"""What the tools of EKS, GKE, AKS and DigitalOcean, and people, call clusters and users that are not for testing."""

_NETWORKS = tuple(
    ipaddress.ip_network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "fc00::/7", "fe80::/10")
)
"""Private networks, and the one for testing networks that the embedded cluster uses (RFC 1918, 2544, 4193)."""


def doubts_of(chosen: Mapping[str, Any], cluster: Mapping[str, Any], user: Mapping[str, Any]) -> list[str]:
    """
    Return what in a context's entries no tool for local clusters writes, each as half a sentence.

    `chosen` names the other two, of which `cluster` and `user` are what they hold.
    """
    doubts = [
        f"its {kind} is called {chosen[kind]}"
        for kind in ("cluster", "user")
        if _ELSEWHERE.search(str(chosen.get(kind) or ""))
    ]
    called = str(cluster.get("tls-server-name") or "")
    if called and not _is_local(f"https://{called}"):
        doubts.append(f"its server has the certificate of {called} (tls-server-name)")
    if cluster.get("insecure-skip-tls-verify"):
        doubts.append("nobody looks whose certificate its server has (insecure-skip-tls-verify)")
    if user.get("auth-provider"):
        doubts.append("its user is one of a cloud (auth-provider)")
    return doubts


def refuse_unless_test_cluster(
    context: str,
    server: str,
    allowed: Collection[str],
    proxy: Proxy | None = None,
    more: Sequence[str] = (),
) -> None:
    """
    Return when the context may be used.

    `server`: the URL of its API server. `proxy`: what leads there, if anything does. `allowed`: names of
    contexts that the user vouches for, no patterns. `more`: further doubts, as `doubts_of` has them. Raises BadInput,
    which says what does not look like a test cluster and what to set, for any other.
    """
    if context in allowed:
        return
    doubts = []
    if _ELSEWHERE.search(context):
        doubts.append("its name is one of a cluster that is not for testing")
    if not any(fnmatch.fnmatchcase(context, pattern) for pattern in _NAMES):
        doubts.append("its name is none that a tool for local clusters gives")
    if not _is_local(server):
        doubts.append(f"its server {server} is not on this machine or a private network")
    if proxy and not _is_local(proxy.url):
        doubts.append(f"the way to it leads through the proxy {proxy.url} ({proxy.source})")
    doubts += more
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
        return bool(_HOSTS.fullmatch(host))
    return address.is_loopback or address.is_unspecified or any(address in network for network in _NETWORKS)
