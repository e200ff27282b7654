"""Where a cluster's DNS service is: the ready pods behind `kube-dns`, reached through the API server."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from harness.errors import EnvironmentUnfit
from harness.kube.api import Api
from harness.model import KINDS, Object
from harness.naming.resolver import NameServer

__all__ = ["cluster_servers"]

_NAMESPACE, _SERVICE = "kube-system", "kube-dns"
"""The names that every distribution keeps, whatever program serves them."""


def cluster_servers(api: Api) -> list[NameServer]:
    """
    Return a server for each ready pod of the cluster's DNS service.

    Raises EnvironmentUnfit where there is none.
    """
    selector = f"kubernetes.io/service-name={_SERVICE}"
    slices = api.list(KINDS["EndpointSlice"], _NAMESPACE, selector=selector).items
    servers = {server.name: server for found in slices for server in _servers(api, found)}
    if not servers:
        raise EnvironmentUnfit(
            "the cluster has no DNS service that answers",
            expected=f"a ready pod behind service {_SERVICE} in namespace {_NAMESPACE}, with a TCP port",
            observed=f"{len(slices)} EndpointSlices with no such pod",
            look_at=(f"kubectl -n {_NAMESPACE} get endpointslices,pods -l k8s-app={_SERVICE}",),
        )
    return [servers[name] for name in sorted(servers)]


def _servers(api: Api, found: Object) -> Iterator[NameServer]:
    ports = [port["port"] for port in found.get("ports") or () if port.get("protocol") == "TCP" and _serves_dns(port)]
    for endpoint in found.get("endpoints") or ():
        pod = (endpoint.get("targetRef") or {}).get("name")
        if ports and pod and (endpoint.get("conditions") or {}).get("ready", True):
            yield NameServer(pod, partial(api.forward, pod, _NAMESPACE, ports[0]))


def _serves_dns(port: Object) -> bool:
    return port.get("name") == "dns-tcp" or port.get("port") == 53
