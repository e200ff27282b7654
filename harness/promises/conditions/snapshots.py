"""Conditions about snapshots, about claims that are made from them or from other claims, and about what these hold."""

from __future__ import annotations

from harness.history.history import History, Incarnation
from harness.history.observation import OUTPUT, Observation
from harness.promises.condition import Answer, Condition, absent, unmet
from harness.promises.outputs import READ, WROTE, content

__all__ = ["found_what_was_there", "made_from", "snapshot_ready"]

_CLAIM = "PersistentVolumeClaim"


def snapshot_ready(name: str) -> Condition:
    """The snapshot is ready to be used."""

    def look(life: Incarnation) -> Answer:
        status = life.last.data.get("status") or {}
        ready, error = bool(status.get("readyToUse")), (status.get("error") or {}).get("message", "")
        text = f"snapshot {name} is {'' if ready else 'not '}ready" + f": {error}" * bool(error)
        return Answer(ready, text, (life.last,))

    return Condition.of_object(f"snapshot {name} is ready", "VolumeSnapshot", name, look)


def made_from(claim: str, kind: str, source: str) -> Condition:
    """
    The claim is bound, was made from the source, and has a volume that no other claim had.

    `kind`: VolumeSnapshot or PersistentVolumeClaim.
    """

    def look(history: History) -> Answer:
        life = history.alive(_CLAIM).get(claim)
        if life is None:
            return absent(history, _CLAIM, claim)
        told, volume = life.last.data["spec"].get("dataSource") or {}, _volume(life)
        others = [
            other for other in history.incarnations(_CLAIM) if other.uid != life.uid and _volume(other) == volume != ""
        ]
        phase = life.last.data.get("status", {}).get("phase", "without a phase")
        text = f"{claim} is {phase}, made from {told.get('kind', 'nothing')} {told.get('name', '')}".rstrip()
        text += f", with the volume of {', '.join(other.name for other in others)}" * bool(others)
        met = phase == "Bound" and (told.get("kind"), told.get("name")) == (kind, source) and not others
        return Answer(met, text, (life.last, *(other.last for other in others)))

    return Condition.now(f"claim {claim} has a volume of its own, made from {kind} {source}", (_CLAIM,), look)


def found_what_was_there(reader: str, writer: str, kind: str, copy: str) -> Condition:
    """
    One pod has read what another one had written last before a copy was asked for.

    `kind` and `copy` are the snapshot, or the claim made from another one; its first observation is the moment.
    """

    def look(history: History) -> Answer:
        lives = history.incarnations(kind, copy)
        if not lives:
            return unmet(f"{kind} {copy} does not exist")
        wrote = [
            one for one in _outputs(history, writer, WROTE) if one.seq < lives[0].first.seq and one.data["code"] == 0
        ]
        if not wrote:
            return unmet(f"{writer} had written nothing before {kind} {copy}", lives[0].first)
        read = [one for one in _outputs(history, reader, READ) if one.data.get("file") == wrote[-1].data.get("file")]
        if not read:
            return unmet(f"{reader} has read nothing", wrote[-1], lives[0].first)
        met = read[-1].data["code"] == 0 and content(read[-1]) == content(wrote[-1])
        text = f"{reader} read {content(read[-1])!r} {str(read[-1].data.get('stderr', '')).strip()}".rstrip()
        text += f", and {writer} had written {content(wrote[-1])!r}"
        return Answer(met, text, (wrote[-1], lives[0].first, read[-1]))

    return Condition.now(f"{reader} reads what {writer} had written before {kind} {copy}", ("Pod", kind), look)


def _volume(claim: Incarnation) -> str:
    return str(claim.last.data["spec"].get("volumeName", ""))


def _outputs(history: History, pod: str, purpose: str) -> list[Observation]:
    found = (one for one in history.of(OUTPUT) if one.data.get("purpose") == purpose)
    return [one for one in found if one.data.get("pod") == pod and one.data.get("code") is not None]
