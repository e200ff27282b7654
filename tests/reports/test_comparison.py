"""What went differently between two recordings, on the record of a real cluster and on changed copies of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.history.history import History
from harness.history.history_file import load
from harness.history.observation import STEP, Observation, Verb
from harness.promises.mutations import MUTATIONS, mutate
from harness.promises.mutations.mutation import occasion
from harness.reports.comparison import Recorded, compare

RECORDINGS = Path(__file__).parents[1] / "promises" / "recordings"
TOO_FINE = {
    "at most one process per identity: containers": "times inside of containers",
    "at most one process per identity: writers": "times inside of containers",
    "prepared in order: in turn": "times inside of containers",
    "prepared in order: before": "times inside of containers",
    "ordered start: available": "a time alone",
    "rolling update in reverse order: available": "a time alone",
    "reverse ordered stop: gone": "less than the streams lag",
    "claim identity: same volume": "names of volumes are random",
    "claim identity: reference": "names of volumes are random",
    "data kept: content": "what is written holds a random part",
    "leaves its services before it is gone: listed": "a time alone",
    "leaves its services before it is gone: named": "a time alone",
    "one revision for each template: again": "revisions are not compared, for their names are hashes",
    "one revision for each template: newest": "revisions are not compared, for their names are hashes",
}
"""What no comparison of two runs can see, and why."""


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    return Recorded(*load(RECORDINGS / "canary.jsonl.gz"))


@pytest.fixture(scope="module")
def all_recorded() -> list[Recorded]:
    return [Recorded(*load(path)) for path in sorted(RECORDINGS.glob("*.jsonl.gz"))]


@pytest.mark.parametrize("name", MUTATIONS)
def test_whatever_breaks_a_promise_is_a_difference(all_recorded, name):
    intact = next(one for one in all_recorded if occasion(name, one.history) is not None)
    found = compare(intact, Recorded(intact.header, mutate(name, intact.history)))

    assert bool(found) is (name not in TOO_FINE)
    assert (found.sentence == "the same happened in A and in B") is not bool(found)


def renamed(history: History) -> History:
    """Return the history as another run would have made it: other uids, other moments."""
    changed = (replace(seen, uid=seen.uid and f"again-{seen.uid}", at=seen.at * 1.4 + 0.5) for seen in history)
    return History(changed)


def test_uids_and_times_are_no_difference(recorded):
    found = compare(recorded, Recorded(recorded.header, renamed(recorded.history)))

    assert not found
    assert found.sentence == "the same happened in A and in B"


def test_the_sentence_names_what_came_too_early(recorded):
    found = compare(recorded, Recorded(recorded.header, mutate("ordered start: ready", recorded.history)))

    assert found.sentence == "in B pod myapp-4 was created before pod myapp-3 was ready"
    assert found.rows[0].one == "the other way round"


def test_the_sentence_names_what_was_never_seen_in_the_other(recorded):
    found = compare(recorded, Recorded(recorded.header, mutate("claim identity: kept", recorded.history)))

    assert found.sentence == "only in B: claim myappdata-myapp-0 was deleted"


def test_a_verdict_alone_is_a_difference_that_is_said_to_be_one(recorded):
    ours, theirs = ({**recorded.header, "result": {"outcome": outcome}} for outcome in ("passed", "failed"))

    found = compare(Recorded(ours, recorded.history), Recorded(theirs, recorded.history))

    assert found.sentence == "the same was seen, and judged differently: passed in A, failed in B"
    assert [(row.what, row.one, row.other) for row in found.rows] == [("verdict", "passed", "failed")]


def steps(*ends: float) -> History:
    """Return a record of steps, each beginning where the one before ended."""
    history = History()
    for number, (begin, end) in enumerate(zip((0.0, *ends), ends, strict=False)):
        for at, verb in ((begin, Verb.BEGAN), (end, Verb.ENDED)):
            data = {"type": "when", "text": f"step {number}", "outcome": "passed"}
            history.append(Observation(len(history), at, "", STEP, verb, f"step {number}", "", data))
    return history


def test_times_are_told_where_they_differ_notably_and_are_no_difference():
    found = compare(Recorded({}, steps(1, 2, 12)), Recorded({}, steps(1.9, 5, 16)))

    assert not found
    assert [(row.what, row.one, row.other) for row in found.slower] == [("step 1", "1 s", "3.1 s")]
