"""One server, reached through the Kubernetes client: sends a request, returns the answer's bytes, or raises why not."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import Any, TypeAlias
from urllib.parse import quote
from weakref import WeakSet

from kubernetes.client.api_client import ApiClient
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.response import BaseHTTPResponse
from urllib3.util.ssl_ import create_urllib3_context

from harness.kube.refusal import FAILURES, Request, refused, unreachable
from harness.kube.settings import ClientSettings

__all__ = ["CONNECT_S", "READ_S", "Connection", "Query", "tls_of"]

CONNECT_S = 5.0
"""Seconds to open a connection: a server of the same network answers in milliseconds."""
READ_S = 30.0
"""Seconds of silence in an answer; the API server itself gives up on an ordinary request after 60."""

_CERTIFICATES = ("ca_certs", "ca_cert_data", "cert_file", "key_file")
"""What a context that is made already has read."""

Query: TypeAlias = Mapping[str, str | int | bool]


class Connection:
    """Requests to one API server with one set of credentials; safe to use from several threads at once."""

    def __init__(self, settings: ClientSettings, tls: ssl.SSLContext | None = None) -> None:
        self.settings = settings
        self.server = settings.server
        self._tls = tls or tls_of(settings)
        self._client = ApiClient(settings)
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._aborted = False
        manager = self._client.rest_client.pool_manager
        if self._tls:
            given = {name: value for name, value in manager.connection_pool_kw.items() if name not in _CERTIFICATES}
            manager.connection_pool_kw = given | {"ssl_context": self._tls}
        makers: Any = {
            scheme: _reporting(pool, self._opened) for scheme, pool in manager.pool_classes_by_scheme.items()
        }
        manager.pool_classes_by_scheme = makers
        self._client.user_agent = "statefulspec"

    def fork(self) -> Connection:
        """Return connections of their own to the same server, which can be aborted alone."""
        return Connection(self.settings, self._tls)

    def ask(
        self,
        request: Request,
        method: str,
        path: str,
        query: Query | None = None,
        body: Mapping[str, Any] | Sequence[Any] | None = None,
        *,
        content_type: str = "application/json",
        read_s: float = READ_S,
    ) -> bytes:
        """Return the body of the server's answer; raises a KubeError where it refuses or does not answer."""
        response = self._send(request, method, path, query, body, content_type, read_s)
        try:
            return response.data
        except FAILURES as failure:
            raise unreachable(request, failure, self.server) from failure

    def ask_object(
        self,
        request: Request,
        method: str,
        path: str,
        query: Query | None = None,
        body: Mapping[str, Any] | Sequence[Any] | None = None,
        *,
        content_type: str = "application/json",
        read_s: float = READ_S,
    ) -> dict[str, Any]:
        """Return the server's answer as a dictionary; otherwise like `ask`."""
        answer = self.ask(request, method, path, query, body, content_type=content_type, read_s=read_s)
        try:
            parsed = json.loads(answer)
        except ValueError as failure:
            raise unreachable(request, failure, self.server) from failure
        if not isinstance(parsed, dict):
            raise unreachable(request, ValueError(f"not an object but {type(parsed).__name__}"), self.server)
        return parsed

    def open(self, request: Request, path: str, query: Query, *, read_s: float) -> BaseHTTPResponse:
        """Return an answer whose body is still to be read, as for a watch; `read_s`: seconds of silence allowed."""
        return self._send(request, "GET", path, query, None, "", read_s)

    def abort(self) -> None:
        """
        Break every connection, also those in use, and allow no more: requests under way raise Unreachable.

        This reaches what closing an answer does not: a request whose answer has not begun.
        """
        self._aborted = True
        for opened in tuple(self._sockets):
            _break(opened)

    def close(self) -> None:
        """Close the connections that are idle."""
        self._client.rest_client.close()

    def _opened(self, opened: socket.socket) -> None:
        self._sockets.add(opened)
        if self._aborted:
            _break(opened)

    def _send(
        self,
        request: Request,
        method: str,
        path: str,
        query: Query | None,
        body: Mapping[str, Any] | Sequence[Any] | None,
        content_type: str,
        read_s: float,
    ) -> BaseHTTPResponse:
        headers = {"Accept": "application/json"} | ({"Content-Type": content_type} if body is not None else {})
        pairs = [(key, _text(value)) for key, value in (query or {}).items() if value != ""]
        prepared = self._client.param_serialize(
            method, quote(path), None, pairs, headers, body, auth_settings=["BearerToken"]
        )
        try:
            answer = self._client.call_api(*prepared, _request_timeout=(CONNECT_S, read_s))
            response: BaseHTTPResponse = answer.response
            if not 200 <= response.status < 300:
                raise refused(request, response.status, response.data, response.headers)
        except FAILURES as failure:
            raise unreachable(request, failure, self.server) from failure
        return response


def tls_of(settings: ClientSettings) -> ssl.SSLContext | None:
    """
    Return how connections to the server are secured, its certificates read; None where each must see to that itself.

    Reading certificates takes longer than any of a connection's other parts, and a scenario opens a dozen of them.
    """
    if not str(settings.host).startswith("https:"):
        return None
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if settings.verify_ssl else ssl.CERT_NONE)
    if settings.ssl_ca_cert or settings.ca_cert_data:
        context.load_verify_locations(settings.ssl_ca_cert, cadata=settings.ca_cert_data)
    elif settings.verify_ssl:
        context.load_default_certs()
    if settings.cert_file:
        context.load_cert_chain(settings.cert_file, settings.key_file)
    return context


def _reporting(pool: type[HTTPConnectionPool], opened: Callable[[socket.socket], None]) -> Callable[..., Any]:
    """Return what makes such a pool, whose connections tell of each socket they open."""

    def make(host: str, port: int, **options: Any) -> HTTPConnectionPool:
        made = pool(host, port, **options)
        made.ConnectionCls = partial(_telling(pool.ConnectionCls), opened)  # type: ignore[assignment]
        return made

    return make


@cache
def _telling(plain: Any) -> Any:
    """Return the kind of connection that hands its socket, once that is open, to whoever made it."""

    class Telling(plain):  # type: ignore[misc]
        def __init__(self, opened: Callable[[socket.socket], None], **options: Any) -> None:
            super().__init__(**options)
            self._tell = opened

        def connect(self) -> None:
            super().connect()
            self._tell(self.sock)

    return Telling


def _break(opened: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        # The method of ssl.SSLSocket would take the TLS layer away from under a thread that reads through it.
        socket.socket.shutdown(opened, socket.SHUT_RDWR)


def _text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
