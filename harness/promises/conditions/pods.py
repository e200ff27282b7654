"""Conditions about one pod, by its name."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from harness.app_container import app_name, app_status
from harness.history.history import History, Incarnation
from harness.model import format_seconds
from harness.promises import statefulsets
from harness.promises.causes import Cause
from harness.promises.condition import Answer, Condition, absent, unmet
from harness.promises.init_containers import held_in
from harness.promises.own_actions import removals
from harness.promises.pods import describe, healthy, image, ready, restarts, runs, terminating

__all__ = [
    "held",
    "is_ready",
    "moved",
    "not_ready",
    "replaced",
    "restarted",
    "runs_version",
    "scheduled_or_not",
    "succeeded",
    "supplanted",
    "unprepared",
    "unready_while_terminating",
]


def held(pod: str, preparation: str) -> Condition:
    """This init container of the pod has begun, not ended well, and none after it began."""

    def look(life: Incarnation) -> Answer:
        missing_reason = held_in(life.last.data, preparation)
        return Answer(not missing_reason, f"{pod}: {missing_reason or f'held in {preparation}'}", (life.last,))

    return Condition.of_object(f"{pod} is held in {preparation}", "Pod", pod, look)


def unprepared(pod: str, preparation: str) -> Callable[[History], list[Cause]]:
    """Return what looks for a pod that has no init container of this name, and so is never held in it."""

    def look(history: History) -> list[Cause]:
        life = history.alive("Pod").get(pod)
        there = [str(one["name"]) for one in life.last.data["spec"].get("initContainers") or ()] if life else []
        if life is None or preparation in there:
            return []
        text = f"{pod} has no init container {preparation}, but {', '.join(there) or 'none'}"
        return [Cause(text, life.first.at, (life.first,), heals=inf)]

    return look


def is_ready(pod: str) -> Condition:
    """The pod is ready, not terminating, and not one that we removed since the event."""

    def ask(history: History, since: int) -> Answer:
        life = history.alive("Pod").get(pod)
        if life is None:
            return absent(history, "Pod", pod)
        if life.uid in removals(history, since=since):
            return unmet(f"{pod} is still the pod that was deleted: {state(history, life)}", life.last)
        return Answer(healthy(life.last.data), f"{pod} is {state(history, life)}", (life.last,))

    return Condition(f"{pod} is ready", ("Pod",), ask)


def not_ready(pod: str) -> Condition:
    """The pod exists and is not ready."""

    def look(history: History) -> Answer:
        life = history.alive("Pod").get(pod)
        if life is None:
            return absent(history, "Pod", pod)
        return Answer(not healthy(life.last.data), f"{pod} is {state(history, life)}", (life.last,))

    return Condition.now(f"{pod} is not ready", ("Pod",), look)


def unready_while_terminating(pod: str) -> Condition:
    """The pod is on its way out, its application still runs, and its Ready condition is not True."""

    def ask(history: History, since: int) -> Answer:
        del since
        life = history.alive("Pod").get(pod)
        if life is None:
            return absent(history, "Pod", pod)
        runs_on = terminating(life.last.data) and "running" in app_status(life.last.data).get("state", {})
        return Answer(runs_on and not ready(life.last.data), f"{pod} is {state(history, life)}", (life.last,))

    return Condition(f"{pod} is not ready while it terminates", ("Pod",), ask)


def replaced(pod: str, version: str | None = None, *, and_ready: bool = False) -> Condition:
    """
    A pod of this name exists that is another one than before the event.

    With `version` the new one must run that version; with `and_ready` it must be ready. Where there was no such pod
    before the event, the condition is not met: there was nothing to replace.
    """

    def ask(history: History, since: int) -> Answer:
        before = history.upto(since).alive("Pod").get(pod)
        life = history.alive("Pod").get(pod)
        if before is None:
            return unmet(f"there was no {pod} to replace")
        if life is None:
            return absent(history, "Pod", pod)
        text = f"{pod} is {state(history, life)}"
        if life.uid == before.uid:
            return unmet(f"{text}, still the same pod as before (uid {life.uid})", life.last)
        wanted = (version is None or has_version(history, life, version)) and (not and_ready or healthy(life.last.data))
        return Answer(wanted, f"{text}, another pod than before, with {spell_version(life)}", (life.first, life.last))

    wanted = f"{pod} is replaced" + (f" with version {version}" if version else "") + (" and ready" * and_ready)
    return Condition(wanted, ("Pod",), ask)


def restarted(pod: str) -> Condition:
    """The pod of before the event is ready, and its application was started anew."""

    def ask(history: History, since: int) -> Answer:
        before = history.upto(since).alive("Pod").get(pod)
        life = history.alive("Pod").get(pod)
        if before is None or life is None:
            return unmet(f"there was no {pod}") if before is None else absent(history, "Pod", pod)
        text = f"{pod} is {state(history, life)}"
        if life.uid != before.uid:
            return unmet(f"{text}, another pod than before", life.last)
        anew = restarts(life.last.data) > restarts(before.last.data)
        text += f", its application restarted {restarts(life.last.data)} times"
        return Answer(anew and healthy(life.last.data), text, (life.last,))

    return Condition(f"{pod} is started anew in its place, and ready", ("Pod",), ask)


def supplanted(pod: str, since: int) -> Callable[[History], list[Cause]]:
    """Return what looks for another pod in the place of the one of before `since`, which then never runs again."""

    def look(history: History) -> list[Cause]:
        before = history.upto(since).alive("Pod").get(pod)
        life = history.alive("Pod").get(pod)
        if before is None or life is None or life.uid == before.uid:
            return []
        return [Cause(f"{pod} is another pod than before", life.first.at, (life.first,), heals=inf)]

    return look


def moved(pod: str) -> Condition:
    """Another pod of this name is ready on another node than before the event."""

    def ask(history: History, since: int) -> Answer:
        answer = replaced(pod, and_ready=True).ask(history, since)
        if not answer.met:
            return answer
        before = history.upto(since).current("Pod", pod) or {}
        nodes = [str(one["spec"].get("nodeName", "")) for one in (before, answer.events[-1].data)]
        return Answer(nodes[0] != nodes[1], f"{answer.observed}, on {nodes[1]} after {nodes[0]}", answer.events)

    return Condition(f"{pod} is ready on another node", ("Pod",), ask)


def succeeded(pod: str) -> Condition:
    """Every container of the pod has ended well, and none is to run again."""

    def look(history: History) -> Answer:
        life = history.alive("Pod").get(pod)
        if life is None:
            return absent(history, "Pod", pod)
        done = life.last.data.get("status", {}).get("phase") == "Succeeded"
        return Answer(done, f"{pod} is {state(history, life)}", (life.last,))

    return Condition.now(f"{pod} has done its work", ("Pod",), look)


def scheduled_or_not(pod: str) -> Condition:
    """The scheduler has looked for a node for the pod, and has found one or has not."""

    def look(history: History) -> Answer:
        life = history.alive("Pod").get(pod)
        if life is None:
            return absent(history, "Pod", pod)
        told = [one for one in life.last.data.get("status", {}).get("conditions", []) if one["type"] == "PodScheduled"]
        return Answer(bool(told), f"{pod} is {state(history, life)}", (life.last,))

    return Condition.now(f"the scheduler has looked at {pod}", ("Pod",), look)


def runs_version(version: str, *pods: str) -> Condition:
    """
    Each of these pods exists and runs the version.

    Its application must have the image that the set names for this version; what runs beside it does not count. A
    version that the set does not name is that image, its tag, or the value of the label app.kubernetes.io/version.
    """

    def look(history: History) -> Answer:
        lives = history.alive("Pod")
        found = [lives[pod] for pod in pods if pod in lives]
        others = [pod for pod in pods if pod not in lives or not has_version(history, lives[pod], version)]
        texts = [f"{life.name} runs {spell_version(life)}" for life in found]
        texts += [f"{pod} does not exist" for pod in pods if pod not in lives]
        return Answer(not others, ", ".join(texts), tuple(life.last for life in found))

    return Condition.now(f"{' and '.join(pods)} run{'s' * (len(pods) == 1)} version {version}", ("Pod",), look)


def state(history: History, life: Incarnation) -> str:
    """
    Return the state of a pod in words, and for how long it has been in it where that says something.

    A note of what is waited for stands until there is something new: by then "for 0 ms" would be long untrue.
    """
    words = describe(life.last.data)
    began = life.last
    for seen in reversed(life.seen):
        if describe(seen.data) != words:
            break
        began = seen
    lasted_s = history.now - began.at
    return f"{words} for {format_seconds(lasted_s)}" if lasted_s >= 1 else words


def has_version(history: History, pod: Incarnation, version: str) -> bool:
    """Return whether the application of a pod runs a version, by what its set says of versions."""
    owner = history.incarnations("StatefulSet", pod.name.rpartition("-")[0])
    return runs(pod.last.data, version, statefulsets.versions(owner[-1].last.data) if owner else {})


def spell_version(pod: Incarnation) -> str:
    """Return the image of a pod's application, and in which container where there are several."""
    beside = len(pod.last.data["spec"].get("containers") or ()) > 1
    told = image(pod.last.data) or "no image"
    return f'{told} in container "{app_name(pod.last.data)}"' if beside else told
