"""The server's side of exec and port-forward: pods that answer on websocket channels by a script."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Socket:
    """One websocket, after its handshake."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self._read, self._write = handler.rfile.read, handler.wfile.write
        self.handler = handler

    def send(self, channel: int, data: bytes, opcode: int = 2) -> None:
        payload = bytes([channel]) + data if opcode == 2 else data
        size = len(payload)
        if size < 126:
            header = struct.pack("!BB", 0x80 | opcode, size)
        elif size < 1 << 16:
            header = struct.pack("!BBH", 0x80 | opcode, 126, size)
        else:
            header = struct.pack("!BBQ", 0x80 | opcode, 127, size)
        self._write(header + payload)

    def receive(self) -> tuple[int, bytes] | None:
        """Return (channel, data) of the next data frame, None once the client has closed."""
        while True:
            head = self._read(2)
            if len(head) < 2 or head[0] & 0x0F == 8:
                return None
            size = head[1] & 0x7F
            if size == 126:
                size = struct.unpack("!H", self._read(2))[0]
            elif size == 127:
                size = struct.unpack("!Q", self._read(8))[0]
            mask = self._read(4)
            data = bytes(byte ^ mask[index % 4] for index, byte in enumerate(self._read(size)))
            if head[0] & 0x0F == 2 and data:
                return data[0], data[1:]

    def close(self) -> None:
        self.send(0, struct.pack("!H", 1000), opcode=8)


Script = Callable[[Socket, dict[str, list[str]]], None]


@dataclass
class Pod:
    """What a pod does when someone runs a command in it or connects to its port."""

    exec: Script | None = None
    portforward: Script | None = None
    refusal: tuple[int, dict[str, Any]] | None = None
    before: Callable[[], object] = lambda: None
    argvs: list[list[str]] = field(default_factory=list)


def ended(code: int) -> bytes:
    """Return the Status on the error channel for a command that ended with this code."""
    if code == 0:
        return json.dumps({"status": "Success"}).encode()
    causes = [{"reason": "ExitCode", "message": str(code)}]
    return json.dumps(
        {"status": "Failure", "reason": "NonZeroExitCode", "message": "…", "details": {"causes": causes}}
    ).encode()


def serve_websocket(handler: BaseHTTPRequestHandler, pod: Pod | None, verb: str, query: str) -> None:
    """Shake hands and play the pod's script, or refuse as the API server does."""
    if pod is not None:
        pod.before()
    refusal = (404, {"kind": "Status", "code": 404, "reason": "NotFound", "message": "no such pod"})
    if pod is None or pod.refusal:
        code, body = (pod and pod.refusal) or refusal
        data = json.dumps(body).encode()
        handler.send_response(code)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)
        return
    accept = base64.b64encode(hashlib.sha1((handler.headers["Sec-WebSocket-Key"] + _GUID).encode()).digest())
    handler.send_response(101)
    handler.send_header("Upgrade", "websocket")
    handler.send_header("Connection", "Upgrade")
    handler.send_header("Sec-WebSocket-Accept", accept.decode())
    handler.send_header("Sec-WebSocket-Protocol", "v4.channel.k8s.io")
    handler.end_headers()
    parsed = parse_qs(query)
    pod.argvs.append(parsed.get("command", []))
    script = pod.exec if verb == "exec" else pod.portforward
    if script is not None:
        script(Socket(handler), parsed)
