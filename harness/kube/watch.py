"""One watch request: the events the server sends, parsed, until it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from urllib3.exceptions import ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from harness.errors import Unreachable
from harness.kube.refusal import FAILURES, Request, refused, unreachable

__all__ = ["Garbled", "WatchConnection"]


class Garbled(Unreachable):
    """The stream carried something that is no watch event; what follows cannot be trusted."""


class WatchConnection:
    """
    The events of one watch, in the order the server sent them; iterating ends where the server ends the watch.

    Raises Expired for resourceVersions that are no longer served, Garbled for bytes that are no event, Unreachable for
    a cut or a silence longer than allowed, and other KubeErrors as the server names them.
    """

    def __init__(self, request: Request, response: BaseHTTPResponse, server: str, read_timeout_s: float) -> None:
        self._request, self._response, self._server = request, response, server
        self._read_timeout_s = read_timeout_s

    def __iter__(self) -> Iterator[dict[str, Any]]:
        try:
            for line in self._lines():
                yield self._event(line)
        except FAILURES as failure:
            raise self._broken(failure) from failure
        finally:
            self._response.close()

    def _lines(self) -> Iterator[bytes]:
        rest = b""
        while chunk := self._response.read1(1 << 20):
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
        if rest:
            yield rest

    def _event(self, line: bytes) -> dict[str, Any]:
        try:
            event = json.loads(line)
            kind, item = event["type"], event["object"]
        except (ValueError, KeyError, TypeError) as error:
            shown = line[:80].decode("utf-8", "replace")
            raise Garbled(f"{self._server} sent what is no watch event: {shown!r}", **self._names()) from error
        if not isinstance(kind, str) or not isinstance(item, dict):
            raise Garbled(f"{self._server} sent a watch event of no known shape", **self._names())
        if kind == "ERROR":
            raise refused(self._request, 500, item, {})
        return {"type": kind, "object": item}

    def _broken(self, failure: BaseException) -> Unreachable:
        if isinstance(failure, ReadTimeoutError):
            text = f"{self._server} sent nothing for {self._read_timeout_s:g} s"
            return Unreachable(text, **self._names())
        return unreachable(self._request, failure, self._server)

    def _names(self) -> dict[str, Any]:
        return {"verb": "watch", "resource": self._request.resource, "namespace": self._request.namespace}
