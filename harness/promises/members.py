"""
What the replicas of a set say of the members of their application.

A replica that was asked leaves an OUTPUT observation of the purpose `members` with a line for each member that it knows
of: `<pod> <id> <address> <role>`; the role of one of them is `leader`, that of a member without a vote `learner`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.history.history import History, Incarnation
from harness.history.observation import OUTPUT, Observation

__all__ = ["LEADER", "LEARNER", "MEMBERS", "Member", "heard", "read"]

MEMBERS = "members"
LEADER = "leader"
LEARNER = "learner"


@dataclass(frozen=True, slots=True)
class Member:
    """A member as one replica knows it; `pod` is the pod whose member it is, `id` never that of another member."""

    pod: str
    id: str
    address: str
    role: str


def read(told: Observation) -> list[Member]:
    """Return the members that a replica has told of, in its order; ValueError for a line that is none of a member."""
    members = []
    for line in str(told.data.get("stdout", "")).splitlines():
        words = line.split()
        if len(words) != len(Member.__slots__):
            raise ValueError(f"{told.name} prints no member in {line!r}")
        members.append(Member(*words))
    return members


def heard(history: History, pods: Iterable[Incarnation], since: int) -> dict[str, Observation]:
    """Return for each of these pods, by its name, what this very pod has told last since an observation."""
    uids = {pod.uid for pod in pods}
    told = [one for one in history.of(OUTPUT, since=since) if one.data.get("purpose") == MEMBERS]
    return {str(one.data["pod"]): one for one in told if one.data["pod_uid"] in uids}
