"""One server, reached through the Kubernetes client: sends a request, returns the answer's bytes, or raises why not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from kubernetes.client.api_client import ApiClient
from urllib3.response import BaseHTTPResponse

from harness.kube import kubeconfig as kubeconfigs
from harness.kube.refusal import FAILURES, Request, refused, unreachable

__all__ = ["CONNECT_S", "READ_S", "Connection", "Query"]

CONNECT_S = 5.0
"""Seconds to open a connection: a server of the same network answers in milliseconds."""
READ_S = 30.0
"""Seconds of silence in an answer; the API server itself gives up on an ordinary request after 60."""

Query: TypeAlias = Mapping[str, str | int | bool]


class Connection:
    """Requests to one API server with one set of credentials; safe to use from several threads at once."""

    def __init__(self, kubeconfig: Path, context: str | None) -> None:
        self.settings = kubeconfigs.load(kubeconfig, context)
        self.server = str(self.settings.host)
        self._client = ApiClient(self.settings)
        self._client.user_agent = "statefulspec"

    def ask(
        self,
        request: Request,
        method: str,
        path: str,
        query: Query | None = None,
        body: Mapping[str, Any] | Sequence[Any] | None = None,
        *,
        content_type: str = "application/json",
    ) -> bytes:
        """Return the body of the server's answer; raises a KubeError where it refuses or does not answer."""
        response = self._send(request, method, path, query, body, content_type, READ_S)
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
    ) -> dict[str, Any]:
        """Return the server's answer as a dictionary; otherwise like `ask`."""
        answer = self.ask(request, method, path, query, body, content_type=content_type)
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

    def close(self) -> None:
        """Close the connections that are idle."""
        self._client.rest_client.close()

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


def _text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
