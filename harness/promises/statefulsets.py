"""What a raw StatefulSet says about itself, and which of its states the controller may have acted upon."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from harness.history.history import History
from harness.history.observation import Observation, Verb
from harness.model import Object

__all__ = [
    "VERSIONS",
    "acknowledged",
    "current_revision",
    "ends",
    "first_open",
    "generation",
    "governing",
    "min_ready_s",
    "on_delete",
    "ordinals",
    "parallel",
    "partition",
    "recreates",
    "replicas",
    "start",
    "status",
    "templates",
    "update_revision",
    "versions",
]

VERSIONS = "statefulspec.dev/versions"
"""The annotation by which a set says which image each version is: `v1=IMAGE v2=IMAGE`."""


def replicas(stateful_set: Object) -> int:
    """Return how many replicas are wanted; 1 where the spec is silent."""
    return int(stateful_set["spec"].get("replicas", 1))


def start(stateful_set: Object) -> int:
    """Return the lowest ordinal, spec.ordinals.start."""
    return int(stateful_set["spec"].get("ordinals", {}).get("start", 0))


def ordinals(stateful_set: Object) -> range:
    """Return the wanted ordinals."""
    return range(start(stateful_set), start(stateful_set) + replicas(stateful_set))


def partition(stateful_set: Object) -> int:
    """Return the partition of a rolling update; 0 where there is none."""
    return int(stateful_set["spec"].get("updateStrategy", {}).get("rollingUpdate", {}).get("partition", 0))


def first_open(stateful_set: Object) -> int:
    """Return the lowest ordinal that the update reaches: the partition counts from the start ordinal."""
    return start(stateful_set) + partition(stateful_set)


def min_ready_s(stateful_set: Object) -> int:
    """Return for how many whole seconds a pod must have been ready to be available."""
    return int(stateful_set["spec"].get("minReadySeconds", 0))


def parallel(stateful_set: Object) -> bool:
    """Whether pods are managed in parallel, without any order among them."""
    return bool(stateful_set["spec"].get("podManagementPolicy") == "Parallel")


def on_delete(stateful_set: Object) -> bool:
    """Whether pods are updated only when somebody deletes them."""
    return bool(stateful_set["spec"].get("updateStrategy", {}).get("type") == "OnDelete")


def recreates(stateful_set: Object) -> bool:
    """Whether an update deletes all pods of former revisions at once, before it makes any (Recreate, since 1.37)."""
    return bool(stateful_set["spec"].get("updateStrategy", {}).get("type") == "Recreate")


def templates(stateful_set: Object) -> tuple[str, ...]:
    """Return the names of the volume claim templates."""
    return tuple(claim["metadata"]["name"] for claim in stateful_set["spec"].get("volumeClaimTemplates", []))


def versions(stateful_set: Object) -> dict[str, str]:
    """Return the image of each version that the set knows."""
    told = str((stateful_set["metadata"].get("annotations") or {}).get(VERSIONS) or "")
    pairs = (entry.partition("=")[::2] for entry in told.split())
    return {version: image for version, image in pairs if image}


def generation(stateful_set: Object) -> int:
    """Return the generation of the spec."""
    return int(stateful_set["metadata"].get("generation", 0))


def acknowledged(stateful_set: Object, asked: int = 0) -> bool:
    """Whether the status speaks of this spec, and of the generation `asked` at least."""
    return status(stateful_set, "observedGeneration") >= max(asked, generation(stateful_set))


def status(stateful_set: Object, field: str) -> int:
    """Return a number of the status; the server leaves zeros out."""
    return int(stateful_set.get("status", {}).get(field, 0))


def current_revision(stateful_set: Object) -> str:
    """Return the name of the revision that pods below the partition have."""
    return str(stateful_set.get("status", {}).get("currentRevision", ""))


def update_revision(stateful_set: Object) -> str:
    """Return the name of the revision of the newest template that the controller has seen."""
    return str(stateful_set.get("status", {}).get("updateRevision", ""))


def ends(history: History, name: str) -> list[Observation]:
    """Return the observations that first showed the deletion of each set of this name."""
    shown = (
        next((seen for seen in life.seen if seen.verb is Verb.DELETED or _leaving(seen.data)), None)
        for life in history.incarnations("StatefulSet", name)
    )
    return [seen for seen in shown if seen]


def governing(history: History, name: str, event: Observation) -> list[Object]:
    """
    Return the states of the set that its controller may have acted upon when it caused `event`.

    Problem: the order of two streams says nothing within the lag, and the controller acts from a cache: a spec governs
    from somewhere between its writing and its acknowledgement in status.observedGeneration. Solution: each state that
    may have governed is returned, a spec with the revisions of its acknowledged status; an event breaks a promise only
    if it does so by all of them.
    """
    lag = history.lag
    return [
        state
        for life, reign in zip(
            history.incarnations("StatefulSet", name), history.digest(_Reigns, name).found(), strict=True
        )
        if life.first.at <= event.at + lag and (life.deleted is None or life.deleted.at >= event.at - lag)
        for state in reign.governing(event.at, lag)
    ]


class _Reigns:
    """A digest of the sets of one name, each by its generations, in order of their first states."""

    topic = "StatefulSet"

    def __init__(self, name: str) -> None:
        self._name = name
        self._names: dict[str, str] = {}
        self._reigns: dict[str, _Reign] = {}

    def take(self, seen: Observation) -> None:
        """Take note of a state."""
        if seen.is_state and self._names.setdefault(seen.uid, seen.name) == self._name:
            self._reigns.setdefault(seen.uid, _Reign()).take(seen)

    def found(self) -> list[_Reign]:
        """Return them."""
        return list(self._reigns.values())


class _Reign:
    """What one set said of itself, and when, in seconds, it had acknowledged which generation."""

    def __init__(self) -> None:
        self._ats: list[float] = []
        self._generations: list[int] = []
        self._acknowledged: list[int] = []
        self._first: dict[int, Object] = {}
        self._told: dict[int, tuple[list[float], list[Object]]] = {}

    def take(self, seen: Observation) -> None:
        """Take note of a state."""
        number = generation(seen.data)
        newest = max(status(seen.data, "observedGeneration"), self._acknowledged[-1] if self._acknowledged else 0)
        self._ats.append(seen.at)
        self._generations.append(number)
        self._acknowledged.append(newest)
        self._first.setdefault(number, seen.data)
        if acknowledged(seen.data):
            ats, states = self._told.setdefault(number, ([], []))
            ats.append(seen.at)
            states.append(seen.data)

    def governing(self, at: float, lag: float) -> Iterator[Object]:
        """Yield the states that may have governed at a moment at which the set was there."""
        settled, known = bisect_right(self._ats, at - lag), bisect_right(self._ats, at + lag)
        oldest = self._acknowledged[settled - 1] if settled else 0
        for number in range(oldest, self._generations[known - 1] + 1):
            ats, states = self._told.get(number, ([], []))
            before = max(0, bisect_right(ats, at - lag) - 1)
            yield from (
                states[before : bisect_right(ats, at + lag)]
                or states[:1]
                or [first for first in [self._first.get(number)] if first is not None]
            )


def _leaving(stateful_set: Object) -> bool:
    return bool(stateful_set["metadata"].get("deletionTimestamp"))
