"""Whom a pod belongs to: the set whose name and labels it bears."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.history.history import History, Incarnation
from harness.model import Object
from harness.promises.changes import in_record, incarnations_of
from harness.promises.pods import terminating
from harness.promises.verdict import Breach, NotApplicable, Subject, Window, promise

__all__ = ["ADOPTION_S", "controller", "has_lasting_name", "ownership"]

_RANDOM = ("ReplicaSet", "Job")
"""Kinds of Kubernetes' own that give each of their pods another name."""

ADOPTION_S = 5.0
"""Seconds that a controller gets to see that a pod is its own, or is so no more; it usually takes milliseconds."""


@promise(
    "ownership",
    "A set controls exactly the pods that bear its name and its labels",
    clauses={
        "adopted": "A pod of the set's name and labels is not without a controller for longer than it may be",
        "released": "A pod without the set's labels is not controlled by it for longer than it may be",
        "own": "A pod that bears the name of one set is not controlled by another one",
    },
    kinds=("Pod", "StatefulSet"),
    source="https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-selector",
)
def ownership(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """Judge every pod of the set at each moment at which the set exists and the pod is not terminating."""
    found = in_record(history, subject)
    pods = [life for life in incarnations_of(history, subject) if life.last.seq >= window.start or life.deleted is None]
    if not pods:
        raise NotApplicable(f'"{subject.name}" has no pods in this window')
    turns = _turns(found)
    return [breach for life in pods for breach in _wrong(history, window, found, turns, life)]


def controller(found: Object) -> Object | None:
    """Return the owner reference of an object's controller; None where it has none."""
    owners: list[Object] = found["metadata"].get("ownerReferences") or []
    return next((owner for owner in owners if owner.get("controller")), None)


def has_lasting_name(pod: Object) -> bool:
    """Return whether what controls a pod would give one in its place the same name, as far as can be told."""
    owner = controller(pod)
    if owner is None or owner["kind"] == "StatefulSet":
        return owner is not None
    return owner["kind"] not in _RANDOM and not pod["metadata"].get("generateName")


def _turns(found: list[Incarnation]) -> list[int]:
    """Return the seqs at which a set came, went or took another name, uid or selector."""
    turns, former = [], None
    for seq in sorted({seen.seq for life in found for seen in life.seen}):
        state = next((state for life in found if (state := life.at(seq))), None)
        about = state and (state["metadata"].get("uid"), state["metadata"]["name"], state["spec"].get("selector"))
        if about != former:
            turns.append(seq)
        former = about
    return turns


def _wrong(
    history: History, window: Window, found: list[Incarnation], turns: list[int], pod: Incarnation
) -> Iterator[Breach]:
    """Yield what was wrong with a pod for longer than the controller may take; each once, from where it began."""
    every = {seq for seq in (*turns, *(seen.seq for seen in pod.seen)) if window.start <= seq < window.end}
    allowed_s = ADOPTION_S if window.allowed_s is None else window.allowed_s
    wrong, began = "", window.start
    for seq in sorted({window.start, *every}):
        clause = _clause(pod.at(seq), next((state for life in found if (state := life.at(seq))), None))
        if clause != wrong:
            yield from _breach(history, pod, wrong, began, history[seq].at, allowed_s)
            wrong, began = clause, seq
    yield from _breach(history, pod, wrong, began, history[window.end - 1].at, allowed_s)


def _clause(pod: Object | None, stateful_set: Object | None) -> str:
    if pod is None or stateful_set is None or terminating(pod):
        return ""
    owner, labels = controller(pod), pod["metadata"].get("labels") or {}
    selected = stateful_set["spec"]["selector"].get("matchLabels", {}).items() <= labels.items()
    if owner is None:
        return "adopted" if selected else ""
    if owner["kind"] == "StatefulSet" and owner["name"] != stateful_set["metadata"]["name"]:
        return "own"
    return "released" if owner["uid"] == stateful_set["metadata"]["uid"] and not selected else ""


def _breach(
    history: History, pod: Incarnation, clause: str, began: int, until: float, allowed_s: float
) -> Iterator[Breach]:
    stood_s = until - history[began].at
    if clause and (clause == "own" or stood_s > allowed_s):
        shown = next(seen for seen in reversed(pod.seen) if seen.seq <= began)
        text = {
            "adopted": f"{pod.name} had no controller for {stood_s:.1f} s",
            "released": f"{pod.name} was controlled by the set for {stood_s:.1f} s without its labels",
            "own": f"{pod.name} was controlled by another set",
        }
        yield Breach(clause, text[clause], (shown,))
