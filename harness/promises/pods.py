"""What a raw Pod says about itself, in the terms of the StatefulSet controller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from harness.app_container import app_container, app_status
from harness.history.history import Incarnation
from harness.history.observation import Observation, Verb
from harness.model import Object
from harness.promises.verdict import Subject

__all__ = [
    "VERSION_LABEL",
    "addresses",
    "available",
    "condemned",
    "describe",
    "disrupted",
    "ended",
    "healthy",
    "image",
    "instant",
    "listed",
    "ready",
    "ready_since",
    "restarts",
    "revision",
    "runs",
    "standing",
    "terminating",
    "turned_ready",
]

VERSION_LABEL = "app.kubernetes.io/version"
"""The label of a pod that names its version."""


def instant(text: str) -> datetime:
    """Return the instant that an API timestamp names; whole seconds, UTC."""
    return datetime.fromisoformat(text)


def terminating(pod: Object) -> bool:
    """Whether the pod's deletion was asked for."""
    return bool(pod["metadata"].get("deletionTimestamp"))


def ended(pod: Object) -> bool:
    """Whether the pod's phase is final: Failed or Succeeded."""
    return pod.get("status", {}).get("phase") in ("Failed", "Succeeded")


def ready(pod: Object) -> bool:
    """Whether the pod is Running and its Ready condition is True."""
    running = pod.get("status", {}).get("phase") == "Running"
    return running and _condition(pod, "Ready").get("status") == "True"


def healthy(pod: Object) -> bool:
    """Whether the pod is ready and not terminating."""
    return ready(pod) and not terminating(pod)


def restarts(pod: Object) -> int:
    """Return how often the pod's application was started anew, whatever became of the containers beside it."""
    return int(app_status(pod).get("restartCount", 0))


def ready_since(pod: Object) -> datetime | None:
    """Return when the Ready condition last changed; None for a pod that is not ready or does not say."""
    text = _condition(pod, "Ready").get("lastTransitionTime")
    return instant(text) if text and ready(pod) else None


def available(pod: Object, min_ready_s: int, now: datetime) -> bool:
    """
    Whether the pod has been ready for `min_ready_s` whole seconds at `now`.

    Source: the API server's timestamps have whole seconds, and the controller adds minReadySeconds to them as they are.
    """
    since = ready_since(pod)
    return ready(pod) and (min_ready_s == 0 or (since is not None and since + timedelta(seconds=min_ready_s) <= now))


def disrupted(pod: Object) -> bool:
    """Whether the pod was chosen for eviction, preemption or removal by something other than its controller."""
    return _condition(pod, "DisruptionTarget").get("status") == "True"


def listed(pod: Object, *, unready: bool = False) -> bool:
    """Whether a service lists the pod's addresses as ready; with `unready` (publishNotReadyAddresses) at any time."""
    return bool(addresses(pod)) and not ended(pod) and (unready or healthy(pod))


def addresses(pod: Object) -> tuple[str, ...]:
    """Return the pod's addresses, of both families, none before it got one."""
    status = pod.get("status", {})
    several = [entry["ip"] for entry in status.get("podIPs", []) if entry.get("ip")]
    return tuple(several or filter(None, [status.get("podIP")]))


def revision(pod: Object) -> str:
    """Return the name of the ControllerRevision that the pod was made from; empty where it says none."""
    return str(pod["metadata"].get("labels", {}).get("controller-revision-hash", ""))


def image(pod: Object) -> str:
    """Return the image of the pod's application, as its spec names it; empty where it names none."""
    return str(app_container(pod).get("image", ""))


def runs(pod: Object, version: str, versions: Mapping[str, str]) -> bool:
    """
    Whether the pod's application runs a version; `versions` are the images of those that its set knows.

    Of a version that the set knows, the application must have the image, and no label of another one. Else `version` is
    its image, the tag of it, or the label app.kubernetes.io/version. What the containers beside it run never counts.
    """
    label = (pod["metadata"].get("labels") or {}).get(VERSION_LABEL)
    if version in versions:
        return image(pod) == versions[version] and (label == version or label not in versions)
    return version in (label, image(pod), image(pod).rpartition("/")[2].partition(":")[2].partition("@")[0])


def describe(pod: Object) -> str:
    """Return the pod's state in a few words: `ready`, `Pending (app: ImagePullBackOff)`, `Running, terminating`."""
    status = pod.get("status", {})
    words = "ready" if ready(pod) else str(status.get("phase", "Pending"))
    if not ready(pod):
        details = [*_waiting(status), *_unready(pod)]
        words += f" ({'; '.join(details)})" if details else ", not ready" if words == "Running" else ""
    return words + (", terminating" if terminating(pod) else "")


def condemned(life: Incarnation) -> Observation | None:
    """Return the observation that first showed the pod's deletion, be it asked for or done; None while it stays."""
    return next((seen for seen in life.seen if seen.verb is Verb.DELETED or terminating(seen.data)), None)


def turned_ready(past: Iterable[Observation]) -> Observation | None:
    """Return the newest of a pod's observations that showed it become ready; None where it never was."""
    turned, before = None, False
    for seen in past:
        turned, before = (seen if ready(seen.data) and not before else turned), ready(seen.data)
    return turned


def standing(lives: Iterable[Incarnation], subject: Subject, seq: int) -> dict[int, Incarnation]:
    """Return the lives of the set's pods that existed just before observation `seq`, by ordinal, rising."""
    found = {
        ordinal: life
        for life in lives
        if (ordinal := subject.ordinal(life.name)) is not None and life.at(seq - 1) is not None
    }
    return dict(sorted(found.items()))


def _condition(pod: Object, kind: str) -> Object:
    conditions: list[Object] = pod.get("status", {}).get("conditions", [])
    return next((condition for condition in conditions if condition.get("type") == kind), {})


def _waiting(status: Object) -> list[str]:
    containers = [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
    return [
        f"{container['name']}: {reason}"
        for container in containers
        if (reason := container.get("state", {}).get("waiting", {}).get("reason"))
    ]


def _unready(pod: Object) -> list[str]:
    scheduled = _condition(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        return [f"{scheduled.get('reason', 'not scheduled')}: {scheduled.get('message', '')}".removesuffix(": ")]
    waiting = bool(_waiting(pod.get("status", {})))
    return [] if waiting else [text for text in [_condition(pod, "Ready").get("message")] if text]
