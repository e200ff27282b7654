"""
How long it took until all was well again after each fault and each change: numbers, read from the recorded history.

Nothing is judged here. An event is what the scenario did to a running system: every write of ours but those that
create something, and those that end a fault. What one step did is one event. A lack belongs to the last event that had
begun before it; what was missing before the first event belongs to the start, and is not told.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from harness.history.history import History, Incarnation
from harness.history.observation import ACTION, ANSWER, SAMPLE, STEP, Observation, Verb
from harness.history.sampling import ANSWERED, HOLE_S, NAMED, WRITTEN
from harness.model import Lack, Recovery
from harness.promises.clients import Moment, downtimes, moments, samples
from harness.promises.own_actions import LEAVE_OUT, NAME_PODS, removals
from harness.promises.ownership import has_lasting_name
from harness.promises.pods import addresses, healthy, terminating
from harness.promises.services import Name, read_name

__all__ = ["recoveries"]

_HARMLESS = frozenset({"announce", "tell", LEAVE_OUT, NAME_PODS})
"""What the scenario writes into a status, or leaves alone."""


_Asked = tuple[float, frozenset[str]]
"""When a name was asked for, and the addresses that were told."""


@dataclass(frozen=True, slots=True)
class _Event:
    """What was done in one step, or by one write of ours outside of steps; `at`: when it began."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class _Span:
    """A lack of one subject; `end` is None where the record ends before it. `known`: what tells its event."""

    lack: Lack
    subject: str
    begin: float
    end: float | None
    known: float

    @property
    def seconds(self) -> float | None:
        return None if self.end is None else self.end - self.begin


def recoveries(history: History) -> list[Recovery]:
    """
    Return what was missing after each event, in the order of the events: of each subject the longest of each lack.

    A lack that has not ended is longer than any. Names count only while somebody asked for them without a hole.
    """
    events = _events(history)
    begins, moment = [event.at for event in events], moments(history)
    longest: dict[tuple[int, Lack, str], _Span] = {}
    for span in (*_pods(history), *_answers(history, moment), *_writes(history, moment), *_names(history, moment)):
        number = bisect_right(begins, span.known) - 1
        key = number, span.lack, span.subject
        if number >= 0 and (key not in longest or _length(span) > _length(longest[key])):
            longest[key] = span
    ordered = sorted(longest.items(), key=lambda found: (found[0][0], list(Lack).index(found[0][1]), found[1].begin))
    return [
        Recovery(events[number].text, lack, subject, round(span.begin, 4), _rounded(span.seconds))
        for (number, lack, subject), span in ordered
    ]


def _length(span: _Span) -> float:
    return float("inf") if span.seconds is None else span.seconds


def _rounded(span_s: float | None) -> float | None:
    return None if span_s is None else round(span_s, 4)


def _events(history: History) -> list[_Event]:
    steps = history.of(STEP, Verb.BEGAN, Verb.ENDED)
    seqs = [mark.seq for mark in steps]
    found: dict[int, _Event] = {}
    ends: set[tuple[object, ...]] = set()
    for act in history.of(ACTION):
        about = act.data.get("kind"), act.name
        verb = act.data.get("verb")
        if (*about, verb) in ends or not _disturbs(act):
            continue
        ends.add((*about, act.data.get("until")))
        mark = steps[bisect_right(seqs, act.seq) - 1] if steps and seqs[0] < act.seq else None
        if mark is not None and mark.verb is Verb.BEGAN:
            found.setdefault(mark.seq, _Event(mark.at, str(mark.data["text"])))
        else:
            found[act.seq] = _Event(act.at, f"{verb} {act.data.get('kind', '')} {act.name}")
    return sorted(found.values(), key=lambda event: event.at)


def _disturbs(act: Observation) -> bool:
    verb = act.data.get("verb")
    changes = verb not in ("apply", "create") or int(act.data.get("generation") or 0) > 1
    return changes and verb not in _HARMLESS


def _pods(history: History) -> Iterator[_Span]:
    ours = removals(history)
    by_name: dict[str, list[Incarnation]] = {}
    for life in history.incarnations("Pod"):
        by_name.setdefault(life.name, []).append(life)
    for name, lives in by_name.items():
        lost, was_well = None, False
        for seen in sorted((seen for life in lives for seen in life.seen), key=lambda seen: seen.seq):
            well = seen.verb is not Verb.DELETED and healthy(seen.data)
            if well and lost is not None:
                yield _Span(Lack.READY, name, lost.at, seen.at, lost.at)
                lost = None
            elif was_well and not well:
                lost = seen
            was_well = well
        last = lives[-1]
        stays = last.deleted is None and not terminating(last.last.data)
        awaited = last.uid in ours and has_lasting_name(last.last.data)
        if lost is not None and (stays or awaited):  # any other may have been scaled away
            yield _Span(Lack.READY, name, lost.at, None, lost.at)


def _answers(history: History, moment: Moment) -> Iterator[_Span]:
    told: dict[tuple[str, str], list[Observation]] = {}
    for seen in history.of(SAMPLE, Verb.DONE, Verb.GAP):
        if seen.data["kind"] == ANSWERED:
            told.setdefault((seen.name, str(seen.data["subject"])), []).append(seen)
    for downtime in downtimes(history, 0, lambda _: True):
        series = told[downtime.client, downtime.member]
        after = next((seen for seen in series if seen.seq > downtime.last.seq), None)
        if after is None or after.verb is Verb.DONE:  # a hole may hide the first answer
            end = moment(after) if after else None
            subject = f'{downtime.member} for client "{downtime.client}"'
            yield _Span(Lack.ANSWER, subject, downtime.begin, end, downtime.begin)


def _writes(history: History, moment: Moment) -> Iterator[_Span]:
    written: dict[str, list[Observation]] = {}
    for seen in samples(history, WRITTEN):
        written.setdefault(seen.name, []).append(seen)
    for client, told in written.items():
        acknowledged = [moment(seen) for seen in told if seen.data["outcome"] == "ok"]
        for before, after in pairwise(acknowledged):
            yield _Span(Lack.WRITE, f'client "{client}"', before, after, after)
        tried = [moment(seen) for seen in told if seen.data["outcome"] == "began"]
        if acknowledged and tried[-1:] > acknowledged[-1:] and history.now - acknowledged[-1] > HOLE_S:
            yield _Span(Lack.WRITE, f'client "{client}"', acknowledged[-1], None, history.now)


def _names(history: History, moment: Moment) -> Iterator[_Span]:
    asked = _questions(history, moment)
    for life in history.incarnations("Pod") if asked else ():
        spec = life.last.data["spec"]
        questions = asked.get(Name(str(spec.get("subdomain", "")), str(spec.get("hostname", ""))), [])
        was_well = False
        for seen in life.seen:
            well = seen.verb is not Verb.DELETED and healthy(seen.data)
            if well and not was_well:
                yield from _found(life.name, seen, questions, life.deleted.at if life.deleted else history.now)
            was_well = well


def _found(pod: str, turned: Observation, questions: Sequence[_Asked], end: float) -> Iterator[_Span]:
    own, newest = set(addresses(turned.data)), turned.at
    for at, told in questions[bisect_left(questions, turned.at, key=lambda one: one[0]) :]:
        if at - newest > HOLE_S or at > end:
            break
        newest = at
        if own & told:
            yield _Span(Lack.NAME, pod, turned.at, at, turned.at)
            return
    if turned.at < newest and end - newest <= HOLE_S:
        yield _Span(Lack.NAME, pod, turned.at, None, turned.at)


def _questions(history: History, moment: Moment) -> dict[Name, list[_Asked]]:
    """Return for each name when it was asked for, and what was answered, in order of time."""
    found: dict[Name, list[_Asked]] = {}
    names: dict[str, Name | None] = {}
    for seen in (*history.of(ANSWER), *samples(history, NAMED)):
        text = str(seen.data.get("question", ""))
        if text not in names:
            names[text] = read_name(history, text)
        name = names[text]
        if name is not None and seen.data.get("rcode"):
            told = frozenset(str(record) for record in seen.data.get("records", ()))
            found.setdefault(Name(name.service, name.host), []).append((moment(seen), told))
    return {name: sorted(told, key=lambda one: one[0]) for name, told in found.items()}
