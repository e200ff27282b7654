"""Conditions about the nodes that the volume of a claim is attached to."""

from __future__ import annotations

from collections.abc import Callable

from harness.history.history import History, Incarnation
from harness.history.observation import ACTION
from harness.promises.causes import Cause
from harness.promises.condition import Answer, Condition, absent, unmet

__all__ = ["attached_twice", "attached_with", "detached", "has_its_volumes", "unclaimed"]

_KINDS = ("VolumeAttachment", "PersistentVolumeClaim")


def attached_with(pod: str, claim: str) -> Condition:
    """The volume of the claim is attached to the node of the pod, and to no other."""

    def look(history: History) -> Answer:
        found, life = history.alive("Pod").get(pod), history.alive("PersistentVolumeClaim").get(claim)
        if found is None or life is None:
            return absent(history, *(("PersistentVolumeClaim", claim) if found else ("Pod", pod)))
        node = str(found.last.data["spec"].get("nodeName", ""))
        attachments = _attachments(history, claim)
        met = bool(node) and [(_node(one), _attached(one)) for one in attachments] == [(node, True)]
        text = f"{pod} is on {node or 'no node'}; {_spell(claim, attachments)}"
        return Answer(met, text, (found.last, *(one.last for one in attachments)))

    return Condition.now(f"the volume of {claim} is attached to the node of {pod} alone", ("Pod", *_KINDS), look)


def has_its_volumes(pod: str) -> Condition:
    """The volume of each claim that the pod uses is attached to its node, and to no other."""

    def ask(history: History, since: int) -> Answer:
        found = history.alive("Pod").get(pod)
        if found is None:
            return absent(history, "Pod", pod)
        volumes = found.last.data["spec"].get("volumes") or ()
        claims = [one["persistentVolumeClaim"]["claimName"] for one in volumes if "persistentVolumeClaim" in one]
        answers = [attached_with(pod, claim).ask(history, since) for claim in claims]
        text = "; ".join(answer.observed for answer in answers) or f"{pod} uses no claim"
        return Answer(all(answer.met for answer in answers), text, (found.last,))

    return Condition(f"{pod} has its volumes attached", ("Pod", *_KINDS), ask)


def detached(claim: str) -> Condition:
    """The claim's volume, attached before the event, is attached to none, nor about to be."""

    def ask(history: History, since: int) -> Answer:
        before = [one for one in _attachments(history.upto(since), claim) if _attached(one)]
        if not before:
            return unmet(f"before the event the volume of {claim} was attached to no node")
        attachments = _attachments(history, claim)
        return Answer(not attachments, _spell(claim, attachments), tuple(one.last for one in [*before, *attachments]))

    return Condition(f"the volume of {claim} is attached to no node any more", _KINDS, ask)


def attached_twice(claim: str) -> Condition:
    """The claim's volume is attached, or about to be, to two nodes at the same moment."""

    def look(history: History) -> Answer:
        attachments = _attachments(history, claim)
        nodes = {_node(one) for one in attachments}
        return Answer(len(nodes) > 1, _spell(claim, attachments), tuple(one.last for one in attachments))

    return Condition.now(f"the volume of {claim} is attached to two nodes", _KINDS, look)


def unclaimed(claim: str) -> Callable[[History], list[Cause]]:
    """Return what looks for a reason why no volume of the claim is attached: nobody has made such a claim."""

    def look(history: History) -> list[Cause]:
        done = history.of(ACTION)
        if not done or history.incarnations("PersistentVolumeClaim", claim):
            return []
        return [Cause(f"nobody has made a claim {claim}", done[-1].at, (done[-1],))]

    return look


def _attachments(history: History, claim: str) -> list[Incarnation]:
    """Return what attaches a volume that the claim has, or a former claim of its name had."""
    lives = history.incarnations("PersistentVolumeClaim", claim)
    volumes = {str(life.last.data["spec"].get("volumeName", "")) for life in lives} - {""}
    return [
        one
        for one in history.alive("VolumeAttachment").values()
        if one.last.data["spec"]["source"].get("persistentVolumeName") in volumes
    ]


def _node(attachment: Incarnation) -> str:
    return str(attachment.last.data["spec"]["nodeName"])


def _attached(attachment: Incarnation) -> bool:
    return bool(attachment.last.data.get("status", {}).get("attached"))


def _spell(claim: str, attachments: list[Incarnation]) -> str:
    told = [f"{_node(one)}{'' if _attached(one) else ' (not yet, or no more)'}" for one in attachments]
    return f"the volume of {claim} is attached to {' and '.join(told) or 'no node'}"
