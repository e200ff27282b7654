"""Conditions about which claims and volumes have found each other, and about the phases of a volume."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from harness.history.history import History, Incarnation
from harness.history.observation import Observation
from harness.promises.condition import Answer, Condition, absent, unmet
from harness.promises.pods import instant

__all__ = ["matched", "passed_phases", "refused_volume", "shared_volume", "went"]

_KINDS = ("PersistentVolumeClaim", "PersistentVolume")


def matched(number: int, claims: Sequence[str], volumes: Sequence[str]) -> Condition:
    """
    Exactly so many of these claims are bound, each to a volume of these that says the same.

    All the other claims must be pending, and all the other volumes available.
    """

    def look(history: History) -> Answer:
        there, offered = (history.alive(kind) for kind in _KINDS)
        missing = [name for name in claims if name not in there] + [name for name in volumes if name not in offered]
        if missing:
            return unmet(f"{', '.join(missing)} {'do' if len(missing) > 1 else 'does'} not exist")
        pairs = [(claim, volume) for claim in claims for volume in volumes if _pair(there[claim], offered[volume])]
        waiting = [name for name in claims if _phase(there[name]) == "Pending"]
        free = [name for name in volumes if _phase(offered[name]) == "Available"]
        texts = [f"{claim} has {volume}" for claim, volume in pairs]
        texts += [f"{name} is {_phase(there[name])}" for name in claims if name not in dict(pairs)]
        texts += [f"{name} is {_phase(offered[name])}" for name in volumes if name not in {v for _, v in pairs}]
        met = (len(pairs), len(waiting), len(free)) == (number, len(claims) - number, len(volumes) - number)
        events = (*(there[name].last for name in claims), *(offered[name].last for name in volumes))
        return Answer(met, ", ".join(texts), events)

    return Condition.now(
        f"{number} of {', '.join(claims)} and {', '.join(volumes)} are bound to each other", _KINDS, look
    )


def shared_volume() -> Condition:
    """Two claims are bound to one volume at the same moment."""

    def look(history: History) -> Answer:
        bound: dict[str, Incarnation] = {}
        for life in history.alive("PersistentVolumeClaim").values():
            volume = str(life.last.data["spec"].get("volumeName", ""))
            if _phase(life) == "Bound" and (other := bound.setdefault(volume, life)) is not life:
                text = f"{other.name} and {life.name} are bound to {volume}"
                return Answer(met=True, observed=text, events=(other.last, life.last))
        return unmet("no two claims are bound to one volume")

    return Condition.now("two claims are bound to one volume", ("PersistentVolumeClaim",), look)


def passed_phases(volume: str, *phases: str) -> Condition:
    """
    The volume has been in just these phases, one after another, and dates each change.

    The first phase of all, `Pending`, is passed over. The dates have whole seconds (KEP-3762): of two changes that lie
    more than a second apart the later one has the later date.
    """

    def look(history: History) -> Answer:
        lives = history.incarnations("PersistentVolume", volume)
        if not lives:
            return unmet(f"volume {volume} does not exist")
        changes = _changes(lives[-1])
        told = [str(seen.data["status"]["phase"]) for seen in changes]
        undated = [seen for seen in changes if not seen.data["status"].get("lastPhaseTransitionTime")]
        stale = [later for former, later in pairwise(changes) if not undated and not _moved(former, later)]
        text = f"{volume} was {', then '.join(told) or 'in no phase'}"
        text += ", without a date" * bool(undated) + ", with a date that did not move" * bool(stale)
        return Answer(told == list(phases) and not undated and not stale, text, tuple(changes))

    return Condition.now(f"volume {volume} was {', then '.join(phases)}, each dated", ("PersistentVolume",), look)


def went(name: str, kind: str) -> Condition:
    """An object that was there before the event is gone."""

    def ask(history: History, since: int) -> Answer:
        life = history.upto(since).alive(kind).get(name)
        if life is None:
            return unmet(f"{kind} {name} was gone before")
        now = history.alive(kind).get(name)
        left = now is not None and now.uid == life.uid
        return Answer(not left, f"{kind} {name} is {'there' if left else 'gone'}", (life.last,))

    return Condition(f"{kind} {name} goes", (kind,), ask)


def refused_volume(claim: str) -> Condition:
    """The claim is pending, and an event about it says why no volume can be made for it."""

    def look(history: History) -> Answer:
        life = history.alive("PersistentVolumeClaim").get(claim)
        if life is None:
            return absent(history, "PersistentVolumeClaim", claim)
        told = [seen for seen in history.of("Event") if seen.is_state and _about(seen, life, "ProvisioningFailed")]
        text = f"{claim} is {_phase(life)}: {told[-1].data.get('message', '') if told else 'nothing is said about it'}"
        return Answer(bool(told) and _phase(life) == "Pending", text, (life.last, *told[-1:]))

    return Condition.now(f"no volume can be made for claim {claim}", ("PersistentVolumeClaim", "Event"), look)


def _pair(claim: Incarnation, volume: Incarnation) -> bool:
    """Whether both say that they are bound to each other; the volume knows the claim by its uid."""
    names = claim.last.data["spec"].get("volumeName") == volume.name
    knows = volume.last.data["spec"].get("claimRef", {}).get("uid") == claim.uid
    return names and knows and _phase(claim) == _phase(volume) == "Bound"


def _phase(life: Incarnation) -> str:
    return str(life.last.data.get("status", {}).get("phase", "without a phase"))


def _changes(volume: Incarnation) -> list[Observation]:
    changes: list[Observation] = []
    for seen in volume.seen:
        phase = seen.data.get("status", {}).get("phase", "Pending")
        if phase != (changes[-1].data["status"]["phase"] if changes else "Pending"):
            changes.append(seen)
    return changes


def _moved(former: Observation, later: Observation) -> bool:
    before, after = (instant(seen.data["status"]["lastPhaseTransitionTime"]) for seen in (former, later))
    return after > before or (after == before and later.at - former.at <= 1.0)


def _about(event: Observation, life: Incarnation, reason: str) -> bool:
    return event.data.get("reason") == reason and event.data.get("involvedObject", {}).get("uid") == life.uid
