"""
Why something does not go on, read from containers, conditions, claims and events, and when it may go on by itself.

Nearly everything may. An image comes with another pod of the node, which the kubelet looks for before it asks the
registry again; a Secret, a ConfigMap, a class, a volume or a service account may be made by an operator; a node has
room again once another pod has gone, a quota as well; mounts, provisioning and the making of containers are tried again
without end. Such a cause is told when the time is over, and ends no wait. Two cannot heal:

- a name of an image that is none (`InvalidImageName`): the kubelet decides it on the pod's spec alone;
- a container that the kubelet starts again too late. It says for how long it holds it back, "back-off 40s restarting
  failed container", counted from the container's end (`doBackOff` in upstream's pkg/kubelet/kuberuntime, which since
  1.32 takes another longest pause from its configuration: so its words count, and no table of ours).

And these only in a pod that nothing is about to replace, as a rollout or a smaller number of replicas would.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from harness.history.history import History
from harness.history.incarnations import Incarnation, Present, rank
from harness.history.observation import Observation
from harness.model import Object
from harness.promises import statefulsets
from harness.promises.ownership import controller
from harness.promises.pods import instant, ready, revision, terminating
from harness.promises.verdict import Subject

__all__ = ["MOUNT_RETRY_S", "Cause", "Look", "Obstacles", "blocked", "lasting"]

MOUNT_RETRY_S = 8.0
"""
For how many seconds the same mount must have failed again and again to be a cause. A node that knows of a claim later
than of its pod fails at first; the kubelet tries again within 10 s to 15 s, and succeeds.
"""
_ANY_TIME = 0.0
"""A moment that is always past: what may heal at any time rules nothing out."""
_BACK_OFF = re.compile(r"back-off (?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?(?= restarting failed container)")
"""The kubelet's words, with the duration as Go spells it."""


@dataclass(frozen=True, slots=True)
class Cause:
    """
    What stands in the way, in words.

    `since`: the `at` from which it has stood without progress. `heals`: the `at` before which it cannot heal by itself,
    infinite where it never does, 0 where it may at any time. `events`: the observations that show it.
    """

    text: str
    since: float
    events: tuple[Observation, ...]
    heals: float = _ANY_TIME


Look = Callable[[History], Sequence[Cause]]
"""What looks for causes in a view of a history."""


class Obstacles:
    """What looks for the causes that keep a StatefulSet, or a single pod, of this name from going on."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, history: History) -> list[Cause]:
        """Return all of them, as `blocked` does."""
        return blocked(history, self._name)

    def lasting(self, history: History) -> list[Cause]:
        """Return in the same order those that cannot heal at any time: they alone may end a wait."""
        names = history.digest(_Held, self._name).names
        if not names:
            return []
        alive = history.alive("Pod")
        held = [alive[name] for name in sorted(names, key=rank)]
        causes = [cause for pod in held for cause in _troubles(history, pod) if cause.heals != _ANY_TIME]
        return sorted(causes, key=lambda cause: cause.since)


def lasting(look: Look) -> Look:
    """Return what looks for nothing but causes that cannot heal at any time, where `look` can tell them apart."""
    return look.lasting if isinstance(look, Obstacles) else look


def blocked(history: History, name: str) -> list[Cause]:
    """
    Return what keeps a StatefulSet, or a single pod, of this name from going on, the likeliest first.

    A claim that cannot bind comes before the pod that waits for it; the older cause comes before the newer one.
    """
    pods = (life for life in history.alive("Pod").values() if _bears(life.name, name))
    stuck = [pod for pod in pods if _stuck(pod.last.data)]
    troubles = [cause for pod in stuck for look in (_troubles, _mounts) for cause in look(history, pod)]
    found = (_claims(history, stuck), _refusals(history, name), troubles)
    return [cause for causes in found for cause in sorted(causes, key=lambda cause: cause.since)]


class _Held(Present):
    """A digest of the pods that go on too late, or never, unless something replaces them."""

    def __init__(self, name: str) -> None:
        super().__init__("Pod")
        self.names: set[str] = set()
        self._name = name

    def became(self, name: str, before: Observation | None, now: Observation | None) -> None:
        """Take note of a pod that is held back by now, or no more."""
        del before
        held = now is not None and _bears(name, self._name) and _stuck(now.data) and _restrained(now.data)
        (self.names.add if held else self.names.discard)(name)


def _bears(pod: str, name: str) -> bool:
    return pod == name or Subject(name).ordinal(pod) is not None


def _stuck(pod: Object) -> bool:
    return not ready(pod) and not terminating(pod)


def _restrained(pod: Object) -> bool:
    return any(True for _ in _waiting(pod, "InvalidImageName", "CrashLoopBackOff"))


def _troubles(history: History, pod: Incarnation) -> Iterator[Cause]:
    heals = _restart(pod) if _stays(history, pod) else _ANY_TIME
    for explain in (_image, _configuration, _crash, _unschedulable):
        text = explain(pod.last.data)
        if text:
            began = _standing(pod, lambda seen, explain=explain: bool(explain(seen)))  # type: ignore[misc]
            yield Cause(f"{pod.name}: {text}", began.at, (began, pod.last), heals)


def _stays(history: History, pod: Incarnation) -> bool:
    """Return whether nothing is known that would replace the pod: its set wants it as it is, or it is nobody's."""
    owner = controller(pod.last.data)
    if owner is None:
        return True
    current = history.current("StatefulSet", owner["name"]) if owner["kind"] == "StatefulSet" else None
    ordinal = Subject(owner["name"]).ordinal(pod.name)
    if (
        current is None
        or ordinal is None
        or ordinal not in statefulsets.ordinals(current)
        or not statefulsets.acknowledged(current)
    ):
        return False
    below = ordinal < statefulsets.first_open(current)
    wanted = statefulsets.current_revision(current) if below else statefulsets.update_revision(current)
    return statefulsets.on_delete(current) or revision(pod.last.data) == wanted


def _restart(pod: Incarnation) -> float:
    """Return the `at` before which some container of the pod is not started again; infinite where none ever is."""
    if any(True for _ in _waiting(pod.last.data, "InvalidImageName")):
        return inf
    held = [
        _ended(pod, container) + _seconds(told)
        for container, waiting in _waiting(pod.last.data, "CrashLoopBackOff")
        if (told := _BACK_OFF.match(waiting.get("message", "")))
    ]
    return max(held, default=_ANY_TIME)


def _ended(pod: Incarnation, container: Object) -> float:
    """Return the `at` of the container's last end: by its node's clock, or when it was seen where that is earlier."""
    end = container.get("lastState", {}).get("terminated", {})
    shown = _standing(pod, lambda seen: any(end in _ends(one) for one in _containers(seen)))
    late_s = (instant(shown.wall) - instant(end.get("finishedAt", shown.wall))).total_seconds()
    return shown.at - max(0.0, late_s)


def _ends(container: Object) -> tuple[Object, Object]:
    state, last = container.get("state", {}), container.get("lastState", {})
    return state.get("terminated", {}), last.get("terminated", {})


def _seconds(told: re.Match[str]) -> float:
    hours, minutes, seconds = (float(part or 0) for part in told.groups())
    return hours * 3600 + minutes * 60 + seconds


def _standing(life: Incarnation, holds: Callable[[Object], bool]) -> Observation:
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
        now, before = _ends(container)
        code = (now or before).get("exitCode")
        if container.get("restartCount", 0) and code and not container.get("ready"):
            waiting = container.get("state", {}).get("waiting", {})
            told = _BACK_OFF.match(waiting.get("message", ""))
            reason = f" ({waiting['reason']}: {told[0]})" if told else ""
            return f"container {container['name']} keeps ending with exit code {code}{reason}"
    return ""


def _unschedulable(pod: Object) -> str:
    for condition in pod.get("status", {}).get("conditions", []):
        if condition.get("type") == "PodScheduled" and condition.get("reason") == "Unschedulable":
            return f"no node fits: {condition.get('message', '')}"
    return ""


def _mounts(history: History, pod: Incarnation) -> Iterator[Cause]:
    if pod.last.data.get("status", {}).get("phase") == "Pending":
        told = _told(history, pod.name, "FailedMount", "FailedAttachVolume", uid=pod.uid)
        same = [seen for seen in told if seen.data.get("message") == told[-1].data.get("message")]
        if same and same[-1].at - same[0].at >= MOUNT_RETRY_S:
            yield Cause(f"{pod.name}: {same[-1].data.get('message', '')}", same[0].at, (same[0], same[-1]))


def _claims(history: History, stuck: list[Incarnation]) -> Iterator[Cause]:
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
    pods = [life for life in history.incarnations("Pod") if Subject(name).ordinal(life.name) is not None]
    there = sum(life.deleted is None for life in pods)
    if current is None or there >= statefulsets.replicas(current):
        return
    created = max((life.first.seq for life in pods), default=0)
    told = _told(history, name, "FailedCreate", since=created)
    if told:
        yield Cause(f"a pod is refused: {told[-1].data.get('message', '')}", told[0].at, (told[0], told[-1]))


class _Events:
    """A digest of the events, by the name of the object that each is about."""

    topic = "Event"

    def __init__(self, _: str) -> None:
        self.about: dict[str, list[Observation]] = {}

    def take(self, seen: Observation) -> None:
        """Take note of an event."""
        if seen.is_state:
            name = str(seen.data.get("involvedObject", {}).get("name", ""))
            self.about.setdefault(name, []).append(seen)


def _told(history: History, name: str, *reasons: str, since: int = 0, uid: str = "") -> list[Observation]:
    """Return the events about an object; with `uid` only those about that very one, which may come before it."""
    return [
        seen
        for seen in history.digest(_Events, "").about.get(name, [])
        if seen.seq >= since
        and seen.data.get("reason") in reasons
        and (not uid or seen.data["involvedObject"].get("uid", uid) == uid)
    ]
