"""A recorder whose observations come as a script says, in its own time: no threads, no cluster, no waiting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.history.history import History
from harness.history.observation import Observation, Verb

Happening = tuple[float, str, Verb, str, dict[str, Any]]
"""When (seconds), topic, verb, name and data."""


class ScriptedRecorder:
    """
    Delivers the happenings when its clock comes to them; the clock moves only while somebody waits.

    `late`: kinds whose streams never catch up. `unlisted`: happenings that only the closing list brings to light.
    """

    def __init__(
        self, happenings: Iterable[Happening], *, late: Iterable[str] = (), unlisted: Iterable[Happening] = ()
    ) -> None:
        self.history = History()
        self.now = 0.0
        self._coming = sorted(happenings, key=lambda happening: happening[0])
        self._late = set(late)
        self._unlisted = list(unlisted)

    def record(
        self, topic: str, verb: Verb, *, name: str = "", uid: str = "", data: Mapping[str, Any] | None = None
    ) -> Observation:
        seen = Observation(
            self.history.end, self.now, f"2026-01-01T00:00:{self.now:06.3f}Z", topic, verb, name, uid, data or {}
        )
        self.history.append(seen)
        return seen

    def wait(self, seen_end: int, timeout_s: float) -> int:
        assert seen_end == self.history.end, "the run has not taken note of all there is"
        end = self.now + timeout_s
        if self._coming and self._coming[0][0] <= end:
            at, *happening = self._coming.pop(0)
            self.now = max(self.now, at)
            self._deliver(*happening)
        else:
            self.now = end
        return self.history.end

    def confirm_fresh(self, kinds: Iterable[str]) -> float:
        asked = self.now
        for _, *happening in self._unlisted:
            self._deliver(*happening)
        self._unlisted.clear()
        for kind in kinds:
            if kind not in self._late:
                self.record(kind, Verb.SYNCED, data={"asked": asked, "lag": 0.01})
        return asked

    def _deliver(self, topic: str, verb: Verb, name: str, data: dict[str, Any]) -> None:
        self.record(topic, verb, name=name, uid=data.get("metadata", {}).get("uid", ""), data=data)
