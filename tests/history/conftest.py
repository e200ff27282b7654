"""A recorder for the tests of the record, with pauses cut short."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from harness.history import reflector
from harness.history.recorder import Recorder
from harness.kube.api import Api


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the pauses between attempts a hundredth of what they are."""
    monkeypatch.setattr(reflector, "_FIRST_PAUSE_S", reflector._FIRST_PAUSE_S / 100)
    monkeypatch.setattr(reflector, "_LONGEST_PAUSE_S", reflector._LONGEST_PAUSE_S / 100)


@pytest.fixture
def record(api: Api, short_pauses: None) -> Iterator[Callable[..., Recorder]]:
    """Start a recorder of pods in namespace `ns`; it is stopped at the end of the test."""
    started: list[Recorder] = []

    def start(required: tuple[str, ...] = ("Pod",), optional: tuple[str, ...] = (), **options: object) -> Recorder:
        recorder = Recorder(api, "ns", required, optional, **options)  # type: ignore[arg-type]
        started.append(recorder)
        recorder.start(timeout_s=5)
        return recorder

    yield start
    for recorder in started:
        recorder.stop()
