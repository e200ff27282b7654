"""The lines of a container's log as they are written, each with the instant at which its node took it down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from urllib3.exceptions import ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from harness.errors import Unreachable
from harness.kube.refusal import FAILURES, Request, unreachable

__all__ = ["LogConnection", "LogLine"]

_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\S+(?= )")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line; `stamp` is the node's own timestamp as it was sent, RFC 3339 with up to nine decimals."""

    stamp: str
    text: str

    @property
    def instant(self) -> float:
        """The stamp in seconds since 1970, to the microsecond."""
        return datetime.fromisoformat(self.stamp).timestamp()


class LogConnection:
    """
    The whole lines of one log, in their order; iterating ends where the server ends the answer.

    What was sent of a line when the connection broke is left out: it comes again whole. Raises Unreachable for a cut,
    for a silence longer than allowed, and for a line that carries no timestamp.
    """

    def __init__(self, request: Request, response: BaseHTTPResponse, server: str, read_timeout_s: float) -> None:
        self._request, self._response, self._server = request, response, server
        self._read_timeout_s = read_timeout_s

    def __iter__(self) -> Iterator[LogLine]:
        rest = b""
        try:
            while chunk := self._response.read1(1 << 16):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from map(self._line, lines)
        except ReadTimeoutError as failure:
            text = f"nothing was logged for {self._read_timeout_s:g} s"
            raise Unreachable(text, **self._names()) from failure
        except FAILURES as failure:
            raise unreachable(self._request, failure, self._server) from failure
        finally:
            self._response.close()

    def _line(self, line: bytes) -> LogLine:
        stamp = _STAMP.match(line)
        if stamp is None:
            shown = line[:80].decode("utf-8", "replace")
            raise Unreachable(f"{self._server} sent a line without timestamp: {shown!r}", **self._names())
        return LogLine(stamp[0].decode(), line[stamp.end() + 1 :].decode("utf-8", "replace"))

    def _names(self) -> dict[str, Any]:
        return {
            "verb": "get",
            "resource": self._request.resource,
            "namespace": self._request.namespace,
            "name": self._request.name,
        }
