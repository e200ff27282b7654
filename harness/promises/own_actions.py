"""What we did ourselves, read from the ACTION observations: whom we removed, which generation we asked for."""

from __future__ import annotations

from harness.history.history import History
from harness.history.observation import ACTION, Observation

__all__ = ["LEAVE_OUT", "NAME_PODS", "generation_asked", "removals"]

LEAVE_OUT = "leave out"
"""What is done to an object of a manifest that is not applied with the others, as a hook is not."""
NAME_PODS = "name pods"
"""What is done to pods that get a name of the scenario's own: nothing, but sentences know them by it."""
REMOVING = frozenset({"delete", "evict"})


def removals(history: History, kind: str = "Pod", *, since: int = 0) -> dict[str, Observation]:
    """Return our removals of objects of a kind since observation `since`, by the uid of the removed."""
    return {
        str(action.data.get("uid") or action.uid): action
        for action in history.of(ACTION, since=since)
        if action.data.get("verb") in REMOVING and action.data.get("kind", "Pod") == kind
    }


def generation_asked(history: History, kind: str, name: str, uid: str, *, since: int = 0) -> int:
    """Return the newest generation that the server gave the object for a write of ours since `since`, else 0."""
    asked = (
        int(action.data.get("generation") or 0)
        for action in history.of(ACTION, name=name, since=since)
        if action.data.get("kind") == kind and (action.data.get("uid") or action.uid) in ("", uid)
    )
    return max(asked, default=0)
