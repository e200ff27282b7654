"""Work that goes on shows life: replaced on a terminal, once in a while elsewhere."""

from __future__ import annotations

import pytest

from harness.cluster import passing
from harness.cluster.passing import Counted, Voice


def test_on_a_terminal_a_passing_line_is_replaced_by_the_next():
    written: list[str] = []
    voice = Voice(written.append, terminal=True)
    for line in ("building etcd", "… etcd: 1 of 2 packages", "… etcd: 2 of 2 packages", "built etcd"):
        voice.say(line)
    assert "".join(written) == (
        "building etcd\n… etcd: 1 of 2 packages\r\x1b[K… etcd: 2 of 2 packages\r\x1b[Kbuilt etcd\n"
    )


class Clock:
    """Time that passes when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(passing.time, "monotonic", lambda: self.now)


def test_elsewhere_it_is_a_line_after_ten_silent_seconds(monkeypatch):
    written: list[str] = []
    voice, clock = Voice(written.append, terminal=False), Clock(monkeypatch)
    voice.say("building etcd")
    for clock.now in (5.0, 10.0, 11.0):
        voice.say(f"… etcd after {clock.now:.0f} s")
    assert written == ["building etcd\n", "… etcd after 10 s\n"]


def test_parts_are_counted_and_told_at_most_once_a_second(monkeypatch):
    said: list[str] = []
    clock = Clock(monkeypatch)
    counted = Counted("… etcd: {} of 3 packages", said.append)
    for clock.now in (0.5, 1.2, 1.3):
        counted.heard("a/package\n")
    assert said == ["… etcd: 2 of 3 packages, 1.2 s"]
