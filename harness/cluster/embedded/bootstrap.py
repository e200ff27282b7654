"""The few requests that bringing a cluster up takes: readiness, apply, and waiting for an object on a watch."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from harness.cluster.embedded.answering import TooLate, await_answer
from harness.errors import EnvironmentUnfit

__all__ = ["BootstrapApi", "is_ready"]

_REQUEST_TIMEOUT_S = 10.0
"""Seconds for one request to an API server that has said that it is ready; a slow disk under etcd costs several."""
_WATCH_S = 2.0
"""Seconds that one watch lasts before all is listed anew: a watch that stays silent must not end a start."""


def is_ready(item: Mapping[str, Any]) -> bool:
    """Return whether a node or pod has the condition Ready."""
    conditions = item.get("status", {}).get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


class BootstrapApi:
    """An API server, spoken to with an issued pair of the cluster's authority; `keys` is the authority's folder."""

    def __init__(self, server: str, keys: Path, user: str = "admin") -> None:
        self._server = server
        address = urlsplit(server)
        self._host, self._port = address.hostname or "", address.port or 443
        self._tls = ssl.create_default_context(cafile=str(keys / "ca.crt"))
        self._tls.load_cert_chain(keys / f"{user}.crt", keys / f"{user}.key")

    def await_ready(self, timeout_s: float, still_alive: Callable[[], None]) -> None:
        """Return when the server says that it is ready; `still_alive` is asked between and may raise."""
        await_answer(f"{self._server}/readyz", "the API server", timeout_s, still_alive, self._tls)

    def apply(self, path: str, manifest: Mapping[str, Any]) -> None:
        """Create or change the object at the path by server-side apply."""
        query = urlencode({"fieldManager": "statefulspec", "force": "true"})
        status, body = self._request("PATCH", f"{path}?{query}", json.dumps(manifest), "application/apply-patch+yaml")
        if status not in (200, 201):
            raise EnvironmentUnfit(
                f"the API server refused {path}", expected="200 or 201", observed=f"{status}: {body[:500]}"
            )

    def await_objects(
        self,
        path: str,
        enough: Callable[[Mapping[str, Mapping[str, Any]]], bool],
        timeout_s: float,
        awaited: str,
        still_alive: Callable[[], None] = lambda: None,
    ) -> None:
        """
        Return when the objects of a collection, by name, are `enough`; wakes on each event of a watch.

        Raises TooLate after `timeout_s` seconds; `still_alive` is asked every other second and may raise.
        """
        deadline = time.monotonic() + timeout_s
        objects: dict[str, Mapping[str, Any]] = {}
        while (remaining := deadline - time.monotonic()) > 0:
            still_alive()
            objects = {}
            for event in self._watch(path, min(remaining, _WATCH_S)):
                item = event["object"]
                objects[item["metadata"]["name"]] = item
                if event["type"] == "DELETED":
                    del objects[item["metadata"]["name"]]
                if enough(objects):
                    return
        raise TooLate(
            f"{awaited} did not come about",
            expected=f"{awaited} within {timeout_s:.0f} s",
            observed="; ".join(f"{name}: {_conditions(item)}" for name, item in objects.items()) or "no object",
        )

    def _watch(self, path: str, timeout_s: float) -> Any:
        connection = self._connect(timeout_s)
        query = urlencode({"watch": "true", "timeoutSeconds": max(1, int(timeout_s))})
        try:
            connection.request("GET", f"{path}?{query}")
            answer = connection.getresponse()
            while line := answer.readline():
                event = json.loads(line)
                if event["type"] == "ERROR":
                    return
                yield event
        except TimeoutError:
            return
        finally:
            connection.close()

    def _request(self, method: str, path: str, body: str = "", content_type: str = "") -> tuple[int, str]:
        connection = self._connect(_REQUEST_TIMEOUT_S)
        try:
            headers = {"Content-Type": content_type} if content_type else {}
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def _connect(self, timeout_s: float) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self._host, self._port, timeout=timeout_s, context=self._tls)


def _conditions(item: Mapping[str, Any]) -> str:
    conditions = item.get("status", {}).get("conditions", [])
    return ", ".join(f"{c['type']}={c['status']} {c.get('reason', '')}".strip() for c in conditions) or "no conditions"
