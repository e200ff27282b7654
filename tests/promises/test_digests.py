"""What is kept up to date with each observation says the same as the whole history read anew, in whatever order."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.history.history import History
from harness.history.observation import Verb
from harness.promises import conditions, ordering, rollouts
from harness.promises.causes import Obstacles, blocked
from harness.promises.condition import Condition
from harness.promises.conditions.combined import opposite
from harness.promises.roster import Roster
from harness.promises.verdict import judge
from tests.promises import test_bad_controllers as bad
from tests.promises.histories import SUBJECT, World, history, rich, whole
from tests.promises.test_causes import backoff, pod, waiting
from tests.promises.test_good_controllers import recorded

ASKED: tuple[Condition, ...] = (
    *(conditions.all_ready("web", number) for number in (None, 1, 3)),
    conditions.all_ready("web", version="v2"),
    conditions.settled("web"),
    conditions.reported("web"),
    *(conditions.at_least_ready("web", number) for number in range(4)),
    conditions.fewer_ready("web", 2),
    *(conditions.count("web", number) for number in range(4)),
    *(conditions.only_ordinals("web", range(number)) for number in range(4)),
    conditions.all_of(conditions.count("web", 3), opposite(conditions.at_least_ready("web", 3), "not all are up")),
    conditions.any_of(conditions.count("web", 0), conditions.settled("web")),
)


def alike(view: History, since: int) -> None:
    """Fail unless digests and indexes of a view say what its observations say, all of them read anew."""
    anew = History(view)
    for condition in ASKED:
        assert condition.met(view, since) == condition.ask(anew, since).met, (condition.expected, view.end)
    for kind in ("Pod", "StatefulSet"):
        ended = [life for life in anew.incarnations(kind) if life.deleted is None]
        wanted = {life.name: life for life in sorted(ended, key=lambda life: (len(life.name), life.name))}
        assert list(view.alive(kind).items()) == list(wanted.items())
        assert view.of(kind, Verb.DELETED) == [seen for seen in view if seen.topic == kind and seen.verb == "deleted"]
    assert view.lag == max([0.05, *(float(seen.data["lag"]) for seen in view if seen.verb is Verb.SYNCED)])


@given(recorded(), st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_views_in_any_order(record: History, data: st.DataObject) -> None:
    """A walk through the history, and jumps between its moments, end in the same answers."""
    moments = data.draw(st.lists(st.integers(0, record.end), min_size=1, max_size=12))
    since = data.draw(st.integers(0, record.end))
    for end in [*range(max(0, moments[0] - 10), moments[0]), *moments]:
        alike(record.upto(end), min(since, end))


def test_every_moment_of_a_rich_record() -> None:
    """So they do at every moment of a record in which all happens that promises are about, forwards and backwards."""
    record = rich()
    for end in [*range(record.end), *range(record.end, 0, -3)]:
        alike(record.upto(end), 0)


@pytest.mark.parametrize("gone", [True, False])
def test_record_with_two_pods_of_one_name(gone: bool) -> None:
    """Where the end of the former pod was lost, the later one counts, and the former again once that has gone."""
    former, later = pod(phase="Running"), pod(phase="Pending")
    later = (*later[:3], {**later[3], "metadata": {**later[3]["metadata"], "uid": "later"}})
    seen = [former, later, former, later]
    if gone:
        seen.append((later[0], Verb.DELETED, later[2], later[3]))
    record = history(*seen)
    for end in range(record.end + 1):
        alike(record.upto(end), 0)


STATES = (
    pod(phase="Pending"),
    pod(phase="Pending", containerStatuses=[waiting("InvalidImageName")]),
    pod(phase="Pending", containerStatuses=[waiting("ErrImagePull")]),
    pod(phase="Running", containerStatuses=[backoff("40s")]),
    pod(phase="Running", containerStatuses=[backoff("5m20s")]),
    pod(verb=Verb.DELETED),
)


@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=12), st.data())
@settings(deadline=None)
def test_lasting_causes_are_those_of_all_that_cannot_heal_at_once(seen: list[tuple], data: st.DataObject) -> None:
    """What may end a wait is found without looking at every pod, event and claim, in the same order."""
    record, look = history(*seen), Obstacles("web")
    for end in data.draw(st.lists(st.integers(0, record.end), min_size=1, max_size=6)):
        view = record.upto(end)
        assert look(view) == blocked(view, "web")
        assert look.lasting(view) == [cause for cause in blocked(view, "web") if cause.heals]


class Everybody(Roster):
    """A roster that leaves nobody out."""

    def unwell(self, ordinals: range, seq: int) -> list[int]:
        del seq
        return list(ordinals)

    def unlike(self, revisions: set[str], ordinals: range, seq: int) -> list[int]:
        del revisions, seq
        return list(ordinals)

    def above(self, ordinal: int, seq: int, wanted: list[range]) -> list[int]:
        there = (one for one in range(ordinal + 1, 100) if self.standing(one, seq))
        return [one for one in there if not any(one in span for span in wanted)]


PROMISES = (
    (ordering, ordering.ordered_start),
    (ordering, ordering.reverse_ordered_stop),
    (ordering, ordering.halts_while_unhealthy),
    (rollouts, rollouts.rolling_update),
)
CONTROLLERS = (None, bad.parallel, bad.no_partition, bad.partition_from_zero, bad.no_patience)


@pytest.mark.parametrize("misread", CONTROLLERS)
@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_who_is_not_looked_at_breaks_nothing(misread: bad.Misreading | None, data: st.DataObject) -> None:
    """Every breach, its events and its order are those that are found by looking at every pod at every change."""
    record = data.draw(recorded(partial(bad.deceived, misread) if misread else World))
    window = whole(record)
    for module, promise in PROMISES:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(module, "Roster", Everybody)
            wanted = judge(promise, record, SUBJECT, window)
        assert judge(promise, record, SUBJECT, window) == wanted
