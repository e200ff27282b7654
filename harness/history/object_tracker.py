"""
What is known of the objects of one kind, and what each message of the server adds to it.

Problem: a list, a repeated event or a relist after a lost stretch must leave each transition in the record once,
invent none and hide none. Solution: objects are told apart by uid and their states by resourceVersion, compared only
for being equal; whatever cannot have been seen is marked by a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from harness.errors import Unreachable
from harness.history.observation import Observation, Verb
from harness.history.redaction import redact
from harness.history.sharing import share
from harness.model import Object

__all__ = ["ObjectFilter", "ObjectTracker", "Sink"]

ObjectFilter = Callable[[Object], bool]
"""Says whether an object belongs into the record; one that once did stays in it."""

_VERBS = {"ADDED": Verb.ADDED, "MODIFIED": Verb.MODIFIED, "DELETED": Verb.DELETED}


class Sink(Protocol):
    """Where observations go."""

    @property
    def now(self) -> float:
        """Seconds since the history began."""

    def record(
        self, topic: str, verb: Verb, *, name: str = "", uid: str = "", data: Mapping[str, Any] | None = None
    ) -> Observation:
        """Append one observation."""


class ObjectTracker:
    """
    The objects of one kind as the record shows them.

    `known`: uid → the newest observation of each object that is there. `last_at`: the moment of the last thing known.
    """

    def __init__(self, topic: str, sink: Sink, keep: ObjectFilter) -> None:
        self.known: dict[str, Observation] = {}
        self.last_at = 0.0
        self._topic, self._sink, self._keep = topic, sink, keep
        self._bearers: dict[str, set[str]] = {}
        self._seen: dict[str, set[str]] = {}
        self._gone: set[str] = set()
        self._began = False
        self._newest: Object = {}

    def listed(self, items: Iterable[Object]) -> None:
        """
        Take note of a list: the first one shows what was there; any later one follows a lost stretch.

        After a lost stretch the record gets a gap for the stream, and one for each object that changed, came or went.
        """
        states = {_identify(item): item for item in items}
        if not self._began:
            for (uid, version), item in states.items():
                self._note(Verb.LISTED, uid, version, item)
        else:
            self._sink.record(self._topic, Verb.GAP, data={"since": self.last_at})
            present = {uid for uid, _ in states}
            for uid in [uid for uid in self.known if uid not in present]:
                self._lost(uid, self.last_at)
            for (uid, version), item in states.items():
                self._note(Verb.ADDED, uid, version, item, unseen_since=self.last_at)
        self._began = True
        self.last_at = self._sink.now

    def happened(self, kind: str, item: Object) -> str:
        """
        Return the version that a watch event leads to, taking note of it; a state that was seen before adds nothing.

        Raises Unreachable for an event of an unknown type or an object that cannot be told from others.
        """
        if kind == "BOOKMARK":
            version = _version(item)
        elif kind in _VERBS:
            uid, version = _identify(item)
            self._note(_VERBS[kind], uid, version, item)
        else:
            raise Unreachable(f"the server sent a watch event of the unknown type {kind!r}", verb="watch")
        self.last_at = self._sink.now
        return version

    def proved(self, asked: float) -> None:
        """Take note that all there was at `asked` is known: nothing of before can be lost any more."""
        self.last_at = max(self.last_at, asked)

    def shows(self, states: Iterable[tuple[str, str]], absent: set[str]) -> bool:
        """Return whether every one of these (uid, resourceVersion) was seen and none of the absent is there."""
        return not absent & self.known.keys() and all(version in self._seen.get(uid, ()) for uid, version in states)

    def _note(self, verb: Verb, uid: str, version: str, item: Object, unseen_since: float | None = None) -> None:
        """Record a state, unless it was seen before, is of an object that is gone, or is none of our business."""
        seen = self._seen.setdefault(uid, set())
        if verb is Verb.ADDED and seen:
            verb = Verb.MODIFIED
        if version in seen or uid in self._gone:
            return
        seen.add(version)
        if uid not in self.known and not self._keep(item):
            return
        name = str(item["metadata"]["name"])
        for former in self._bearers.get(name, set()) - {uid}:
            self._lost(former, self.known[former].at)
        if unseen_since is not None:
            self._gap(uid, name, unseen_since)
        data = self._shared(uid, redact(item))
        observation = self._sink.record(self._topic, verb, name=name, uid=uid, data=data)
        if verb is Verb.DELETED:
            self._forget(uid, name)
        else:
            self.known[uid] = observation
            self._bearers.setdefault(name, set()).add(uid)

    def _shared(self, uid: str, item: Object) -> Object:
        """Return the object made of what is the same in its former state, or in the newest of its kind."""
        former = self.known.get(uid)
        shared: Object = share(dict(item), former.data if former else self._newest)
        self._newest = shared
        return shared

    def _lost(self, uid: str, since: float) -> None:
        """Record that an object is gone whose end nobody saw."""
        last = self.known[uid]
        self._forget(uid, last.name)
        self._gap(uid, last.name, since)
        self._sink.record(self._topic, Verb.DELETED, name=last.name, uid=uid, data=last.data)

    def _forget(self, uid: str, name: str) -> None:
        self.known.pop(uid, None)
        self._gone.add(uid)
        self._bearers.get(name, set()).discard(uid)

    def _gap(self, uid: str, name: str, since: float) -> None:
        self._sink.record(self._topic, Verb.GAP, name=name, uid=uid, data={"since": since})


def _identify(item: Object) -> tuple[str, str]:
    uid, name = _metadata(item).get("uid"), _metadata(item).get("name")
    if not (uid and name):
        raise Unreachable("the server sent an object without name or uid", verb="watch")
    return str(uid), _version(item)


def _version(item: Object) -> str:
    version = _metadata(item).get("resourceVersion")
    if not version:
        raise Unreachable("the server sent an object without resourceVersion", verb="watch")
    return str(version)


def _metadata(item: Object) -> Object:
    metadata = item.get("metadata")
    return metadata if isinstance(metadata, dict) else {}
