"""A TCP connection into a pod, through the API server: the same from a laptop, a CI job or the node itself."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from harness.errors import Unreachable
from harness.kube.channels import CUT, Channels, open_channels
from harness.kube.refusal import Request
from harness.kube.settings import ClientSettings

__all__ = ["forward"]

_DATA, _ERROR = 0, 1
"""The channels of one forwarded port in the protocol v4.channel.k8s.io."""
_FRAME = 1 << 16
"""Bytes read at once from the local end."""
_FRAME_S = 10.0
"""Seconds within which a frame that has begun must have come through."""


@contextmanager
def forward(
    settings: ClientSettings, pod: str, namespace: str, port: int, *, timeout_s: float
) -> Iterator[socket.socket]:
    """
    Give a connected stream socket to a pod's port; it is closed on leaving.

    Raises a KubeError where the API server does not let us in. Where the pod refuses the connection, reading ends at
    once, and an error that leaves the block because of it is raised as Unreachable with the kubelet's words.
    """
    request = Request("create", "pods/portforward", namespace, pod)
    channels = open_channels(settings, request, timeout_s, "portforward", ports=str(port))
    ours, theirs = socket.socketpair()
    pump = _Pump(channels, theirs)
    pump.start()
    try:
        yield ours
    except (OSError, EOFError) as failure:
        if pump.error:
            text = f"port {port} gives no connection: {pump.error}"
            raise Unreachable(text, verb="forward", resource="pod", namespace=namespace, name=pod) from failure
        raise
    finally:
        ours.close()
        pump.join(timeout=_FRAME_S)


class _Pump(threading.Thread):
    """Carries bytes between a socket and the two channels of one forwarded port until either side closes."""

    def __init__(self, channels: Channels, local: socket.socket) -> None:
        super().__init__(name="port-forward", daemon=True)
        self._channels, self._local = channels, local
        self._greeted: set[int] = set()
        self.error = ""

    def run(self) -> None:
        self._channels.allow(_FRAME_S)
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._channels, selectors.EVENT_READ)
                selector.register(self._local, selectors.EVENT_READ)
                while self._carry({key.fileobj for key, _ in self._ready(selector)}):
                    pass
        except CUT as failure:
            self.error = self.error or f"the connection was cut: {failure}"
        finally:
            self._local.close()
            self._channels.close()

    def _ready(self, selector: selectors.BaseSelector) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for either side; decrypted bytes that lie in the TLS layer count, though no selector sees them."""
        if self._channels.buffered:
            return [(selector.get_key(self._channels), selectors.EVENT_READ)]
        return selector.select()

    def _carry(self, ready: set[object]) -> bool:
        """Carry what there is, in both directions; False once either side has closed."""
        if self._channels in ready and not self._inwards():
            return False
        return self._local not in ready or self._outwards()

    def _inwards(self) -> bool:
        received = self._channels.receive()
        if received is None:
            return False
        channel, data = received
        if channel not in self._greeted:
            self._greeted.add(channel)  # the first frame of a channel repeats the port number
        elif channel == _DATA:
            self._local.sendall(data)
        elif channel == _ERROR:
            self.error += data.decode("utf-8", "replace")
        return not self.error

    def _outwards(self) -> bool:
        data = self._local.recv(_FRAME)
        if data:
            self._channels.send(_DATA, data)
        return bool(data)
