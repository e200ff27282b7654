"""The pods of one set as they are at the end of a view, counted by what they are, without looking at each again."""

from __future__ import annotations

from harness.history.incarnations import Present
from harness.history.observation import Observation
from harness.promises.pods import healthy
from harness.promises.verdict import Subject

__all__ = ["Replicas"]


class Replicas(Present):
    """
    A digest of the pods that bear a name of the set.

    `there`: how many exist; `up`: how many of them are ready and not terminating; `ordinals`: ordinal → how many names
    say it, as `web-1` and `web-01` do.
    """

    def __init__(self, set_name: str) -> None:
        super().__init__("Pod")
        self.there = 0
        self.up = 0
        self.ordinals: dict[int, int] = {}
        self._subject = Subject(set_name)

    def became(self, name: str, before: Observation | None, now: Observation | None) -> None:
        """Count what has changed."""
        ordinal = self._subject.ordinal(name)
        if ordinal is None:
            return
        self.up += _up(now) - _up(before)
        come = (now is not None) - (before is not None)
        if come:
            self.there += come
            self.ordinals[ordinal] = self.ordinals.get(ordinal, 0) + come
            if not self.ordinals[ordinal]:
                del self.ordinals[ordinal]


def _up(pod: Observation | None) -> bool:
    return pod is not None and healthy(pod.data)
