"""Conditions about the members of an application, as its replicas tell of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.history.history import History, Incarnation
from harness.history.observation import Observation
from harness.promises.condition import Answer, Condition, unmet
from harness.promises.members import LEADER, LEARNER, Member, heard, read

__all__ = ["another_member", "members_are", "same_member"]


def members_are(name: str, pods: Sequence[str]) -> Condition:
    """
    These pods, and no others, are the members, and each of them knows it.

    Each pod was asked since the event and tells the same: a full member for each pod, under the stable name that the
    pod has in the service of its set, with an id of its own; one of them leads.
    """

    def ask(history: History, since: int) -> Answer:
        alive = history.alive("Pod")
        asked = [alive[pod] for pod in pods if pod in alive]
        told = heard(history, asked, since)
        silent = [pod for pod in pods if pod not in told]
        if silent:
            return unmet(f"{', '.join(silent)} told nothing of the members", *told.values())
        owner = history.current("StatefulSet", name) or {}
        hosts = {pod: f"{pod}.{owner.get('spec', {}).get('serviceName', '')}" for pod in pods}
        doubts = [doubt for one in told.values() for doubt in _doubts(one, hosts)]
        doubts = doubts or _differences(list(told.values()))
        text = "; ".join(doubts) or f"all {len(pods)} tell of {_spell(told[pods[0]])}"
        return Answer(not doubts, text, tuple(told.values()))

    return Condition(f'the members of "{name}" are exactly {_join(pods)}', ("Pod", "StatefulSet"), ask)


def same_member(pod: str) -> Condition:
    """The pod of this name is the same member, with the same id, as the one before."""
    return _compared(pod, same=True)


def another_member(pod: str) -> Condition:
    """The pod of this name is a new member, and the former one is not known any more."""
    return _compared(pod, same=False)


def _compared(pod: str, *, same: bool) -> Condition:
    def ask(history: History, since: int) -> Answer:
        before = _ids(history.upto(since), pod, 0)
        if before is None:
            return unmet(f"before the event nobody told which member {pod} is")
        now = _ids(history, pod, since)
        if now is None:
            return unmet(f"since the event {pod} has not told which member it is")
        (was, former), (told, present) = before, now
        met = present == former if same else len(present) == 1 and not present & former
        return Answer(met, f"{pod} is member {_join(present)}, before it was {_join(former)}", (was, told))

    text = "the member that it was" if same else "a new member"
    return Condition(f"{pod} is {text}", ("Pod",), ask)


def _ids(history: History, pod: str, since: int) -> tuple[Observation, set[str]] | None:
    """Return what the newest pod of this name has told last, and the ids that it knows itself by."""
    lives: list[Incarnation] = history.incarnations("Pod", pod)
    told = heard(history, lives[-1:], since).get(pod)
    if told is None or told.data.get("code") != 0:
        return None
    return told, {member.id for member in read(told) if member.pod == pod}


def _doubts(told: Observation, hosts: dict[str, str]) -> Iterator[str]:
    """Yield what is wrong with what a replica tells; `hosts` is the stable name of each pod."""
    who = told.data["pod"]
    if told.data.get("code") != 0:
        yield f"{who} cannot tell: {str(told.data.get('stderr') or told.data.get('error')).strip()}"
        return
    try:
        members = read(told)
    except ValueError as error:
        yield str(error)
        return
    pods = [member.pod for member in members]
    if sorted(pods) != sorted(hosts):
        yield f"{who} tells of {_join(pods)}"
        return
    yield from (f"{who} tells of {one.pod} at {one.address}" for one in members if not _at(one, hosts[one.pod]))
    yield from (f"{who} tells of {one.pod} as a learner" for one in members if one.role == LEARNER)
    leaders = [member.pod for member in members if member.role == LEADER]
    if len(leaders) != 1 or len({member.id for member in members}) != len(members):
        yield f"{who} tells of {_join(leaders)} as leading, of the members {_join([one.id for one in members])}"


def _at(member: Member, host: str) -> bool:
    """Whether a member's address, with or without scheme and port, is this host, written short or in full."""
    place = (member.address.partition("://")[2] or member.address).partition(":")[0]
    return place == host or place.startswith(f"{host}.")


def _differences(told: Sequence[Observation]) -> list[str]:
    """Return what each of them tells, where not all tell the same."""
    texts = [_spell(one) for one in told]
    return [] if len(set(texts)) == 1 else [f"{one.data['pod']} tells of {_spell(one)}" for one in told]


def _spell(told: Observation) -> str:
    return ", ".join(sorted(f"{member.pod} ({member.id}, {member.role})" for member in read(told)))


def _join(names: Sequence[str] | set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
