"""
What a name in a sentence stands for: the pods of a StatefulSet, or pods that the scenario has given that name.

Problem: an operator makes pods without a StatefulSet, named as it likes. Solution: a Given says once which pods are
meant, by their labels or by what owns them, and that is written down in the history; from then on whoever asks for the
pods of that name gets those. A subject yields its pods from a history, and nothing else is known of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from harness.history.history import History
from harness.history.incarnations import Incarnation
from harness.history.observation import ACTION, Observation
from harness.model import Object
from harness.promises.own_actions import NAME_PODS

__all__ = ["NamedPods", "Subject", "bears", "incarnations_of_subject", "named_pods", "pods_of"]


@dataclass(frozen=True, slots=True)
class Subject:
    """
    What is judged, by name: a StatefulSet, pods that the scenario has named, or a client in the cluster.

    A history holds one namespace.
    """

    name: str

    def ordinal(self, pod: str) -> int | None:
        """Return the ordinal of a pod, or of any other object named after one, None for a stranger's."""
        stem, _, number = pod.rpartition("-")
        return int(number) if stem == self.name and number.isdecimal() else None


@dataclass(frozen=True, slots=True)
class NamedPods:
    """
    Pods that a scenario has given a name: those with all of these labels, or those of an owner, by kind and name.

    `member`: the label whose value tells them apart over all lives; where it is empty their names do.
    """

    name: str
    labels: Mapping[str, str]
    owner: tuple[str, str] | None = None
    member: str = ""

    def __str__(self) -> str:
        if self.owner:
            return 'the pods owned by {} "{}"'.format(*self.owner)
        return f'the pods labelled "{",".join(f"{key}={value}" for key, value in self.labels.items())}"'

    def have(self, history: History, pod: Object) -> bool:
        """Return whether a pod is one of them: whatever owns it, directly or through others that are in the record."""
        if self.owner:
            return self._owns(history, pod, frozenset())
        return self.labels.items() <= (pod["metadata"].get("labels") or {}).items()

    def member_of(self, pod: Object) -> str:
        """Return by what a pod is told from the others; empty where it lacks the label."""
        metadata = pod["metadata"]
        return str((metadata.get("labels") or {}).get(self.member, "") if self.member else metadata["name"])

    def _owns(self, history: History, owned: Object, seen: frozenset[str]) -> bool:
        for owner in owned["metadata"].get("ownerReferences") or ():
            if (owner["kind"], owner["name"]) == self.owner:
                return True
            lives = history.incarnations(owner["kind"], owner["name"]) if owner["uid"] not in seen else ()
            if any(
                self._owns(history, life.last.data, seen | {life.uid}) for life in lives if life.uid == owner["uid"]
            ):
                return True
        return False


def named_pods(history: History, name: str) -> NamedPods | None:
    """Return the pods that the scenario has given this name by the end of a view; None where it has none."""
    return history.digest(_Named, name).pods


def pods_of(history: History, name: str) -> list[Incarnation]:
    """Return the pods of a subject that are there at the end of a view, in order of name length and name."""
    return _of_subject(history, name, history.alive("Pod").values())


def incarnations_of_subject(history: History, name: str) -> list[Incarnation]:
    """Return the lives of all pods of a subject, in order of their first observation."""
    return _of_subject(history, name, history.incarnations("Pod"))


def bears(history: History, name: str) -> Callable[[str], bool]:
    """Return what tells whether a name is that of a pod that the subject has, or ever had."""
    subject = Subject(name)
    if named_pods(history, name) is None:
        return lambda pod: subject.ordinal(pod) is not None
    return {life.name for life in incarnations_of_subject(history, name)}.__contains__


def _of_subject(history: History, name: str, lives: Iterable[Incarnation]) -> list[Incarnation]:
    pods, subject = named_pods(history, name), Subject(name)
    if pods is None:
        return [life for life in lives if subject.ordinal(life.name) is not None]
    return [life for life in lives if pods.have(history, life.last.data)]


class _Named:
    """A digest of what a name was given to last."""

    topic = ACTION

    def __init__(self, name: str) -> None:
        self.pods: NamedPods | None = None
        self._name = name

    def take(self, seen: Observation) -> None:
        """Take note of pods that are given the name."""
        if seen.name == self._name and seen.data.get("verb") == NAME_PODS:
            owner = seen.data.get("owner")
            self.pods = NamedPods(
                self._name,
                seen.data.get("labels") or {},
                (str(owner["kind"]), str(owner["name"])) if owner else None,
                str(seen.data.get("member", "")),
            )
