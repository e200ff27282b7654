"""Pauses between attempts grow, are never alike, respect what the server asks for, and end with good health."""

from __future__ import annotations

import pytest

from harness.errors import Expired, KubeError, TooManyRequests, Unreachable
from harness.history.reflector import Backoff

BUSY = Unreachable("busy", status=503)
AWAY = Unreachable("refuses connections")
GONE = Expired("too old resource version")


def test_pauses_double_up_to_thirty_seconds_each_with_jitter() -> None:
    backoff = Backoff()
    pauses = [backoff.pause_s(0.1, BUSY) for _ in range(9)]
    for pause, least in zip(pauses, [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30], strict=True):
        assert least <= pause <= min(2 * least, 30)


def test_a_server_that_is_away_is_asked_again_after_about_a_tenth_of_its_absence() -> None:
    backoff, away_s = Backoff(), 0.0
    for _ in range(40):
        pause_s = backoff.pause_s(0.01, AWAY)
        assert 0.1 <= pause_s <= 0.2 + away_s / 5
        away_s += pause_s
    assert away_s > 30
    assert backoff.pause_s(0.01, BUSY) >= 0.8
    assert backoff.pause_s(0.01, AWAY) <= 0.15


def test_two_clients_do_not_pause_alike() -> None:
    assert len({Backoff().pause_s(0.1, BUSY) for _ in range(20)}) > 1


def test_a_healthy_stretch_ends_the_growth() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.pause_s(0.1, BUSY)
    assert backoff.pause_s(31, BUSY) <= 1.6
    assert backoff.pause_s(0.1, BUSY) >= 1.6


def test_a_watch_that_ends_normally_is_taken_up_at_once() -> None:
    assert Backoff().pause_s(1.5, None) == 0


def test_a_server_that_only_hangs_up_is_not_asked_again_at_once() -> None:
    assert Backoff().pause_s(0.1, None) >= 0.8


@pytest.mark.parametrize(
    ("error", "expected"),
    [(TooManyRequests("busy", retry_after_s=20), 20), (Unreachable("busy", status=503, retry_after_s=60), 30)],
)
def test_the_server_may_ask_for_more_but_not_for_more_than_the_longest(error: KubeError, expected: float) -> None:
    assert Backoff().pause_s(0.1, error) == expected


def test_who_serves_a_version_no_longer_is_asked_for_a_list_at_once() -> None:
    """What happens between the return of a server and our new list is lost; one that goes on so is spared."""
    backoff = Backoff()
    backoff.pause_s(0.1, AWAY)
    assert backoff.pause_s(0.1, GONE) == 0
    assert backoff.pause_s(0.1, GONE) >= 0.8
    backoff.pause_s(2.0, None)
    assert backoff.pause_s(0.1, GONE) == 0
