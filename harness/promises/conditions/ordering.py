"""Conditions about the order in which things came about since an event, whatever the set's own policy promises."""

from __future__ import annotations

from itertools import pairwise

from harness.history.history import History, Incarnation
from harness.history.observation import Observation
from harness.promises import statefulsets
from harness.promises.condition import Answer, Condition, unmet
from harness.promises.pods import condemned, healthy, instant, ready_since, turned_ready
from harness.promises.verdict import Subject

__all__ = ["created_in_order", "created_once_available", "deleted_in_order", "replaced_together"]


def created_in_order(*pods: str) -> Condition:
    """
    Since the event these pods were created, in this order, each after the former was ready.

    Judged over the Pod stream alone, whose order is exact; a pod's first creation since the event counts.
    """

    def ask(history: History, since: int) -> Answer:
        made = {pod: _created(history, pod, since) for pod in pods}
        text, events = "", [life.first for life in made.values() if life]
        for former, later in pairwise(pods):
            first, second = made[former], made[later]
            if first is None or second is None or first.first.seq > second.first.seq:
                break
            if not any(healthy(seen.data) for seen in first.seen if seen.seq < second.first.seq):
                text = f", {later} before {former} was ready"
                break
        else:
            return Answer(None not in made.values(), f"created: {_names(events)}", tuple(events))
        return unmet(f"created: {_names(events)}{text}", *sorted(events, key=lambda seen: seen.seq))

    expected = f"created in this order, each after the former was ready: {', '.join(pods)}"
    return Condition(expected, ("Pod",), ask)


def created_once_available(set_name: str, allowed_s: float) -> Condition:
    """
    Since the event pods were created, each as the one before it became available, give or take `allowed_s` seconds.

    It becomes available minReadySeconds after its Ready condition says that it turned ready, which a kubelet on a busy
    node publishes seconds later. Both times are the cluster's own, in whole seconds.
    """
    subject = Subject(set_name)

    def ask(history: History, since: int) -> Answer:
        found = history.current("StatefulSet", set_name)
        made = {subject.ordinal(life.name): life for life in history.incarnations("Pod")}
        made = {at: life for at, life in made.items() if at is not None and life.first.seq >= since}
        if found is None or len(made) < 2:
            return unmet(f"{len(made)} pods of {set_name} were created", *(life.first for life in made.values()))
        late, told = False, []
        for former, later in pairwise(life for _, life in sorted(made.items())):
            ready = turned_ready(seen for seen in former.seen if seen.seq < later.first.seq)
            if ready is None:
                return unmet(f"{later.name} was created before {former.name} was ready", later.first)
            waited_s = _waited_s(ready, later)
            late |= abs(waited_s - statefulsets.min_ready_s(found)) > allowed_s
            told.append(f"{later.name} was created {waited_s:.1f} s after {former.name} was ready")
        return Answer(not late, "; ".join(told), tuple(life.first for life in made.values()))

    expected = f'each pod of "{set_name}" created within {allowed_s:g} s of the availability of the one before'
    return Condition(expected, ("Pod", "StatefulSet"), ask)


def deleted_in_order(*pods: str) -> Condition:
    """
    Since the event these pods were deleted, in this order, each after the former was gone.

    A pod's first deletion since the event counts; it begins when its deletion is asked for.
    """

    def ask(history: History, since: int) -> Answer:
        left = {pod: _deleted(history, pod, since) for pod in pods}
        begun = [_begin(life) for life in left.values() if life]
        text = f"deleted: {_names(begun)}"
        for former, later in pairwise(pods):
            first, second = left[former], left[later]
            if first is None or second is None or first.deleted is None:
                return unmet(text, *begun)
            if first.deleted.seq > _begin(second).seq:
                return unmet(f"{text}, {later} before {former} was gone", _begin(second), first.deleted)
        done = all(life is not None and life.deleted for life in left.values())
        return Answer(done, text, tuple(begun))

    expected = f"deleted in this order, each after the former was gone: {', '.join(pods)}"
    return Condition(expected, ("Pod",), ask)


def replaced_together(*pods: str) -> Condition:
    """
    Each of these pods was deleted since the event, and none of them is ready again.

    So they were out of service at one moment, whoever was deleted first.
    """

    def ask(history: History, since: int) -> Answer:
        alive = history.alive("Pod")
        left = {pod: _deleted(history, pod, since) for pod in pods}
        up = [pod for pod in pods if pod in alive and healthy(alive[pod].last.data)]
        begun = [_begin(life) for life in left.values() if life]
        text = f"deleted: {_names(begun)}; ready: {', '.join(up) or 'none'}"
        return Answer(None not in left.values() and not up, text, tuple(begun))

    return Condition(f"deleted, and none of them ready again: {', '.join(pods)}", ("Pod",), ask)


def _waited_s(ready: Observation, later: Incarnation) -> float:
    since, created = ready_since(ready.data), later.first.data["metadata"].get("creationTimestamp")
    return (instant(created) - since).total_seconds() if since and created else later.first.at - ready.at


def _created(history: History, pod: str, since: int) -> Incarnation | None:
    return next((life for life in history.incarnations("Pod", pod) if life.created and life.created.seq >= since), None)


def _deleted(history: History, pod: str, since: int) -> Incarnation | None:
    return next(
        (life for life in history.incarnations("Pod", pod) if (begin := condemned(life)) and begin.seq >= since), None
    )


def _begin(life: Incarnation) -> Observation:
    return condemned(life) or life.last


def _names(events: list[Observation]) -> str:
    return ", ".join(seen.name for seen in sorted(events, key=lambda seen: seen.seq)) or "none"
