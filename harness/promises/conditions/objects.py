"""Conditions about any object by its name: pods and sets, claims and volumes, what a service lists."""

from __future__ import annotations

from dataclasses import replace

from harness.history.history import History, Incarnation
from harness.model import Object
from harness.promises.condition import Answer, Condition, absent, unmet
from harness.promises.conditions.combined import opposite
from harness.promises.pods import listed
from harness.promises.services import publishes_unready, selects
from harness.promises.verdict import Subject

__all__ = [
    "claim_bound",
    "claim_pending",
    "gone",
    "service_lists",
    "still_exists",
    "unbound",
    "volume_phase",
]


def gone(name: str, kind: str = "Pod") -> Condition:
    """No object of this kind and name exists."""

    def look(history: History) -> Answer:
        life = history.alive(kind).get(name)
        if life is None:
            return replace(absent(history, kind, name), met=True)
        leaving = ", its deletion was asked for" if life.last.data["metadata"].get("deletionTimestamp") else ""
        return unmet(f"{kind} {name} exists{leaving}", life.last)

    return Condition.now(f"{kind} {name} is gone", (kind,), look)


def still_exists(name: str, kind: str) -> Condition:
    """An object of this kind and name exists, be its deletion asked for or not."""
    return opposite(gone(name, kind), f"{kind} {name} exists")


def unbound(claim: str) -> Condition:
    """The claim has no volume, or does not exist yet."""
    return opposite(claim_bound(claim), f"claim {claim} is not bound")


def claim_bound(claim: str, volume: str | None = None) -> Condition:
    """The claim is Bound, to `volume` where that is given."""

    def look(life: Incarnation) -> Answer:
        bound_to = life.last.data["spec"].get("volumeName")
        return _answer(life, _phase(life) == "Bound" and volume in (None, bound_to))

    expected = f"claim {claim} is bound" + (f" to volume {volume}" if volume else "")
    return Condition.of_object(expected, "PersistentVolumeClaim", claim, look)


def claim_pending(claim: str) -> Condition:
    """The claim exists and waits for a volume."""

    def look(life: Incarnation) -> Answer:
        return _answer(life, _phase(life) == "Pending")

    return Condition.of_object(f"claim {claim} is pending", "PersistentVolumeClaim", claim, look)


def volume_phase(volume: str, phase: str) -> Condition:
    """The volume is in this phase: Available, Bound, Released or Failed."""

    def look(life: Incarnation) -> Answer:
        return _answer(life, _phase(life) == phase)

    return Condition.of_object(f"volume {volume} is {phase}", "PersistentVolume", volume, look)


def service_lists(service: str, set_name: str) -> Condition:
    """
    The service's endpoint slices list as ready exactly the ready pods that it selects.

    They may be some of the set's pods, and others beside them; one of the set there must be. A service that publishes
    unready addresses has to list every pod that has an address; one without a selector, the set's.
    """

    def look(history: History) -> Answer:
        found = history.current("Service", service)
        unready = found is not None and publishes_unready(found)
        subject = Subject(set_name)
        own = [life for life in history.alive("Pod").values() if subject.ordinal(life.name) is not None]
        chosen = [life for life in history.alive("Pod").values() if found and selects(found, life.last.data)]
        lives = chosen if found and found["spec"].get("selector") else own
        wanted = {life.name for life in lives if listed(life.last.data, unready=unready)}
        slices = [life for life in history.alive("EndpointSlice").values() if _serves(life.last.data, service)]
        names = {name for life in slices for name in _targets(life.last.data)}
        text = f"{service} lists {_spell(names)}; ready: {_spell(wanted)}"
        of_set = not wanted or any(life.name in wanted for life in own)
        return Answer(names == wanted and of_set, text, tuple(life.last for life in [*slices, *lives]))

    expected = f'service {service} lists exactly the ready pods of "{set_name}"'
    return Condition.now(expected, ("EndpointSlice", "Pod", "Service"), look)


def _answer(life: Incarnation, met: bool) -> Answer:
    spec = life.last.data["spec"]
    partner = spec.get("volumeName") or (spec.get("claimRef") or {}).get("name")
    return Answer(
        met, f"{life.name} is {_phase(life) or 'without a phase'}{f', with {partner}' * bool(partner)}", (life.last,)
    )


def _phase(life: Incarnation) -> str:
    return str((life.last.data.get("status") or {}).get("phase", ""))


def _serves(endpoint_slice: Object, service: str) -> bool:
    return bool(endpoint_slice["metadata"].get("labels", {}).get("kubernetes.io/service-name") == service)


def _targets(endpoint_slice: Object) -> list[str]:
    return [
        str(endpoint.get("targetRef", {}).get("name", ""))
        for endpoint in endpoint_slice.get("endpoints") or []
        if endpoint.get("conditions", {}).get("ready", True)
    ]


def _spell(names: set[str]) -> str:
    return ", ".join(sorted(names, key=lambda name: (len(name), name))) or "none"
