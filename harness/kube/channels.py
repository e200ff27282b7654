"""
The websocket under exec and port-forward: numbered channels of bytes between us and a container.

Problem: the client's own loops can block for ever while they connect, keep all output in memory and die unseen in a
thread when the connection is cut. Solution: the client connects, within a bound; the frames are read here.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from functools import cache
from queue import Empty, SimpleQueue
from typing import Any

from kubernetes.client.api_client import ApiClient
from kubernetes.client.configuration import Configuration
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream
from websocket import ABNF, WebSocket, WebSocketException
from websocket import WebSocketTimeoutException as Silence

from harness.errors import KubeError
from harness.kube.refusal import Request, refused, unreachable

__all__ = ["CUT", "Channels", "Silence", "core_api", "open_channels"]

CUT = (WebSocketException, OSError)
"""What reading or writing raises when the connection is cut or silent for too long."""


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


@cache
def core_api() -> Any:
    """
    Return the client's class for the core group.

    It brings all models of the API with it, which takes a second: whoever only judges recordings is spared that.
    """
    from kubernetes.client.api.core_v1_api import CoreV1Api  # noqa: PLC0415

    return CoreV1Api


def open_channels(
    settings: Configuration, request: Request, timeout_s: float, verb: str, **options: str | int | bool | list[str]
) -> Channels:
    """
    Return a connection to one pod's `exec` or `portforward`, not buffered and not decoded.

    Raises a KubeError where the server refuses, does not answer, or takes longer than `timeout_s`.
    """

    def connect() -> Channels:
        # The client's stream() swaps a method of its ApiClient while it connects: each connection gets its own.
        core = core_api()(ApiClient(settings))
        method = getattr(core, f"connect_get_namespaced_pod_{verb}")
        client = stream(method, request.name, request.namespace, binary=True, _preload_content=False, **options)
        return Channels(client.sock)

    try:
        return _bounded(connect, timeout_s)
    except TimeoutError as failure:
        raise unreachable(request, failure, settings.host) from failure
    except ApiException as failure:
        raise _handshake_error(request, failure, settings.host) from failure


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


def _handshake_error(request: Request, failure: ApiException, server: str) -> KubeError:
    cause: Any = failure.__context__
    code, body = getattr(cause, "status_code", None), getattr(cause, "resp_body", None)
    if isinstance(code, int) and code >= 300:
        return refused(request, code, body or b"", cause.resp_headers or {})
    return unreachable(request, cause or failure, server)
