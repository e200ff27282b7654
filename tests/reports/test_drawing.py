"""Where things stand on a drawing."""

from __future__ import annotations

from itertools import pairwise

import pytest

from harness.reports.drawing import LABELS, PLOT, close_up, draw
from harness.reports.timeline import Timeline, timeline_of


@pytest.fixture(scope="module")
def timeline(recorded):
    return timeline_of(recorded)


def row(drawing, name):
    return next(one for one in drawing.rows if one.title == name)


def test_time_runs_from_the_left_edge_to_the_right(timeline):
    bars = row(draw(timeline), "www-web-0").bars

    assert bars[0].x == pytest.approx(LABELS + PLOT * 0.4 / 54.8, abs=1)
    assert bars[-1].x + bars[-1].width == pytest.approx(LABELS + PLOT)


def test_the_counterexample_is_ringed_in_the_order_in_which_it_happened(timeline, counterexample):
    drawing = draw(timeline, counterexample)

    assert [ring.seq for ring in sorted(drawing.rings, key=lambda ring: ring.number)] == list(counterexample)
    assert {ring.y for ring in drawing.rings} == {row(drawing, "web-0").y, row(drawing, "web-2").y}


def test_a_close_up_shows_the_counterexample_larger(timeline, counterexample):
    whole, close = draw(timeline, counterexample), close_up(timeline, counterexample)

    assert close is not None
    assert {ring.seq for ring in close.rings} == set(counterexample)
    assert abs(close.rings[0].x - close.rings[1].x) > 4 * abs(whole.rings[0].x - whole.rings[1].x)
    assert [one.title for one in close.rows] == ["web-0", "web-1", "web-2", "web-3", "web-4"]


def test_there_is_no_close_up_of_nothing_and_none_of_everything(timeline):
    everything = [timeline.lanes[2].points[0].seq, timeline.lanes[2].points[-1].seq]

    assert close_up(timeline, ()) is None
    assert close_up(timeline, everything) is None


def test_badges_of_steps_that_follow_at_once_do_not_cover_each_other(timeline):
    places = [step.at_x for step in draw(timeline).steps]

    assert len(places) == 3
    assert all(after - before >= 20 for before, after in pairwise(places))
    assert places[-1] <= LABELS + PLOT + 10


def test_a_text_stands_in_its_bar_only_where_it_fits(timeline):
    bars = row(draw(timeline), "web-0").bars

    assert {bar.text for bar in bars if bar.width < 15} == {""}
    assert {bar.text for bar in bars if bar.width > 90} == {"ready · v1"}


def test_a_text_stands_beside_the_ring_around_where_its_bar_begins(timeline, counterexample):
    drawing = close_up(timeline, counterexample)
    ringed = [bar for one in drawing.rows for bar in one.bars if bar.seq in counterexample]

    assert ringed
    assert all(bar.text_x >= bar.x + 14 for bar in ringed)


def test_an_empty_timeline_can_be_drawn():
    drawing = draw(Timeline(0.0, (), (), ()))

    assert (drawing.rows, drawing.rings) == ((), ())
    assert drawing.height > 0
