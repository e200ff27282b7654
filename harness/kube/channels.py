"""
The websocket under exec and port-forward: numbered channels of bytes between us and a container.

Problem: the client's own loops can block for ever while they connect, keep all output in memory and die unseen in a
thread when the connection is cut. Solution: the client connects, within a bound; the frames are read here.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import quote

from kubernetes.client.api_client import ApiClient
from kubernetes.stream.ws_client import V4_CHANNEL_PROTOCOL, V5_CHANNEL_PROTOCOL, get_websocket_url
from websocket import ABNF, WebSocket, WebSocketBadStatusException, WebSocketException
from websocket import WebSocketTimeoutException as Silence

from harness.kube.connection import tls_of
from harness.kube.proxy import Proxy
from harness.kube.refusal import Request, refused, unreachable
from harness.kube.settings import ClientSettings

__all__ = ["CUT", "Channels", "Silence", "open_channels"]

CUT = (WebSocketException, OSError)
"""What reading or writing raises when the connection is cut or silent for too long."""
_NOWHERE = "nowhere.invalid"
"""A name that nothing can have (RFC 6761)."""


class Channels:
    """An open connection; whatever fails in it raises one of CUT, a silence longer than allowed `Silence`."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    def fileno(self) -> int:
        """Return the descriptor that a selector waits on."""
        return int(self._socket.fileno())  # type: ignore[no-untyped-call]

    @property
    def buffered(self) -> bool:
        """Whether decrypted bytes lie in the TLS layer, where no selector sees them."""
        return isinstance(self._socket.sock, ssl.SSLSocket) and self._socket.sock.pending() > 0

    def allow(self, silence_s: float) -> None:
        """Let reading wait for at most this long."""
        self._socket.settimeout(silence_s)

    def receive(self) -> tuple[int, bytes] | None:
        """Return the next (channel, data), or None once the other end has closed."""
        while True:
            opcode, frame = self._socket.recv_data_frame(control_frame=True)
            if opcode == ABNF.OPCODE_CLOSE:
                return None
            if opcode in (ABNF.OPCODE_BINARY, ABNF.OPCODE_TEXT) and frame.data:
                return frame.data[0], bytes(frame.data[1:])

    def send(self, channel: int, data: bytes) -> None:
        """Send data on one channel."""
        self._socket.send_binary(bytes([channel]) + data)

    def close(self) -> None:
        """Close at once, without a farewell that could take its time."""
        self._socket.shutdown()  # type: ignore[no-untyped-call]


def open_channels(
    settings: ClientSettings, request: Request, timeout_s: float, verb: str, **options: str | bool | Sequence[str]
) -> Channels:
    """
    Return a connection to one pod's `exec` or `portforward`, not buffered and not decoded.

    Raises a KubeError where the server refuses, does not answer, or takes longer than `timeout_s`.
    """
    path = f"/api/v1/namespaces/{quote(request.namespace)}/pods/{quote(request.name)}/{verb}"
    try:
        return _bounded(lambda: Channels(_connect(settings, path, options)), timeout_s)
    except TimeoutError as failure:
        raise unreachable(request, failure, settings.server) from failure
    except CUT as failure:
        if isinstance(failure, WebSocketBadStatusException) and failure.status_code >= 300:
            answer = failure.resp_body or b"", failure.resp_headers or {}
            raise refused(request, failure.status_code, *answer) from failure
        raise unreachable(request, failure, settings.server) from failure


def _connect(settings: ClientSettings, path: str, options: Mapping[str, str | bool | Sequence[str]]) -> WebSocket:
    """Return the websocket at this path; a list becomes an entry of the query for each of its parts."""
    pairs = [
        (key, str(part).lower() if isinstance(part, bool) else part)
        for key, value in options.items()
        for part in (value if isinstance(value, (list, tuple)) else [value])
    ]
    _, url, headers, *_ = ApiClient(settings).param_serialize(
        "GET", path, None, pairs, {}, None, auth_settings=["BearerToken"]
    )
    tls = {"context": tls_of(settings), "server_hostname": settings.tls_server_name}
    socket = WebSocket(sslopt={name: value for name, value in tls.items() if value})
    authorization = [f"authorization: {headers['authorization']}"] if "authorization" in headers else []
    protocols = f"sec-websocket-protocol: {V5_CHANNEL_PROTOCOL},{V4_CHANNEL_PROTOCOL}"
    address = get_websocket_url(url)  # type: ignore[no-untyped-call]
    socket.connect(address, header=[*authorization, protocols], **_way(settings.way))  # type: ignore[no-untyped-call]
    return socket


def _way(proxy: Proxy | None) -> dict[str, Any]:
    """
    Return how the library gets to the server.

    Told of no proxy, or of no exception, it would read the environment: so it always gets one of each.
    """
    if proxy is None:
        return {"http_proxy_host": _NOWHERE, "http_proxy_port": 1, "http_no_proxy": ["*"]}
    user = tuple(proxy.user.split(":", 1)) if proxy.user else None
    told = {"http_proxy_host": proxy.host, "http_proxy_port": proxy.port, "http_proxy_auth": user}
    return {**told, "http_no_proxy": [_NOWHERE]}


def _bounded(connect: Callable[[], Channels], timeout_s: float) -> Channels:
    """Return the connection; TimeoutError after `timeout_s`: a connection that comes later is closed at once."""
    outcome: SimpleQueue[Channels | Exception] = SimpleQueue()
    late = threading.Event()

    def attempt() -> None:
        result: Channels | Exception
        try:
            result = connect()
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits
            result = error
        outcome.put(result)
        if late.is_set() and isinstance(result, Channels):
            result.close()

    threading.Thread(target=attempt, name="connect", daemon=True).start()
    try:
        result = outcome.get(timeout=timeout_s)
    except Empty:
        late.set()
        raise TimeoutError from None
    if isinstance(result, Exception):
        raise result
    return result
