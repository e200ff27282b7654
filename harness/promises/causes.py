"""Why something does not go on: a cause that stands, read from containers, conditions, claims and events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from harness.history.history import History, Life
from harness.history.observation import Observation
from harness.model import Object
from harness.promises import sets
from harness.promises.pods import ready, terminating
from harness.promises.verdict import Subject

__all__ = ["MOUNT_RETRY_S", "Cause", "blocked"]

MOUNT_RETRY_S = 8.0
"""
For how many seconds the same mount must have failed again and again to be a cause. A node that knows of a claim later
than of its pod fails at first; the kubelet tries again within 10 s to 15 s, and succeeds.
"""


@dataclass(frozen=True, slots=True)
class Cause:
    """
    What stands in the way, in words.

    `since`: the `at` from which it has stood without progress. `events`: the observations that show it.
    """

    text: str
    since: float
    events: tuple[Observation, ...]


def blocked(history: History, name: str) -> Cause | None:
    """
    Return what keeps a stateful set, or a single pod, of this name from going on; None where nothing is known to.

    A claim that cannot bind comes before the pod that waits for it; of several causes the oldest is returned.
    """
    alive = history.alive("Pod")
    pods = [life for life in alive.values() if life.name == name or Subject(name).ordinal(life.name) is not None]
    stuck = [pod for pod in pods if not ready(pod.last.data) and not terminating(pod.last.data)]
    for causes in (_claims(history, stuck), _refusals(history, name), _pods(history, stuck)):
        found = sorted(causes, key=lambda cause: cause.since)
        if found:
            return found[0]
    return None


def _pods(history: History, stuck: list[Life]) -> Iterator[Cause]:
    for pod in stuck:
        for explain in (_image, _configuration, _crash, _unschedulable):
            text = explain(pod.last.data)
            if text:
                began = _standing(pod, lambda seen, explain=explain: bool(explain(seen)))  # type: ignore[misc]
                yield Cause(f"{pod.name}: {text}", began.at, (began, pod.last))
        yield from _mounts(history, pod)


def _standing(life: Life, holds: Callable[[Object], bool]) -> Observation:
    began = life.last
    for seen in reversed(life.seen):
        if not holds(seen.data):
            break
        began = seen
    return began


def _containers(pod: Object) -> list[Object]:
    status = pod.get("status", {})
    return [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]


def _waiting(pod: Object, *reasons: str) -> Iterator[tuple[Object, Object]]:
    for container in _containers(pod):
        waiting = container.get("state", {}).get("waiting", {})
        if waiting.get("reason") in reasons:
            yield container, waiting


def _image(pod: Object) -> str:
    reasons = ("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName")
    for container, waiting in _waiting(pod, *reasons):
        return f"image {container.get('image')} cannot be had ({waiting['reason']})"
    return ""


def _configuration(pod: Object) -> str:
    for container, waiting in _waiting(pod, "CreateContainerConfigError", "CreateContainerError", "RunContainerError"):
        return f"container {container['name']} cannot start: {waiting.get('message') or waiting['reason']}"
    return ""


def _crash(pod: Object) -> str:
    for container in _containers(pod):
        last = container.get("state", {}).get("terminated") or container.get("lastState", {}).get("terminated") or {}
        if container.get("restartCount", 0) and last.get("exitCode") and not container.get("ready"):
            return f"container {container['name']} keeps ending with exit code {last['exitCode']} (CrashLoopBackOff)"
    return ""


def _unschedulable(pod: Object) -> str:
    for condition in pod.get("status", {}).get("conditions", []):
        if condition.get("type") == "PodScheduled" and condition.get("reason") == "Unschedulable":
            return f"no node fits: {condition.get('message', '')}"
    return ""


def _mounts(history: History, pod: Life) -> Iterator[Cause]:
    if pod.last.data.get("status", {}).get("phase") == "Pending":
        told = _told(history, pod.name, "FailedMount", "FailedAttachVolume", uid=pod.uid)
        same = [seen for seen in told if seen.data.get("message") == told[-1].data.get("message")]
        if same and same[-1].at - same[0].at >= MOUNT_RETRY_S:
            yield Cause(f"{pod.name}: {same[-1].data.get('message', '')}", same[0].at, (same[0], same[-1]))


def _claims(history: History, stuck: list[Life]) -> Iterator[Cause]:
    claims = history.alive("PersistentVolumeClaim")
    for pod in stuck:
        for volume in pod.last.data.get("spec", {}).get("volumes", []):
            claim = claims.get(volume.get("persistentVolumeClaim", {}).get("claimName", ""))
            told = _told(history, claim.name, "FailedBinding", "ProvisioningFailed", uid=claim.uid) if claim else []
            if claim and told and claim.last.data.get("status", {}).get("phase") == "Pending":
                text = (
                    f"claim {claim.name} stays Pending, so {pod.name} cannot start: {told[-1].data.get('message', '')}"
                )
                yield Cause(text, told[0].at, (claim.last, told[-1]))


def _refusals(history: History, name: str) -> Iterator[Cause]:
    current = history.current("StatefulSet", name)
    pods = [life for life in history.lives("Pod") if Subject(name).ordinal(life.name) is not None]
    there = sum(life.deleted is None for life in pods)
    if current is None or there >= sets.replicas(current):
        return
    created = max((life.first.seq for life in pods), default=0)
    told = _told(history, name, "FailedCreate", since=created)
    if told:
        yield Cause(f"a pod is refused: {told[-1].data.get('message', '')}", told[0].at, (told[0], told[-1]))


def _told(history: History, name: str, *reasons: str, since: int = 0, uid: str = "") -> list[Observation]:
    """Return the events about an object; with `uid` only those about that very one, which may come before it."""
    return [
        seen
        for seen in history.of("Event", since=since)
        if seen.is_state
        and seen.data.get("reason") in reasons
        and (involved := seen.data.get("involvedObject", {})).get("name") == name
        and (not uid or involved.get("uid", uid) == uid)
    ]
