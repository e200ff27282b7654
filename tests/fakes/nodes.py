"""Nodes of a fake cluster, each with a folder of its own or one in common, that start the pods which look for that."""

from __future__ import annotations

from tests.fakes.apiserver import Body, Call, FakeServer, status
from tests.fakes.websocket import Pod, Socket, ended

__all__ = ["PODS", "Nodes"]

NAMESPACE = "statefulspec-abc123"
"""What the namespace is called where `secrets.token_hex` returns abc123."""
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
STDOUT, STATUS = 1, 3


class Nodes:
    """Nodes that start every pod; `folders` says which folder each one has."""

    def __init__(self, server: FakeServer, folders: dict[str, int], state: Body | None = None) -> None:
        self.server, self.folders, self.written = server, folders, set[int]()
        self.state = state or {"phase": "Running"}
        server.answers["POST", "/api/v1/namespaces"] = self.make_namespace
        server.answers["DELETE", f"/api/v1/namespaces/{NAMESPACE}"] = self.remove
        server.answers["GET", f"/api/v1/namespaces/{NAMESPACE}"] = self.read_namespace
        server.answers["POST", PODS] = self.start
        self.there = False

    def make_namespace(self, call: Call) -> tuple[int, Body]:
        self.there, self.labels = True, call.body["metadata"]["labels"]
        return 201, call.body

    def read_namespace(self, _: Call) -> tuple[int, Body]:
        return (200, {"metadata": {"name": NAMESPACE}}) if self.there else (404, status(404, "NotFound", "gone"))

    def remove(self, _: Call) -> tuple[int, Body]:
        self.there = False
        return 200, {"metadata": {"name": NAMESPACE}}

    def start(self, call: Call) -> tuple[int, Body]:
        name, node = call.body["metadata"]["name"], call.body["spec"]["nodeName"]
        self.server.put(NAMESPACE, "pods", name, call.body | {"status": self.state})
        self.server.pods[name] = Pod(exec=lambda socket, query: self.run(socket, node, query["command"]))
        return 201, call.body

    def run(self, socket: Socket, node: str, argv: list[str]) -> None:
        folder = self.folders[node]
        if argv[0] == "sh":
            self.written.add(folder)
        elif folder in self.written:
            socket.send(STDOUT, f"{NAMESPACE}\n".encode())
        socket.send(STATUS, ended(0 if folder in self.written else 1))
        socket.close()
