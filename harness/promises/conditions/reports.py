"""Conditions about what controllers report, and what the server answered to a request."""

from __future__ import annotations

from harness.history.history import History
from harness.history.observation import ANSWER
from harness.promises import sets
from harness.promises.actions import generation_asked
from harness.promises.condition import Answer, Condition, unmet
from harness.promises.pods import healthy
from harness.promises.verdict import Subject

__all__ = [
    "answered",
    "budget_allows",
    "budget_known",
    "condition_because",
    "has_condition",
    "names_revisions",
    "refused_field",
    "reports",
    "revisions",
]


def reports(set_name: str, field: str, number: int) -> Condition:
    """The set's status counts so many `field` (`ready`, `available`), for its newest spec."""

    def ask(history: History, since: int) -> Answer:
        found = history.alive("StatefulSet").get(set_name)
        if found is None:
            return unmet(f'there is no StatefulSet "{set_name}"')
        asked = generation_asked(history, "StatefulSet", set_name, found.uid, since=since)
        current, told = sets.acknowledged(found.last.data, asked), sets.status(found.last.data, f"{field}Replicas")
        text = f"its status says {told} {field}" + ("" if current else ", of an older generation")
        return Answer(current and told == number, text, (found.last,))

    return Condition(f'"{set_name}" reports {number} {field} replicas', ("StatefulSet",), ask)


def has_condition(set_name: str, kind: str) -> Condition:
    """The set's status has a condition of this type that is true."""

    def ask(history: History, since: int) -> Answer:
        del since
        found = history.alive("StatefulSet").get(set_name)
        if found is None:
            return unmet(f'there is no StatefulSet "{set_name}"')
        told = found.last.data.get("status", {}).get("conditions") or []
        names = [str(one["type"]) for one in told if one["status"] == "True"]
        return Answer(kind in names, f"its conditions are {', '.join(names) or 'none'}", (found.last,))

    return Condition(f'"{set_name}" has the condition {kind}', ("StatefulSet",), ask)


def condition_because(set_name: str, kind: str, reason: str) -> Condition:
    """The set's status has a condition of this type with this reason, true or not."""

    def ask(history: History, since: int) -> Answer:
        found = history.alive("StatefulSet").get(set_name)
        if found is None:
            return unmet(f'there is no StatefulSet "{set_name}"')
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
            return unmet(f'there is no StatefulSet "{set_name}"')
        asked = generation_asked(history, "StatefulSet", set_name, found.uid, since=since)
        current, newest = sets.current_revision(found.last.data), sets.update_revision(found.last.data)
        met = sets.acknowledged(found.last.data, asked) and len({current, newest}) == number
        return Answer(met, f"its status goes from {current} to {newest}", (found.last,))

    return Condition(f'the status of "{set_name}" names {number} revisions', ("StatefulSet",), ask)


def revisions(set_name: str, number: int) -> Condition:
    """So many revisions of the set exist, the ones in use among them."""

    def ask(history: History, since: int) -> Answer:
        del since
        owned = [
            life
            for life in history.alive("ControllerRevision").values()
            if any(one["name"] == set_name for one in life.last.data["metadata"].get("ownerReferences") or [])
        ]
        names = ", ".join(life.name for life in owned) or "none"
        return Answer(len(owned) == number, f"{len(owned)} exist: {names}", tuple(life.last for life in owned))

    return Condition(f'"{set_name}" has {number} revisions', ("ControllerRevision",), ask)


def budget_known(budget: str, set_name: str) -> Condition:
    """The status of a disruption budget counts the set's pods as they are."""

    def ask(history: History, since: int) -> Answer:
        del since
        found = history.alive("PodDisruptionBudget").get(budget)
        if found is None:
            return unmet(f"there is no disruption budget {budget}")
        status, subject = found.last.data.get("status") or {}, Subject(set_name)
        pods = [life for life in history.alive("Pod").values() if subject.ordinal(life.name) is not None]
        told = (status.get("expectedPods"), status.get("currentHealthy"))
        there = (len(pods), sum(healthy(life.last.data) for life in pods))
        current = status.get("observedGeneration") == found.last.data["metadata"].get("generation")
        text = f"it counts {told[0]} pods, {told[1]} healthy; there are {there[0]}, {there[1]} healthy"
        return Answer(bool(current and told == there), text, (found.last,))

    return Condition(f'budget {budget} counts the pods of "{set_name}"', ("PodDisruptionBudget", "Pod"), ask)


def budget_allows(budget: str, number: int, *, anew: bool = False) -> Condition:
    """
    The status of a disruption budget, for its newest spec, allows so many evictions.

    With `anew` only a status that was written since the event counts.
    """

    def ask(history: History, since: int) -> Answer:
        found = history.alive("PodDisruptionBudget").get(budget)
        if found is None:
            return unmet(f"there is no disruption budget {budget}")
        status, old = found.last.data.get("status") or {}, anew and found.last.seq <= since
        current = status.get("observedGeneration") == found.last.data["metadata"].get("generation")
        told = status.get("disruptionsAllowed")
        text = f"it allows {told}" + (", as it did before" if old else "" if current else ", for an older spec")
        return Answer(bool(current and not old and told == number), text, (found.last,))

    return Condition(f"budget {budget} allows {number} evictions", ("PodDisruptionBudget",), ask)


def answered(request: str, *codes: str, because: str = "") -> Condition:
    """The answers to a request since the event were these, in any order, each `because`."""

    def ask(history: History, since: int) -> Answer:
        found = history.of(ANSWER, name=request, since=since)
        told = [str(seen.data["rcode"]) for seen in found]
        texts = [
            f"{seen.data['question']}: {seen.data['rcode']}{_reasons(list(seen.data['records']))}" for seen in found
        ]
        reasons = all(any(because in str(reason) for reason in seen.data["records"] or [""]) for seen in found)
        met = sorted(told) == sorted(codes) and reasons
        return Answer(met, "; ".join(texts) or "nothing was asked", tuple(found))

    return Condition(f"the {request} is {' and '.join(codes)}" + f", because {because}" * bool(because), (), ask)


def refused_field(request: str, path: str) -> Condition:
    """
    A request since the event was refused for this field of the object, or for one in it.

    What is said of a field changes with the version, its path only by becoming more exact.
    """

    def ask(history: History, since: int) -> Answer:
        found = history.of(ANSWER, name=request, since=since)
        named = [str(field) for seen in found for field in seen.data.get("fields", [])]
        within = [field for field in named if field == path or field.startswith((f"{path}.", f"{path}["))]
        met = bool(within) and all(seen.data["rcode"] == "refused" for seen in found)
        told = "; ".join(f"{seen.data['rcode']}{_reasons(list(seen.data['records']))}" for seen in found)
        text = f"{told or 'nothing was asked'}; named: {', '.join(named) or 'no field'}"
        return Answer(met and within == named, text, tuple(found))

    return Condition(f"the {request} is refused for {path}", (), ask)


def _reasons(records: list[str]) -> str:
    return f" ({'; '.join(records)})" if records else ""
