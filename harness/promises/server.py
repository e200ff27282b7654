"""Which Kubernetes a history was recorded on: what a promise says of one version must not be said of another."""

from __future__ import annotations

from harness.api_server import ApiServer
from harness.history.history import History
from harness.history.observation import SERVER

__all__ = ["server_of"]


def server_of(history: History, before: int | None = None) -> ApiServer | None:
    """
    Return the server as it was at the end of the history, or when observation `before` arrived.

    None in a recording that does not tell: it is older than this topic.
    """
    told = history.of(SERVER, before=before)
    if not told:
        return None
    on = told[-1].data["on"]
    return ApiServer(told[-1].name, None if on is None else dict.fromkeys(on, True))
