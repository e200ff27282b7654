"""Conditions about the replicas of any workload, known by their label `app`: replicas without ordinals too."""

from __future__ import annotations

from collections.abc import Iterable

from harness.history.history import History, Incarnation
from harness.history.observation import OUTPUT
from harness.promises.condition import Answer, Condition, unmet
from harness.promises.outputs import READ, WROTE, content
from harness.promises.own_actions import removals
from harness.promises.pods import healthy, terminating
from harness.promises.subjects import NamedPods, named_pods

__all__ = ["crew_reads", "crew_ready", "workload_pods"]


def workload_pods(history: History, app: str) -> list[Incarnation]:
    """
    Return the pods that the scenario has named so, else those that carry the label `app` with this value.

    Those whose deletion was asked for are left out.
    """
    pods = named_pods(history, app) or NamedPods(app, {"app": app})
    alive = history.alive("Pod").values()
    return [life for life in alive if pods.have(history, life.last.data) and not terminating(life.last.data)]


def crew_ready(app: str, replicas: int) -> Condition:
    """The workload has exactly this many ready replicas, none that we deleted since."""

    def ask(history: History, since: int) -> Answer:
        deleted = removals(history, since=since)
        pods = workload_pods(history, app)
        ready = [life for life in pods if healthy(life.last.data) and life.uid not in deleted]
        text = f"{len(ready)} of {len(pods)} ready: {_join(life.name for life in ready)}"
        return Answer(len(ready) == len(pods) == replicas, text, tuple(life.last for life in pods))

    return Condition(f'all {replicas} replicas of "{app}" are ready', ("Pod",), ask)


def crew_reads(app: str, replicas: int, *, owners: int) -> Condition:
    """
    Of so many replicas exactly `owners` have the file that was written last to one of them.

    What counts is what each replica was found to have when it was last asked since the event.
    """

    def ask(history: History, since: int) -> Answer:
        wrote = [one for one in history.of(OUTPUT) if one.data.get("purpose") == WROTE and one.data["code"] == 0]
        if not wrote:
            return unmet("no file was written")
        file, uids = wrote[-1].data["file"], {life.uid for life in workload_pods(history, app)}
        found = {
            str(one.data["pod"]): one
            for one in history.of(OUTPUT, since=since)
            if (one.data.get("purpose"), one.data.get("file")) == (READ, file) and one.data["pod_uid"] in uids
        }
        same = [pod for pod, one in found.items() if one.data["code"] == 0 and content(one) == content(wrote[-1])]
        without = sorted(set(found) - set(same))
        text = f"{file} of {wrote[-1].data['pod']} is there: {_join(same)}; no such file: {_join(without)}"
        return Answer((len(found), len(same)) == (replicas, owners), text, (wrote[-1], *found.values()))

    few = f"all {replicas} replicas" if owners == replicas else f"exactly {owners} of {replicas} replicas"
    return Condition(f'{few} of "{app}" {"have" if owners == replicas else "has"} the file', ("Pod",), ask)


def _join(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
