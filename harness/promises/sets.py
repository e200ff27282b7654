"""What a raw StatefulSet says about itself, and which of its states the controller may have acted upon."""

from __future__ import annotations

from collections.abc import Iterator

from harness.history.history import History, Life
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
        for life in history.lives("StatefulSet", name)
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
        for life in history.lives("StatefulSet", name)
        if life.first.at <= event.at + lag and (life.deleted is None or life.deleted.at >= event.at - lag)
        for state in _governing(life, event.at, lag)
    ]


def _governing(life: Life, at: float, lag: float) -> Iterator[Object]:
    known = [seen for seen in life.seen if seen.at <= at + lag]
    settled = [seen for seen in known if seen.at <= at - lag]
    oldest = max((status(seen.data, "observedGeneration") for seen in settled), default=0)
    for number in range(oldest, generation(known[-1].data) + 1):
        of_it = [seen for seen in life.seen if generation(seen.data) == number]
        told = [seen for seen in of_it if acknowledged(seen.data)]
        before = [seen for seen in told if seen.at <= at - lag][-1:]
        around = [seen for seen in told if at - lag < seen.at <= at + lag]
        for seen in before + around or told[:1] or of_it[:1]:
            yield seen.data


def _leaving(stateful_set: Object) -> bool:
    return bool(stateful_set["metadata"].get("deletionTimestamp"))
