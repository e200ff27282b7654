"""What among an application's manifests changes the number of a set's replicas by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.drafting.shapes import at
from harness.manifests.manifest import Manifest

__all__ = ["Autoscaler", "autoscaler_of"]

_KIND = "HorizontalPodAutoscaler"


@dataclass(frozen=True, slots=True)
class Autoscaler:
    """Which one, and between how many and how many replicas it keeps its set."""

    title: str
    least: int
    most: int

    def bears(self, replicas: int) -> bool:
        """Whether it leaves so many replicas as they are, as long as nothing is measured."""
        return self.least <= replicas <= self.most

    @property
    def decides(self) -> str:
        """Why nobody else can scale the set."""
        return f"{self.title} decides how many replicas it has"

    def __str__(self) -> str:
        return f"{self.title} scales it to {self.least} to {self.most} replicas"


def autoscaler_of(name: str, manifests: Iterable[Manifest]) -> Autoscaler | None:
    """Return what scales the StatefulSet of this name, None where nothing does; what is wrong in it the server says."""
    for one in manifests:
        target = at(one.body, "spec.scaleTargetRef")
        is_it = one.kind == _KIND and isinstance(target, dict) and target.get("kind") == "StatefulSet"
        if is_it and target.get("name") == name:
            least, most = at(one.body, "spec.minReplicas"), at(one.body, "spec.maxReplicas")
            least = least if isinstance(least, int) else 1
            return Autoscaler(f"{_KIND} {one.name}", least, most if isinstance(most, int) else least)
    return None
