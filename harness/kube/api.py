"""The Kubernetes API as the harness uses it: one method per verb, raw objects, errors of the `KubeError` tree."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from harness.api_server import ApiServer
from harness.errors import BadInput, Expired, Forbidden, KubeError, NotFound
from harness.kube.connection import READ_S, Connection, Query
from harness.kube.discovery import Discovery
from harness.kube.exec import CommandResult, run
from harness.kube.forward import forward
from harness.kube.kubeconfig import load
from harness.kube.log import LogConnection
from harness.kube.permissions import Permissions
from harness.kube.refusal import Request
from harness.kube.watch import WatchConnection
from harness.model import Kind, Object

__all__ = ["Api", "CommandResult", "Listing"]

MANAGER = "statefulspec"
"""The field manager under which the harness writes."""
_PAGE = 500
"""Objects of one page of a list, as kubectl's --chunk-size."""
_GATE = re.compile(r'^kubernetes_feature_enabled\{name="([^"]+)",[^}]*\} ([01])$', re.MULTILINE)
"""One gate in the server's metrics, since 1.26; no other interface tells it."""
_APPLY = "application/apply-patch+yaml"
_PATCHES = {
    "merge": "application/merge-patch+json",
    "json": "application/json-patch+json",
    "strategic": "application/strategic-merge-patch+json",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """All objects of a kind as they were at one resourceVersion, from which a watch can go on."""

    items: tuple[Object, ...]
    resource_version: str


class Api:
    """
    One API server with one set of credentials; safe to use from several threads at once.

    Every method raises a KubeError where the server refuses or does not answer; none tries again. A namespaced kind
    without a namespace means all namespaces when reading.
    """

    def __init__(self, connection: Connection, kubeconfig: Path | None = None, context: str = "") -> None:
        self._connection = connection
        self._discovery = Discovery(connection)
        self.kubeconfig, self.context = kubeconfig, context
        """Where another program finds the same server, which is told of both."""

    @classmethod
    def connect(cls, kubeconfig: Path, context: str | None = None) -> Api:
        """Return the API of a kubeconfig's context without sending a request; BadInput where it cannot be used."""
        settings = load(kubeconfig, context)
        try:
            return cls(Connection(settings), kubeconfig, context or "")
        except (OSError, ValueError) as error:
            raise BadInput(f"its certificates cannot be used: {error}", str(kubeconfig)) from error

    def fork(self) -> Api:
        """Return the same API over connections of its own, so that it can be aborted alone."""
        return Api(self._connection.fork(), self.kubeconfig, self.context)

    def abort(self) -> None:
        """Break every connection at once: requests and watches under way, in whatever thread, raise Unreachable."""
        self._connection.abort()

    def close(self) -> None:
        """Close the connections that are idle."""
        self._connection.close()

    @property
    def permissions(self) -> Permissions:
        """What the credentials may do."""
        return Permissions(self._connection)

    @property
    def server(self) -> str:
        """The server's URL."""
        return self._connection.server

    def version(self) -> str:
        """Return the server's version, such as `v1.36.3`."""
        return str(self._connection.ask_object(Request("get", "version"), "GET", "/version").get("gitVersion", ""))

    def told_of_itself(self) -> ApiServer:
        """Return what the server says of itself; its gates are not known where the credentials may not get /metrics."""
        try:
            metrics = self._connection.ask(Request("get", "metrics"), "GET", "/metrics")
        except (Forbidden, NotFound):
            return ApiServer(self.version())
        return ApiServer(self.version(), {name: on == "1" for name, on in _GATE.findall(metrics.decode())})

    def is_ready(self) -> bool:
        """Return whether the server says that it is ready: before, it may refuse what the credentials are allowed."""
        try:
            self._connection.ask(Request("get", "readyz"), "GET", "/readyz")
        except KubeError:
            return False
        return True

    def kind(self, api_version: str, kind: str) -> Kind:
        """Return where the server serves a kind; one unknown so far is looked up anew, else NotFound."""
        return self._discovery.kind(api_version, kind)

    def kinds(self, *verbs: str) -> Sequence[Kind]:
        """Return every kind that the server serves with all these verbs (`list`, `delete` …), asked for now."""
        return self._discovery.kinds(*verbs)

    def read(self, kind: Kind, name: str, namespace: str | None = None) -> Object:
        """Return one object."""
        request = _request("get", kind, namespace, name)
        return self._connection.ask_object(request, "GET", kind.path(namespace, name))

    def list(
        self,
        kind: Kind,
        namespace: str | None = None,
        *,
        selector: str = "",
        resource_version: str | None = None,
        timeout_s: float = READ_S,
    ) -> Listing:
        """
        Return all objects of a kind, read page by page; without a resourceVersion as they are now.

        A list whose continuation expires meanwhile is read anew in one piece. `timeout_s`: silence allowed per page.
        """
        query = {"labelSelector": selector, "resourceVersion": resource_version or ""}
        try:
            return self._pages(kind, namespace, query | {"limit": str(_PAGE)}, timeout_s)
        except Expired:
            return self._pages(kind, namespace, query, timeout_s)

    def create(self, kind: Kind, body: Object, namespace: str | None = None) -> Object:
        """Return the object that was created; Conflict where one of its name exists."""
        namespace = namespace or _namespace(body)
        request = _request("create", kind, namespace, _name(body))
        return self._connection.ask_object(
            request, "POST", kind.path(namespace), {"fieldManager": MANAGER, "fieldValidation": "Strict"}, body
        )

    def apply(
        self,
        kind: Kind,
        body: Object,
        *,
        namespace: str | None = None,
        manager: str = MANAGER,
        force: bool = True,
        dry_run: bool = False,
        field_validation: str = "Strict",
    ) -> Object:
        """
        Return the object after a server-side apply, which creates it where there is none.

        Without `force`, Conflict names the manager of each field in `causes`. `dry_run` changes nothing.
        """
        namespace = namespace or _namespace(body)
        request = _request("patch", kind, namespace, _name(body))
        query: dict[str, str | bool] = {"fieldManager": manager, "force": force, "fieldValidation": field_validation}
        if dry_run:
            query["dryRun"] = "All"
        path = kind.path(namespace, _name(body))
        return self._connection.ask_object(request, "PATCH", path, query, body, content_type=_APPLY)

    def patch(
        self,
        kind: Kind,
        name: str,
        namespace: str | None,
        body: Mapping[str, Any] | Sequence[Any],
        *,
        subresource: str = "",
        style: Literal["merge", "json", "strategic"] = "merge",
    ) -> Object:
        """Return the object after a patch; a `json` patch is a list of operations, the others are objects."""
        request = _request("patch", kind, namespace, name, subresource)
        path = kind.path(namespace, name, subresource)
        query = {"fieldManager": MANAGER}
        return self._connection.ask_object(request, "PATCH", path, query, body, content_type=_PATCHES[style])

    def delete(
        self,
        kind: Kind,
        name: str,
        namespace: str | None = None,
        *,
        uid: str | None = None,
        grace: int | None = None,
        propagation: Literal["Orphan", "Background", "Foreground"] | None = None,
    ) -> Object:
        """
        Return the server's answer to a deletion that it accepted: the object while it still ends, else a Status.

        `uid`: delete this object only, Conflict where another has its name. `grace`: seconds.
        """
        options: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions"}
        if uid is not None:
            options["preconditions"] = {"uid": uid}
        if grace is not None:
            options["gracePeriodSeconds"] = grace
        if propagation is not None:
            options["propagationPolicy"] = propagation
        request = _request("delete", kind, namespace, name)
        return self._connection.ask_object(request, "DELETE", kind.path(namespace, name), None, options)

    def delete_all(self, kind: Kind, namespace: str, selector: str = "") -> Object:
        """Return the server's answer to the deletion, in one request, of all objects that a label selector matches."""
        request = Request("deletecollection", kind.plural, namespace)
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        return self._connection.ask_object(
            request, "DELETE", kind.path(namespace), {"labelSelector": selector}, options
        )

    def evict(self, pod: str, namespace: str, *, grace: int | None = None) -> Object:
        """Return the server's Status of an eviction; TooManyRequests where a disruption budget forbids it."""
        about = {"name": pod, "namespace": namespace}
        body: dict[str, Any] = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": about}
        if grace is not None:
            body["deleteOptions"] = {"gracePeriodSeconds": grace}
        request = Request("create", "pods/eviction", namespace, pod)
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/eviction"
        return self._connection.ask_object(request, "POST", path, None, body)

    def logs(self, pod: str, namespace: str, container: str = "", *, tail: int = 20, previous: bool = False) -> str:
        """Return the last `tail` lines of a container's log, of the run before the present one if `previous`."""
        request = Request("get", "pods/log", namespace, pod)
        query: Query = {"container": container, "tailLines": tail, "previous": previous}
        return self._connection.ask(request, "GET", _log_path(pod, namespace), query).decode("utf-8", "replace")

    def follow_log(
        self,
        pod: str,
        namespace: str,
        container: str = "",
        *,
        since: str = "",
        previous: bool = False,
        read_timeout_s: float = 10,
    ) -> LogConnection:
        """
        Return the lines of a container's log, those of the past first, then each as it is written.

        `since`: an RFC 3339 instant; the server rounds it down to a whole second. `previous`: the lines of the run
        before the present one, which end at once. A silence of `read_timeout_s` is an error.
        """
        request = Request("get", "pods/log", namespace, pod)
        query: Query = {
            "container": container,
            "follow": not previous,
            "previous": previous,
            "timestamps": True,
            "sinceTime": since,
        }
        response = self._connection.open(request, _log_path(pod, namespace), query, read_s=read_timeout_s)
        return LogConnection(request, response, self.server, read_timeout_s)

    def exec(
        self,
        pod: str,
        namespace: str,
        argv: Sequence[str],
        *,
        container: str,
        timeout_s: float = 30,
        limit: int = 1 << 20,
    ) -> CommandResult:
        """
        Return what became of a command in a container: its code and output, or why no code is known.

        No shell is involved. `limit`: bytes kept of each output. `container` as `harness.app_container` tells it.
        """
        return run(
            self._connection.settings, pod, namespace, argv, container=container, timeout_s=timeout_s, limit=limit
        )

    def forward(
        self, pod: str, namespace: str, port: int, *, timeout_s: float = 10
    ) -> AbstractContextManager[socket.socket]:
        """Give a connected stream socket to a pod's TCP port while the returned context lasts."""
        return forward(self._connection.settings, pod, namespace, port, timeout_s=timeout_s)

    def watch(
        self,
        kind: Kind,
        namespace: str | None,
        resource_version: str,
        *,
        timeout_s: float = 270,
        read_timeout_s: float = 75,
    ) -> WatchConnection:
        """
        Return the events after `resource_version`, bookmarks among them.

        The server ends the watch after `timeout_s`; a silence of `read_timeout_s` is an error: a living server sends
        a bookmark each minute.
        """
        request = _request("watch", kind, namespace)
        query: Query = {
            "watch": True,
            "allowWatchBookmarks": True,
            "resourceVersion": resource_version,
            "timeoutSeconds": int(timeout_s),
        }
        response = self._connection.open(request, kind.path(namespace), query, read_s=read_timeout_s)
        return WatchConnection(request, response, self.server, read_timeout_s)

    def _pages(self, kind: Kind, namespace: str | None, query: dict[str, str], timeout_s: float) -> Listing:
        request = _request("list", kind, namespace)
        types = {"apiVersion": kind.api_version, "kind": kind.name}
        items: list[Object] = []
        while True:
            page = self._connection.ask_object(request, "GET", kind.path(namespace), query, read_s=timeout_s)
            items += [types | item for item in page.get("items") or ()]
            metadata = page.get("metadata") or {}
            if not metadata.get("continue"):
                return Listing(tuple(items), str(metadata.get("resourceVersion", "")))
            query = query | {"continue": metadata["continue"], "resourceVersion": ""}


def _name(body: Object) -> str:
    return str(body["metadata"]["name"])


def _namespace(body: Object) -> str | None:
    namespace: str | None = body["metadata"].get("namespace")
    return namespace


def _request(verb: str, kind: Kind, namespace: str | None, name: str = "", subresource: str = "") -> Request:
    resource = f"{kind.plural}/{subresource}" if subresource else kind.plural
    return Request(verb, resource, namespace or "" if kind.namespaced else "", name)


def _log_path(pod: str, namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/pods/{pod}/log"
