"""
A loopback API server with a true model of its objects and faults on demand.

It keeps what the harness relies on: one counter of resourceVersions, uids, lists by page, watches that replay from a
version, bookmarks, compaction. A fault strikes the watch of one namespace: the open one at once, else the next.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.websocket import Pod, serve_websocket

Body = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """
    What befalls one watch.

    close: ends normally, after `raw` if any; cut: ends within a line; hang: falls silent; gone: 410 as an event;
    repeat: sends the last events again; raw: sends `raw`, then falls silent; refuse: answers the request with
    `status`; mute: never answers.
    """

    kind: str
    raw: bytes = b""
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: Body | None = None


@dataclass
class Space:
    """One namespace's objects of all kinds, what happened to them, and the faults still to come."""

    objects: dict[tuple[str, str], Body] = field(default_factory=dict)
    log: list[tuple[int, str, str, Body]] = field(default_factory=list)
    oldest: int = 0
    faults: deque[Fault] = field(default_factory=deque)
    list_faults: deque[Fault] = field(default_factory=deque)


@dataclass
class Log:
    """
    The lines of one container, each with its timestamp; `former`: those of its run before.

    `cut`: break the connection of the next reader in the middle of a line, once it has had what there is. `ended`: the
    container has ended.
    """

    lines: list[str] = field(default_factory=list)
    former: list[str] = field(default_factory=list)
    cut: bool = False
    ended: bool = False


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    at: float


class FakeServer:
    """
    The model; `url` once it is served. All methods may be called from any thread.

    `bookmark_s`: seconds of quiet before a bookmark; `delay_s`: latency of every event; `prepare` changes what is sent.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.version = 100
        self.spaces: dict[str, Space] = {}
        self.calls: list[Call] = []
        self.answers: dict[tuple[str, str], Callable[[Call], tuple[int, Body]]] = {}
        self.pods: dict[str, Pod] = {}
        self.logs: dict[str, Log] = {}
        self.bookmark_s = 60.0
        self.delay_s = 0.0
        self.prepare: Callable[[Body], Body] = lambda item: item
        self.stopped = False
        self.url = ""

    def space(self, namespace: str) -> Space:
        with self.changed:
            return self.spaces.setdefault(namespace, Space())

    def put(self, namespace: str, plural: str, name: str, content: Body | None = None, uid: str = "") -> Body:
        """Create or change an object; returns it."""
        with self.changed:
            space = self.space(namespace)
            former = space.objects.get((plural, name))
            self.version += 1
            content = content or {}
            metadata = {"name": name, "namespace": namespace} | content.get("metadata", {})
            metadata["resourceVersion"] = str(self.version)
            metadata["uid"] = uid or (former["metadata"]["uid"] if former else f"uid-{self.version}")
            made = content | {"metadata": metadata}
            space.objects[plural, name] = made
            self._happened(space, plural, "MODIFIED" if former else "ADDED", made)
            return made

    def drop(self, namespace: str, plural: str, name: str) -> Body:
        """Delete an object; returns it as it was last, with the version of its deletion."""
        with self.changed:
            space = self.space(namespace)
            former = space.objects.pop((plural, name))
            self.version += 1
            last = former | {"metadata": former["metadata"] | {"resourceVersion": str(self.version)}}
            self._happened(space, plural, "DELETED", last)
            return last

    def put_dns(self, *, ready: bool = True) -> Body:
        """Have the endpoints of the cluster's DNS, ready or not."""
        labels = {"kubernetes.io/service-name": "kube-dns"}
        endpoints = [{"addresses": ["10.0.0.2"], "conditions": {"ready": ready}}]
        return self.put(
            "kube-system", "endpointslices", "kube-dns-x", {"metadata": {"labels": labels}, "endpoints": endpoints}
        )

    def write_log(self, pod: str, *lines: str, **changes: Any) -> None:
        """Add lines to a pod's log, or change what befalls it."""
        with self.changed:
            log = self.logs.setdefault(pod, Log())
            log.lines += lines
            for name, value in changes.items():
                setattr(log, name, value)
            self.changed.notify_all()

    def compact(self, namespace: str) -> None:
        """Forget all that happened: a watch from an older version is answered with 410."""
        with self.changed:
            space = self.space(namespace)
            space.oldest = self.version
            space.log.clear()

    def strike(self, namespace: str, fault: Fault) -> None:
        """Let a fault befall this namespace's watch."""
        with self.changed:
            self.space(namespace).faults.append(fault)
            self.changed.notify_all()

    def await_strike(self, namespace: str) -> None:
        """Return once every fault so far has begun to befall a watch; fail after 5 seconds."""
        with self.changed:
            assert self.changed.wait_for(lambda: not self.space(namespace).faults, 5)

    def asked(self, *, watch: bool | None = None, method: str = "") -> list[Call]:
        """Return the requests that came in, of one method, or watches or others only."""
        return [
            call
            for call in self.calls
            if (not method or call.method == method) and (watch is None or ("watch" in call.query) is watch)
        ]

    def _happened(self, space: Space, plural: str, kind: str, item: Body) -> None:
        space.log.append((self.version, plural, kind, item))
        self.changed.notify_all()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    model: FakeServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that hang up are what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""

    def do_GET(self) -> None:
        call = self._call()
        path = call.path.split("/")
        if path[-1] in ("exec", "portforward") and "pods" in path:
            self.close_connection = True
            serve_websocket(self, self.server.model.pods.get(path[-2]), path[-1], urlsplit(self.path).query)
        elif self._answered(call):
            return
        elif path[-1] == "log" and path[-2] in self.server.model.logs:
            self._log(call, self.server.model.logs[path[-2]])
        elif "watch" in call.query:
            self._watch(call)
        else:
            self._list(call)

    def do_POST(self) -> None:
        self._write()

    do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 - the names that http.server looks for

    def _call(self) -> Call:
        split = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        call = Call(self.command, split.path, dict(parse_qsl(split.query)), dict(self.headers), body, time.monotonic())
        self.server.model.calls.append(call)
        return call

    def _answered(self, call: Call) -> bool:
        answer = self.server.model.answers.get((call.method, call.path))
        if answer is not None:
            self._answer(*answer(call))
        return answer is not None

    def _write(self) -> None:
        call = self._call()
        if not self._answered(call):
            self._answer(404, status(404, "NotFound", "the fake knows nothing of this"))

    def _list(self, call: Call) -> None:
        model = self.server.model
        namespace, plural = _target(call.path)
        space = model.space(namespace)
        if space.list_faults and self._struck(space.list_faults.popleft()):
            return
        with model.changed:
            found = [item for (kind, _), item in sorted(space.objects.items()) if kind == plural]
            version = model.version
        start, limit = int(call.query.get("continue", 0)), int(call.query.get("limit", 0)) or len(found) or 1
        metadata = {"resourceVersion": str(version)}
        if start + limit < len(found):
            metadata["continue"] = str(start + limit)
        self._answer(200, {"kind": "List", "metadata": metadata, "items": found[start : start + limit]})

    def _struck(self, fault: Fault) -> bool:
        """Let a fault befall a request that is not answered yet; False where it strikes open watches only."""
        if fault.kind == "refuse":
            self._answer(fault.status, fault.body or status(fault.status, "", "refused by plan"), fault.headers)
        elif fault.kind == "mute":
            self._silence()
        else:
            return False
        return True

    def _watch(self, call: Call) -> None:
        model = self.server.model
        namespace, plural = _target(call.path)
        space, version = model.space(namespace), int(call.query["resourceVersion"])
        with model.changed:
            fault = space.faults.popleft() if space.faults and space.faults[0].kind in ("refuse", "mute") else None
            model.changed.notify_all()
        if fault is not None and self._struck(fault):
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if version < space.oldest:
            self._event("ERROR", status(410, "Expired", f"too old resource version: {version}"))
        elif not self._stream(space, plural, version, float(call.query["timeoutSeconds"])):
            self.close_connection = True
            return
        self._chunk(b"")

    def _log(self, call: Call, log: Log) -> None:
        model, sent, since = self.server.model, 0, call.query.get("sinceTime", "")[:19]
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        following = call.query.get("follow") == "true"
        while not model.stopped:
            lines = log.former if call.query["previous"] == "true" else log.lines
            for line in lines[sent:]:
                if line[:19] >= since:
                    self._chunk(f"{line}\n".encode())
            sent = len(lines)
            if log.cut:
                log.cut = False
                self._chunk(b"2026-01-01T00:00:00Z answer half")
                self.close_connection = True
                return
            if not following or log.ended:
                break
            with model.changed:
                model.changed.wait(0.05)
        self._chunk(b"")

    def _stream(self, space: Space, plural: str, version: int, timeout_s: float) -> bool:
        """Send events until the watch ends; False where it ended in a fault that leaves nothing to say."""
        model, ends = self.server.model, time.monotonic() + timeout_s
        while not model.stopped and time.monotonic() < ends:
            news, fault, reached = self._next(space, plural, version)
            if news:
                time.sleep(model.delay_s)  # the latency that a test asks for
            for kind, item in news:
                self._event(kind, item)
            if reached == version and not fault:
                self._event("BOOKMARK", {"kind": "X", "metadata": {"resourceVersion": str(version)}})
            if fault is not None and fault.kind != "repeat":
                return self._break(fault)
            for kind, item in self._entries(space, plural, 0, reached)[-3:] if fault else ():
                self._event(kind, item)
            version = reached
        return True

    def _next(self, space: Space, plural: str, version: int) -> tuple[list[tuple[str, Body]], Fault | None, int]:
        """Return what happened after `version`, a fault that strikes now, and the version this leads to."""
        model = self.server.model
        with model.changed:
            model.changed.wait_for(lambda: model.stopped or space.faults or model.version > version, model.bookmark_s)
            fault = space.faults.popleft() if space.faults else None
            model.changed.notify_all()
            if version < space.oldest:  # what this watch has not sent yet is forgotten
                return [], Fault("gone") if fault is None or fault.kind == "repeat" else fault, model.version
            return self._entries(space, plural, version, model.version), fault, model.version

    def _entries(self, space: Space, plural: str, after: int, upto: int) -> list[tuple[str, Body]]:
        return [(kind, item) for at, of, kind, item in space.log if after < at <= upto and of == plural]

    def _break(self, fault: Fault) -> bool:
        if fault.kind == "close":
            if fault.raw:
                self._chunk(fault.raw)
            return True
        if fault.kind == "gone":
            self._event("ERROR", status(410, "Expired", "too old resource version"))
            return True
        if fault.kind == "cut":
            self._chunk(b'{"type": "MODIFIED", "object": {"metadata": {"na')
        elif fault.kind == "raw":
            self._chunk(fault.raw)
        if fault.kind in ("hang", "raw"):
            self._silence()
        return False

    def _silence(self) -> None:
        """Say nothing more until the client hangs up or the server stops."""
        self.connection.settimeout(0.05)
        while not self.server.model.stopped:
            try:
                if not self.connection.recv(1):
                    break
            except TimeoutError:
                continue
        self.close_connection = True

    def _event(self, kind: str, item: Body) -> None:
        self._chunk(json.dumps({"type": kind, "object": self.server.model.prepare(item)}).encode() + b"\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _answer(self, code: int, body: Body, headers: tuple[tuple[str, str], ...] = ()) -> None:
        data = json.dumps(body).encode()
        self.send_response(code)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(data))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def status(code: int, reason: str, message: str, causes: tuple[Body, ...] = ()) -> Body:
    """Return a Status as the API server sends it."""
    details = {"details": {"causes": list(causes)}} if causes else {}
    return {"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message} | details


@contextmanager
def serving() -> Iterator[FakeServer]:
    """Serve a new model on loopback while the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.model = model = FakeServer()
    model.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="fake API server")
    thread.start()
    try:
        yield model
    finally:
        model.stopped = True
        with model.changed:
            model.changed.notify_all()
        server.shutdown()
        server.server_close()
        thread.join()


def kubeconfig(folder: Path, url: str, **cluster: Any) -> Path:
    """Write a kubeconfig with the one context `fake` and return its path."""
    path = folder / "kubeconfig"
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "fake",
        "contexts": [{"name": "fake", "context": {"cluster": "fake", "user": "tester"}}],
        "clusters": [{"name": "fake", "cluster": {"server": url} | cluster}],
        "users": [{"name": "tester", "user": {"token": "fake-token"}}],
    }
    path.write_text(json.dumps(content))
    return path


def _target(path: str) -> tuple[str, str]:
    """Return namespace and plural of a collection's path."""
    parts = path.strip("/").split("/")
    return (parts[parts.index("namespaces") + 1] if "namespaces" in parts[:-1] else "", parts[-1])
