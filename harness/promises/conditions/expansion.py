"""Conditions about what a claim holds, and with which attributes: before it was asked to change, and afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from harness.history.history import History, Incarnation
from harness.history.observation import ACTION
from harness.model import Object, amount
from harness.promises.causes import Cause
from harness.promises.condition import Answer, Condition, absent, unmet

__all__ = ["attributes_changed", "grown", "holds", "unchanging"]

GROW, MODIFY = "grow", "modify"
"""The verbs of our requests for another size or other attributes; `asked` says which."""

_UNDER_WAY = ("Resizing", "FileSystemResizePending", "ControllerResizeError", "NodeResizeError")
"""The conditions of a claim whose growth has begun and is not over; it may have others that say nothing of its size."""

_KINDS = ("PersistentVolumeClaim", "PersistentVolume")


def holds(claim: str, size: str) -> Condition:
    """
    The claim, whose deletion nobody asked for, holds at least so much, and its volume too.

    A claim that is still about to become larger does not hold it yet.
    """

    def look(history: History) -> Answer:
        return _hold(history, claim, size)

    return Condition.now(f"claim {claim} holds {size}", _KINDS, look)


def grown(claim: str, size: str) -> Condition:
    """The claim holds so much, as `holds` says, and it once held less."""

    def look(history: History) -> Answer:
        answer = _hold(history, claim, size)
        life = history.alive("PersistentVolumeClaim").get(claim)
        if not answer.met or life is None:
            return answer
        smaller = [seen for seen in life.seen if 0 < _capacity(seen.data) < amount(size)]
        if not smaller:
            return unmet(f"{answer.observed}, and never held less", *answer.events)
        return Answer(met=True, observed=answer.observed, events=(smaller[-1], *answer.events))

    return Condition.now(f"claim {claim} has grown to {size}", _KINDS, look)


def attributes_changed(claim: str) -> Condition:
    """
    The claim and its volume have the class of attributes that the claim asks for.

    It is another one than the claim had before the event.
    """

    def ask(history: History, since: int) -> Answer:
        life = history.alive("PersistentVolumeClaim").get(claim)
        if life is None:
            return absent(history, "PersistentVolumeClaim", claim)
        volume = _volume(history, life)
        wanted = str(life.last.data["spec"].get("volumeAttributesClassName") or "")
        told = _attributes(life.last.data)
        given = str(volume.last.data["spec"].get("volumeAttributesClassName") or "") if volume else ""
        before = _attributes(history.upto(since).current("PersistentVolumeClaim", claim) or {})
        text = f"{claim} asks for {wanted or 'none'}, has {told or 'none'}, had {before or 'none'} before"
        text += f"; its volume has {given or 'none'}"
        met = bool(wanted) and wanted == told == given != before
        return Answer(met, text, (life.last, *([volume.last] if volume else [])))

    return Condition(f"claim {claim} has got the attributes that it asks for", _KINDS, ask)


def unchanging(claim: str) -> Callable[[History], list[Cause]]:
    """
    Return what looks for a reason why the claim neither grows nor changes its attributes.

    The driver says that it cannot do it, which its sidecar asks again from time to time; or the claim has had what it
    asks for since it was bound, and then it will never have grown.
    """

    def look(history: History) -> list[Cause]:
        life = history.alive("PersistentVolumeClaim").get(claim)
        told = _infeasible(life.last.data) if life else ""
        if life and told:
            began = next(seen for seen in life.seen if _infeasible(seen.data))
            return [Cause(f"claim {claim}: the driver says {told}", began.at, (began,))]
        bound = next((seen for seen in life.seen if _capacity(seen.data)), None) if life else None
        asked = [one for one in history.of(ACTION, name=claim) if one.data["verb"] in (GROW, MODIFY)]
        if bound and asked and _has(bound.data, asked[-1].data):
            text = f"claim {claim} has had what it asks for since it was bound"
            return [Cause(text, bound.at, (bound, asked[-1]), heals=inf)]
        return []

    return look


def _infeasible(claim: Object) -> str:
    status: dict[str, Any] = dict(claim.get("status") or {})
    growth = str((status.get("allocatedResourceStatuses") or {}).get("storage", ""))
    change = str((status.get("modifyVolumeStatus") or {}).get("status", ""))
    return next((told for told in (growth, change) if told.endswith("Infeasible")), "")


def _has(claim: Object, action: Mapping[str, Any]) -> bool:
    asked = str(action["asked"])
    return _capacity(claim) >= amount(asked) if action["verb"] == GROW else _attributes(claim) == asked


def _hold(history: History, claim: str, size: str) -> Answer:
    life = history.alive("PersistentVolumeClaim").get(claim)
    if life is None:
        return absent(history, "PersistentVolumeClaim", claim)
    volume, wanted = _volume(history, life), amount(size)
    told = life.last.data.get("status", {}).get("conditions") or ()
    pending = [str(one["type"]) for one in told if one["type"] in _UNDER_WAY and one["status"] == "True"]
    leaving = bool(life.last.data["metadata"].get("deletionTimestamp"))
    text = f"{claim} holds {_spell(life.last.data.get('status', {}))}"
    text += f", its volume {_spell(volume.last.data['spec']) if volume else 'is not there'}"
    text += f" ({', '.join(pending)})" * bool(pending) + ", its deletion was asked for" * leaving
    enough = volume is not None and _capacity(life.last.data) >= wanted and _size(volume.last.data["spec"]) >= wanted
    return Answer(enough and not pending and not leaving, text, (life.last, *([volume.last] if volume else [])))


def _volume(history: History, claim: Incarnation) -> Incarnation | None:
    return history.alive("PersistentVolume").get(str(claim.last.data["spec"].get("volumeName", "")))


def _capacity(claim: Object) -> float:
    return _size(claim.get("status", {}))


def _size(of: Object) -> float:
    return amount(str((of.get("capacity") or {}).get("storage", "0")))


def _spell(of: Object) -> str:
    return str((of.get("capacity") or {}).get("storage", "nothing"))


def _attributes(claim: Object) -> str:
    return str(claim.get("status", {}).get("currentVolumeAttributesClassName") or "")
