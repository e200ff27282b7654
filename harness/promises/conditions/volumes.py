"""Conditions about what volumes offer, and about pods that wait for one."""

from __future__ import annotations

from harness.history.history import History, Incarnation
from harness.promises.causes import blocked
from harness.promises.condition import Answer, Condition, absent, unmet

__all__ = ["held_back_by_claim", "offers"]


def offers(volume: str, size: str, access: str) -> Condition:
    """A volume of this capacity and with this access mode, alone, exists."""

    def look(found: Incarnation) -> Answer:
        spec = found.last.data["spec"]
        text = f"{volume} has {spec['capacity']['storage']}, {', '.join(spec['accessModes'])}"
        met = (spec["capacity"]["storage"], list(spec["accessModes"])) == (size, [access])
        return Answer(met, text, (found.last,))

    return Condition.of_object(f"volume {volume} offers {size}, {access}", "PersistentVolume", volume, look)


def held_back_by_claim(pod: str) -> Condition:
    """The pod has not started and a claim of its own is the known cause."""

    def look(history: History) -> Answer:
        life = history.alive("Pod").get(pod)
        if life is None:
            return absent(history, "Pod", pod)
        cause = next(iter(blocked(history, pod)), None)
        if cause is None:
            return unmet(f"nothing is known to hold {pod} back", life.last)
        waits = life.last.data.get("status", {}).get("phase") == "Pending" and cause.text.startswith("claim ")
        return Answer(waits, cause.text, cause.events)

    return Condition.now(f"{pod} waits for its claim", ("Pod", "PersistentVolumeClaim", "Event"), look)
