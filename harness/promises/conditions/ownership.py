"""Conditions about whom an object belongs to."""

from __future__ import annotations

from harness.history.history import History, Incarnation
from harness.model import Object
from harness.promises.condition import Answer, Condition, absent
from harness.promises.ownership import controller
from harness.promises.verdict import Subject

__all__ = ["adopted", "belongs", "no_claim_left_behind", "released"]


def adopted(pod: str, set_name: str) -> Condition:
    """Since the event the pod has been without a controller, and the set has it again."""

    def ask(history: History, since: int) -> Answer:
        life = history.alive("Pod").get(pod)
        if life is None:
            return absent(history, "Pod", pod)
        orphaned = any(controller(seen.data) is None for seen in life.seen if seen.seq >= since)
        stateful_set = history.alive("StatefulSet").get(set_name)
        mine = stateful_set is not None and (controller(life.last.data) or {}).get("uid") == stateful_set.uid
        text = f"{pod} is controlled by {_owner(life.last.data)}{', by nothing before' * orphaned}"
        return Answer(orphaned and mine, text, (life.last,))

    return Condition(f'"{set_name}" adopts {pod}', ("Pod", "StatefulSet"), ask)


def released(pod: str) -> Condition:
    """The pod exists and nothing controls it."""

    def look(life: Incarnation) -> Answer:
        return Answer(controller(life.last.data) is None, f"{pod}: {_owner(life.last.data)}", (life.last,))

    return Condition.of_object(f"nothing controls {pod}", "Pod", pod, look)


def belongs(claim: str, owner: str) -> Condition:
    """The claim goes when the object of this name goes: it is one of its owners."""

    def look(life: Incarnation) -> Answer:
        names = [str(one["name"]) for one in life.last.data["metadata"].get("ownerReferences") or []]
        return Answer(owner in names, f"{claim} belongs to {', '.join(names) or 'nobody'}", (life.last,))

    return Condition.of_object(f"{claim} belongs to {owner}", "PersistentVolumeClaim", claim, look)


def no_claim_left_behind(set_name: str) -> Condition:
    """No claim belongs to a pod of the set that is gone, and is about to go as well."""

    def look(history: History) -> Answer:
        pods = {life.uid for life in history.alive("Pod").values()}
        left = [
            life
            for life in history.alive("PersistentVolumeClaim").values()
            for owner in life.last.data["metadata"].get("ownerReferences") or ()
            if owner["kind"] == "Pod"
            and owner["uid"] not in pods
            and Subject(set_name).ordinal(owner["name"]) is not None
        ]
        text = ", ".join(life.name for life in left) or "no claim"
        return Answer(not left, f"{text} belongs to a pod that is gone", tuple(life.last for life in left))

    return Condition.now(f'no claim of "{set_name}" is left behind', ("Pod", "PersistentVolumeClaim"), look)


def _owner(found: Object) -> str:
    owner = controller(found)
    return f"{owner['kind']} {owner['name']}" if owner else "nothing"
