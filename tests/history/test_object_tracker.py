"""What one message of the server adds to the record, and what it must not add."""

from __future__ import annotations

from typing import Any

import pytest

from harness.errors import Unreachable
from harness.history.history import History
from harness.history.object_tracker import ObjectTracker
from harness.history.observation import Observation, Verb


class Paper:
    """A sink without threads: the clock stands at the number of observations."""

    def __init__(self) -> None:
        self.history = History()

    @property
    def now(self) -> float:
        return float(self.history.end)

    def record(self, topic: str, verb: Verb, *, name: str = "", uid: str = "", data: Any = None) -> Observation:
        self.history.append(Observation(self.history.end, self.now, "", topic, verb, name, uid, data or {}))
        return self.history[self.history.end - 1]


def pod(version: int, name: str = "app-0", uid: str = "u1", **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "uid": uid, "resourceVersion": str(version)}} | more


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def tracker(paper: Paper) -> ObjectTracker:
    return ObjectTracker("Pod", paper, lambda item: not item.get("foreign"))


def verbs(paper: Paper) -> list[str]:
    return [seen.verb.value for seen in paper.history]


def test_an_object_that_is_gone_does_not_come_back(paper: Paper, tracker: ObjectTracker) -> None:
    """A server that repeats old events after a removal sends states never seen, but of a uid that has ended."""
    tracker.listed([])
    tracker.happened("ADDED", pod(1))
    tracker.happened("DELETED", pod(5))
    tracker.happened("MODIFIED", pod(3))
    tracker.happened("DELETED", pod(6))
    assert verbs(paper) == ["added", "deleted"]
    assert tracker.shows([("u1", "3")], {"u1"}) is False
    assert tracker.shows([("u1", "5")], {"u1"}) is True


def test_an_object_that_becomes_ours_was_not_created(paper: Paper, tracker: ObjectTracker) -> None:
    tracker.listed([pod(1, foreign=True)])
    tracker.happened("MODIFIED", pod(2))
    assert verbs(paper) == ["modified"]
    tracker.listed([pod(2), pod(3, "app-1", "u2", foreign=True)])
    tracker.listed([pod(2), pod(4, "app-1", "u2")])
    assert verbs(paper) == ["modified", "gap", "gap", "gap", "modified"]


def test_an_object_that_was_ours_stays_in_the_record(paper: Paper, tracker: ObjectTracker) -> None:
    tracker.listed([pod(1)])
    tracker.happened("MODIFIED", pod(2, foreign=True))
    tracker.happened("DELETED", pod(3, foreign=True))
    assert verbs(paper) == ["listed", "modified", "deleted"]


def test_a_gap_begins_at_the_last_thing_known(paper: Paper, tracker: ObjectTracker) -> None:
    tracker.listed([pod(1)])
    tracker.happened("BOOKMARK", {"metadata": {"resourceVersion": "7"}})
    known = tracker.last_at
    for _ in range(3):
        paper.record("step", Verb.BEGAN)
    tracker.listed([pod(8)])
    gaps = paper.history.of("Pod", Verb.GAP)
    assert [(gap.name, gap.data["since"]) for gap in gaps] == [("", known), ("app-0", known)]


@pytest.mark.row(12)
def test_fields_that_nobody_knows_are_kept(paper: Paper, tracker: ObjectTracker) -> None:
    tracker.listed([pod(1, status=None, spec={"strange": [1, {"x": 2}]})])
    assert paper.history[0].data["spec"] == {"strange": [1, {"x": 2}]}


@pytest.mark.parametrize(
    "item", [{}, {"metadata": None}, {"metadata": {"name": "x", "uid": "u"}}, {"metadata": {"resourceVersion": "1"}}]
)
def test_what_cannot_be_told_apart_is_refused_whole(paper: Paper, tracker: ObjectTracker, item: dict[str, Any]) -> None:
    with pytest.raises(Unreachable):
        tracker.happened("ADDED", item)
    with pytest.raises(Unreachable):
        tracker.listed([pod(1), item])
    assert verbs(paper) == []
