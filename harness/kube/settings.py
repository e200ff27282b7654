"""What the connections to one API server are made with; nothing of it is read from the environment later on."""

from __future__ import annotations

from kubernetes.client.configuration import Configuration
from urllib3.util import make_headers

from harness.kube.proxy import Proxy

__all__ = ["ClientSettings"]

_POOL_SIZE = 16
"""Connections kept per server: a proof lists a dozen kinds at once, each watch has connections of its own."""


class ClientSettings(Configuration):
    """The client's settings, with the way to the server decided; `way` is the proxy that it leads through, if any."""

    def __init__(self) -> None:
        # Without these the client takes a proxy from the environment, and exceptions in a way of its own.
        super().__init__(connection_pool_maxsize=_POOL_SIZE, proxy="", no_proxy="")
        self.way: Proxy | None = None
        self.keep_alive = True
        self.retries = False

    def lead(self, way: Proxy | None) -> None:
        """Let every connection go through this proxy, or straight."""
        self.way = way
        self.proxy = way.url if way else ""
        self.proxy_headers = make_headers(proxy_basic_auth=way.user) if way and way.user else None

    @property
    def server(self) -> str:
        """The server's URL, with the proxy that leads there, as an error names it."""
        if self.way is None:
            return str(self.host)
        without = f"; without it: {self.way.exception}" if self.way.exception else ""
        return f"{self.host} (by the proxy {self.way.url} of {self.way.source}{without})"
