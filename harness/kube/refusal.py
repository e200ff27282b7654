"""What the API server's refusals, and the failures to reach it, mean: each becomes one `KubeError`."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kubernetes.client.exceptions import ApiException
from urllib3 import exceptions as http
from websocket import WebSocketProxyException

from harness.errors import (
    Conflict,
    Denied,
    Expired,
    Forbidden,
    Invalid,
    KubeError,
    NotFound,
    TooManyRequests,
    Unauthorized,
    Unreachable,
)

__all__ = ["FAILURES", "Request", "refused", "unreachable"]

FAILURES = (http.HTTPError, OSError, ApiException)
"""What the client raises where no answer came; an answer of any status is no exception."""

_BY_STATUS: dict[int, type[KubeError]] = {
    400: Invalid,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Expired,
    422: Invalid,
    429: TooManyRequests,
}
_EXPLANATIONS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((http.NameResolutionError,), "cannot be found: its name does not resolve"),
    ((ConnectionRefusedError,), "refuses connections: no API server listens there"),
    ((ConnectionResetError, BrokenPipeError), "hung up in the middle of the request"),
    ((TimeoutError, http.ReadTimeoutError), "does not answer in time"),
)
_LONGEST_BODY = 400
"""Characters kept of an answer that is no Status: a proxy's page says in its first lines what it is."""
_UNTYPED = "failed to create typed patch object"
"""So begins the 500 with which server-side apply refuses an unknown or ill-typed field, seen with v1.36."""
_NO_RIGHT = re.compile(r"\bcannot \w+ (?:resource|path) \"")
"""How a 403 of the authorizer reads, whichever of its modules decided."""
_ADMITTED = frozenset({"create", "patch", "update", "delete", "deletecollection"})
"""What admission is asked about, beside the authorizer."""
_FIELD_FAULT = re.compile(r"(?<!\S)\.(\S+): ([^\n]+)")


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked, in the terms of RBAC: verb, resource (with subresource), namespace and name."""

    verb: str
    resource: str
    namespace: str = ""
    name: str = ""


def refused(request: Request, code: int, body: bytes | Mapping[str, Any], headers: Mapping[str, str]) -> KubeError:
    """Return the error that an answer stands for; `body` is a Status, as bytes or parsed, or any text of a proxy."""
    status = _status(body) if isinstance(body, bytes) else body
    code = int(status.get("code") or code)
    message = str(status.get("message") or "the server gave no reason")
    details = status.get("details") or {}
    causes = tuple(
        (str(cause.get("field", "")).lstrip("."), str(cause.get("message", "")))
        for cause in details.get("causes") or ()
    )
    kind = _BY_STATUS.get(code, Unreachable if code >= 500 else KubeError)
    if message.startswith(_UNTYPED):
        kind, causes = Invalid, tuple(_FIELD_FAULT.findall(message))
    if kind is Forbidden and request.verb in _ADMITTED and not _NO_RIGHT.search(message):
        kind = Denied
    return kind(
        message,
        status=code,
        reason=str(status.get("reason") or ""),
        verb=request.verb,
        resource=request.resource,
        namespace=request.namespace,
        name=request.name,
        causes=causes,
        retry_after_s=_retry_after_s(headers, details),
    )


def unreachable(request: Request, failure: BaseException, server: str) -> Unreachable:
    """Return the error for a request that got no answer; its message names the server and the root cause."""
    return Unreachable(
        f"{server} {_explain(failure)}",
        verb=request.verb,
        resource=request.resource,
        namespace=request.namespace,
        name=request.name,
    )


def _status(body: bytes) -> Mapping[str, Any]:
    text = body.decode("utf-8", "replace").strip()
    try:
        parsed = json.loads(text)
    except ValueError:
        parsed = None
    if isinstance(parsed, dict) and parsed.get("kind") == "Status":
        return parsed
    return {"message": text[:_LONGEST_BODY] + ("…" if len(text) > _LONGEST_BODY else "")}


def _retry_after_s(headers: Mapping[str, str], details: Mapping[str, Any]) -> float | None:
    given = headers.get("Retry-After") or details.get("retryAfterSeconds")
    try:
        return float(given) if given else None
    except ValueError:  # the form with a date, which the API server does not use
        return None


def _explain(failure: BaseException) -> str:
    chain = list(_chain(failure))
    for cause in chain:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"shows a certificate that the kubeconfig's authority does not vouch for: {cause.verify_message}"
    proxied = any(isinstance(cause, (http.ProxyError, WebSocketProxyException)) for cause in chain)
    for kinds, text in _EXPLANATIONS if not proxied else ():
        if any(isinstance(cause, kinds) for cause in chain):
            return text
    root = chain[-1]
    text = str(getattr(root, "reason", None) or root).strip() or type(root).__name__
    return f"cannot be reached: {text.splitlines()[-1]}"


def _chain(failure: BaseException) -> Iterator[BaseException]:
    """Yield the failure and what it wraps, outermost first: chained, or held in `reason` or an argument."""
    pending, seen = [failure], set[int]()
    while pending:
        cause = pending.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        wrapped = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
        pending += [inner for inner in wrapped if isinstance(inner, BaseException)]
