"""Conditions about what a StatefulSet's status says, and about the revisions that it owns."""

from __future__ import annotations

from harness.history.history import History, Incarnation
from harness.promises import statefulsets
from harness.promises.condition import Answer, Condition, absent
from harness.promises.own_actions import generation_asked

__all__ = ["condition_because", "has_condition", "names_revisions", "reports", "revisions"]


def reports(set_name: str, field: str, number: int) -> Condition:
    """The set's status counts so many `field` (`ready`, `available`), for its newest spec."""

    def ask(history: History, since: int) -> Answer:
        found = history.alive("StatefulSet").get(set_name)
        if found is None:
            return absent(history, "StatefulSet", set_name)
        asked = generation_asked(history, "StatefulSet", set_name, found.uid, since=since)
        current, told = (
            statefulsets.acknowledged(found.last.data, asked),
            statefulsets.status(found.last.data, f"{field}Replicas"),
        )
        text = f"its status says {told} {field}" + ("" if current else ", of an older generation")
        return Answer(current and told == number, text, (found.last,))

    return Condition(f'"{set_name}" reports {number} {field} replicas', ("StatefulSet",), ask)


def has_condition(set_name: str, kind: str) -> Condition:
    """The set's status has a condition of this type that is true."""

    def look(found: Incarnation) -> Answer:
        told = found.last.data.get("status", {}).get("conditions") or []
        names = [str(one["type"]) for one in told if one["status"] == "True"]
        return Answer(kind in names, f"its conditions are {', '.join(names) or 'none'}", (found.last,))

    return Condition.of_object(f'"{set_name}" has the condition {kind}', "StatefulSet", set_name, look)


def condition_because(set_name: str, kind: str, reason: str) -> Condition:
    """The set's status has a condition of this type with this reason, true or not."""

    def ask(history: History, since: int) -> Answer:
        found = history.alive("StatefulSet").get(set_name)
        if found is None:
            return absent(history, "StatefulSet", set_name)
        told = [one for one in found.last.data.get("status", {}).get("conditions") or [] if one["type"] == kind]
        text = f"{kind} is {told[0]['status']}, {told[0].get('reason')}" if told else f"there is no {kind}"
        met = bool(told) and told[0].get("reason") == reason and found.last.seq > since
        return Answer(met, text, (found.last,))

    return Condition(f'condition {kind} of "{set_name}" has the reason {reason}', ("StatefulSet",), ask)


def names_revisions(set_name: str, number: int) -> Condition:
    """The set's status, of its newest spec, has one revision for all, or two."""

    def ask(history: History, since: int) -> Answer:
        found = history.alive("StatefulSet").get(set_name)
        if found is None:
            return absent(history, "StatefulSet", set_name)
        asked = generation_asked(history, "StatefulSet", set_name, found.uid, since=since)
        current, newest = statefulsets.current_revision(found.last.data), statefulsets.update_revision(found.last.data)
        met = statefulsets.acknowledged(found.last.data, asked) and len({current, newest}) == number
        return Answer(met, f"its status goes from {current} to {newest}", (found.last,))

    return Condition(f'the status of "{set_name}" names {number} revisions', ("StatefulSet",), ask)


def revisions(set_name: str, number: int) -> Condition:
    """So many revisions of the set exist, the ones in use among them."""

    def look(history: History) -> Answer:
        owned = [
            life
            for life in history.alive("ControllerRevision").values()
            if any(one["name"] == set_name for one in life.last.data["metadata"].get("ownerReferences") or [])
        ]
        names = ", ".join(life.name for life in owned) or "none"
        return Answer(len(owned) == number, f"{len(owned)} exist: {names}", tuple(life.last for life in owned))

    return Condition.now(f'"{set_name}" has {number} revisions', ("ControllerRevision",), look)
