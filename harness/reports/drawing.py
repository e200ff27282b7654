"""
Where everything of a timeline stands on the drawing, in pixels.

A drawing shows a part of the time and some of the lanes: the whole scenario, or the close-up of a counterexample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from harness.model import format_seconds
from harness.reports.lanes import Lane, Point, Stretch
from harness.reports.states import ObjectState
from harness.reports.timeline import StepSpan, Timeline

__all__ = ["Drawing", "close_up", "draw"]

LABELS = 190
"""Pixels from the left edge to the plot: a name of some 25 letters. All sizes here are pixels of the drawing."""
PLOT = 930
"""Width of the plot: a drawing of 1,140 fits a laptop's screen."""
MARGIN = 20
"""At the right edge, for the last tick's number."""
HEAD = 56
"""Above the first row, for steps and ticks."""
ROW = 26
"""Height of a pod's row."""
HEADING = 20
"""Height of a set's heading."""
LETTER = 6.6
"""The width of a letter of the drawing's small text, in pixels; a little more than the fonts of most systems need."""
BADGE = 18
"""Diameter of a numbered mark."""
_TICKS_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
"""Seconds between two ticks: the first with which there are no more than ten."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch as a box; `text` is what fits into it, from `text_x` on, `told` all there is to say."""

    x: float
    width: float
    text_x: float
    look: str
    shade: int
    text: str
    told: str
    seq: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A point as a sign; `label` stands beside it where there is room."""

    x: float
    look: str
    seq: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class LaneRow:
    """A lane: `y` is the middle of its bars, `heading` names its group where that begins."""

    y: float
    heading: str
    name: str
    title: str
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    gaps: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Badge:
    """A numbered badge; `x` is the moment that it is of, `at_x` where there is room for it."""

    number: int
    x: float
    at_x: float
    y: float
    look: str
    told: str
    width: float = 0
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything to be drawn, from back to front; `faults` are bands over all lanes, as x and width."""

    width: float
    height: float
    summary: str
    ticks: tuple[tuple[float, str], ...]
    steps: tuple[Badge, ...]
    rows: tuple[LaneRow, ...]
    faults: tuple[tuple[float, float], ...]
    proofs: tuple[float, ...]
    rings: tuple[Badge, ...]


@dataclass(frozen=True, slots=True)
class _TimeAxis:
    begin: float
    end: float

    def x(self, at: float) -> float:
        inside = min(max(at, self.begin), self.end)
        return LABELS + PLOT * (inside - self.begin) / (self.end - self.begin)

    def shows(self, begin: float, end: float) -> bool:
        return end >= self.begin and begin <= self.end


def draw(timeline: Timeline, events: Sequence[int] = ()) -> Drawing:
    """Return the drawing of the whole scenario, the counterexample `events` (each a `seq`) in rings."""
    return _draw(timeline, timeline.lanes, _TimeAxis(0.0, max(timeline.length, 0.001)), events)


def close_up(timeline: Timeline, events: Sequence[int]) -> Drawing | None:
    """
    Return a drawing of what lies around a counterexample, with the lanes it touches and all replicas.

    None where the whole drawing shows it as well: it takes up more than half of the scenario.
    """
    found = [point.at for lane in timeline.lanes for point in lane.points if point.seq in events]
    if not found:
        return None
    room = max(0.5 * (max(found) - min(found)), 0.15)
    scale = _TimeAxis(max(min(found) - room, 0.0), min(max(found) + room, timeline.length))
    if scale.end - scale.begin > timeline.length / 2:
        return None
    touched = [
        lane
        for lane in timeline.lanes
        if lane.topic == "Pod" or any(point.seq in events for point in lane.points) or lane.group == "faults"
    ]
    return _draw(timeline, touched, scale, events)


def _draw(timeline: Timeline, lanes: Sequence[Lane], scale: _TimeAxis, events: Sequence[int]) -> Drawing:
    rows = tuple(_rows(lanes, scale, events))
    height = (rows[-1].y if rows else HEAD) + ROW
    bands = (stretch for lane in lanes if lane.group == "faults" for stretch in lane.stretches)
    return Drawing(
        LABELS + PLOT + MARGIN,
        height,
        _summary(timeline, lanes),
        tuple(_ticks(scale)),
        tuple(_steps(timeline.steps, scale)),
        rows,
        tuple((scale.x(band.begin), scale.x(band.end) - scale.x(band.begin)) for band in bands),
        tuple(scale.x(at) for at in timeline.proofs if scale.shows(at, at)),
        tuple(_rings(lanes, rows, scale, events)),
    )


def _summary(timeline: Timeline, lanes: Iterable[Lane]) -> str:
    names = ", ".join(lane.name for lane in lanes if lane.topic == "Pod")
    return f"What happened in {format_seconds(timeline.length)}" + (f" to {names}" if names else "")


def _ticks(scale: _TimeAxis) -> Iterator[tuple[float, str]]:
    """Yield where a round number of seconds stands, and how it is written; all with the same decimals."""
    step = next((step for step in _TICKS_S if (scale.end - scale.begin) / step <= 10), _TICKS_S[-1])
    decimals = max(0, -floor(log10(step)))
    for number in range(ceil(scale.begin / step), floor(scale.end / step) + 1):
        yield scale.x(number * step), f"{number * step:.{decimals}f} s"


def _rows(lanes: Iterable[Lane], scale: _TimeAxis, events: Sequence[int]) -> Iterator[LaneRow]:
    y, group = float(HEAD - ROW / 2), ""
    for lane in lanes:
        heading = lane.group if lane.group != group and lane.name else ""
        y += ROW + (HEADING if heading else 0)
        group = lane.group
        name = lane.name or lane.group
        room = int((LABELS - 14) / LETTER)
        shown_ones = (stretch for stretch in lane.stretches if scale.shows(stretch.begin, stretch.end))
        bars = tuple(_bar(lane, stretch, scale, events) for stretch in shown_ones)
        gaps = tuple((scale.x(begin), scale.x(end) - scale.x(begin)) for begin, end in lane.gaps)
        shown = name if len(name) <= room else f"{name[: room - 8]}…{name[-6:]}"
        yield LaneRow(y, heading, shown, name, bars, tuple(_marks(lane, scale)), gaps)


def _bar(lane: Lane, stretch: Stretch, scale: _TimeAxis, events: Sequence[int]) -> Bar:
    x = scale.x(stretch.begin)
    width, state = max(scale.x(stretch.end) - x, 1.0), stretch.state
    told = f"{state.look}, {state.text}" if lane.topic == "Pod" else state.text
    span = f"{stretch.begin:.3f} s to {stretch.end:.3f} s ({format_seconds(stretch.end - stretch.begin)})"
    indent = BADGE / 2 + 5 if stretch.seq in events else 4  # beside the ring around where it begins
    room = (width - indent - 4) / LETTER
    text = next((words for words in _words(lane, state) if len(words) <= room), "")
    return Bar(x, width, x + indent, state.look, state.shade % 5, text, f"{told}: {span}", stretch.seq)


def _words(lane: Lane, state: ObjectState) -> Iterator[str]:
    """Yield what may stand in a bar, the longest first: a replica's state is said in words where there is room."""
    sign = "! " if state.look == "failing" else ""
    if lane.topic == "Pod":
        yield f"{sign}{state.look} · {state.text}"
    yield f"{sign}{state.text}"


def _marks(lane: Lane, scale: _TimeAxis) -> Iterator[Mark]:
    points = [point for point in lane.points if scale.shows(point.at, point.at)]
    if lane.name:
        yield from (Mark(scale.x(point.at), point.look, point.seq) for point in points)
        return
    ends = [*(scale.x(point.at) for point in points[1:]), LABELS + PLOT]
    for point, end in zip(points, ends, strict=True):
        yield Mark(scale.x(point.at), point.look, point.seq, _label(point, end - scale.x(point.at) - 12))


def _label(point: Point, room: float) -> str:
    return point.text if len(point.text) * LETTER <= room else ""


def _steps(steps: Iterable[StepSpan], scale: _TimeAxis) -> Iterator[Badge]:
    shown = [step for step in steps if scale.shows(step.begin, step.end)]
    places = _spread([scale.x(step.begin) + BADGE / 2 for step in shown], BADGE + 2)
    for step, place in zip(shown, places, strict=True):
        x, end = scale.x(step.begin), scale.x(step.end)
        yield Badge(step.number, x, place, HEAD - 14, step.outcome, step.text, end - x, step.seq)


def _rings(lanes: Iterable[Lane], rows: Iterable[LaneRow], scale: _TimeAxis, events: Sequence[int]) -> Iterator[Badge]:
    numbers = {seq: number for number, seq in enumerate(sorted(events), 1)}
    for lane, row in zip(lanes, rows, strict=True):
        own = [point for point in lane.points if lane.name and point.seq in numbers]
        places = _spread([scale.x(point.at) for point in own], BADGE + 2)
        for point, place in zip(own, places, strict=True):
            yield Badge(numbers[point.seq], scale.x(point.at), place, row.y, "ring", point.text, seq=point.seq)


def _spread(wanted: Sequence[float], distance: float) -> list[float]:
    """Return places in the same order, none nearer to the next than `distance`, moved as little as need be."""
    places: list[float] = []
    for x in wanted:
        places.append(max(x, places[-1] + distance) if places else x)
    limit = float(LABELS + PLOT + MARGIN / 2)
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], limit)
        limit = places[index] - distance
    return places
