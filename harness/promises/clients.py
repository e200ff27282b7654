"""
What clients in the cluster have seen: when which member did not answer, which writes were acknowledged and found.

Problem: samples arrive later than they were taken, from a clock that may differ. Solution: each carries its client's
own time, and the quickest line of a client tells how far that is from ours: never less than a sample's true moment,
and beyond it by no more than that quickest line's way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from harness.history.history import Gap, History
from harness.history.observation import OUTPUT, SAMPLE, Observation, Verb
from harness.history.sampling import ANSWERED, WRITTEN
from harness.promises.verdict import Breach, NotApplicable, Subject, Window, promise

__all__ = [
    "STORED",
    "Downtime",
    "about_others",
    "acknowledged_writes",
    "downtimes",
    "moments",
    "samples",
    "writes_kept",
]

STORED = "stored"
"""The purpose of an OUTPUT of a client that lists the keys of every write it finds, separated by white space."""

Moment = Callable[[Observation], float]


def moments(history: History) -> Moment:
    """Return what says when something was seen, in seconds since the history began: samples by their client's clock."""
    skews: dict[str, float] = {}
    for seen in history.of(SAMPLE, Verb.DONE):
        skew = seen.at - float(seen.data["clock"])
        skews[seen.name] = min(skew, skews.get(seen.name, skew))
    return lambda seen: float(seen.data["clock"]) + skews[seen.name] if "clock" in seen.data else seen.at


def samples(history: History, kind: str, *, since: int = 0, client: str | None = None) -> list[Observation]:
    """Return the samples of one kind, of one client where it is named, oldest first."""
    found = history.of(SAMPLE, Verb.DONE, since=since, name=client)
    return [seen for seen in found if seen.data["kind"] == kind]


@dataclass(frozen=True, slots=True)
class Downtime:
    """
    A time in which a client asked one member and got no answer, as far as samples prove it.

    It reaches from its first sample to its last; between the last answer before and `begin`, and from `end` to the
    first answer afterwards, nobody knows.
    """

    client: str
    member: str
    first: Observation
    last: Observation
    begin: float
    end: float


def about_others(gap: Gap, kind: str) -> bool:
    """Whether a gap is a hole between samples of another kind than this one."""
    return gap.seen.topic == SAMPLE and gap.seen.data.get("kind", kind) != kind


def downtimes(history: History, since: int, about: Callable[[str], bool]) -> list[Downtime]:
    """Return the outages of all members that `about` lets through, from observation `since` on, by their begin."""
    moment = moments(history)
    found: list[Downtime] = []
    for series in _by_member(history.of(SAMPLE, Verb.DONE, Verb.GAP, since=since), about):
        found += (
            Downtime(run[0].name, str(run[0].data["subject"]), run[0], run[-1], moment(run[0]), moment(run[-1]))
            for run in _failures(series)
        )
    return sorted(found, key=lambda downtime: (downtime.begin, downtime.member))


def _by_member(seen: Iterable[Observation], about: Callable[[str], bool]) -> Iterator[list[Observation]]:
    series: dict[tuple[str, str], list[Observation]] = {}
    for sample in seen:
        if sample.data["kind"] == ANSWERED and about(str(sample.data["subject"])):
            series.setdefault((sample.name, str(sample.data["subject"])), []).append(sample)
    yield from series.values()


def _failures(series: Iterable[Observation]) -> Iterator[list[Observation]]:
    """Yield the runs of failed samples without an answer or a hole between them."""
    run: list[Observation] = []
    for sample in series:
        if sample.verb is Verb.DONE and sample.data["outcome"] == "failed":
            run.append(sample)
        elif run:
            yield run
            run = []
    if run:
        yield run


@promise(
    "acknowledged writes kept",
    "What a client was told is written is found afterwards",
    about="the service of client",
    bears=lambda _history, _subject, gap: about_others(gap, WRITTEN),
    clauses={
        "kept": "A write that was acknowledged before the reading began is found",
        "known": "What is found was written",
        "readable": "What was written can be read",
    },
    kinds=(SAMPLE,),
    source="https://jepsen.io/consistency",
)
def writes_kept(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """
    Judge each reading of a client by its writes before; the subject is the client.

    A write that was refused or of which nobody knows the outcome may be found or not: it counts neither way.
    """
    readings = [
        seen
        for seen in history.of(OUTPUT, since=window.start, before=window.end)
        if seen.data.get("purpose") == STORED
        and seen.data.get("client") == subject.name
        and seen.data.get("code") is not None
    ]
    acknowledged = acknowledged_writes(history, subject.name)
    if not acknowledged or not readings:
        missing = "was acknowledged" if readings else "was looked for afterwards"
        raise NotApplicable(f'no write of client "{subject.name}" {missing}')
    moment = moments(history)
    return [breach for reading in readings for breach in _judge(history, subject, reading, acknowledged, moment)]


def acknowledged_writes(history: History, client: str) -> list[Observation]:
    """Return the samples that tell of an acknowledged write, oldest first."""
    return [seen for seen in samples(history, WRITTEN, client=client) if seen.data["outcome"] == "ok"]


def _judge(
    history: History, subject: Subject, reading: Observation, acknowledged: list[Observation], moment: Moment
) -> Iterator[Breach]:
    if reading.data["code"] != 0:
        text = f"reading ended with code {reading.data['code']}: {reading.data.get('stderr', '')}".rstrip(": ")
        yield Breach("readable", text, (acknowledged[-1], reading))
        return
    found = set(str(reading.data["stdout"]).split())
    before = [seen for seen in acknowledged if moment(seen) <= float(reading.data["began"])]
    lost = [seen for seen in before if seen.data["subject"] not in found]
    for seen in lost:
        text = f"{seen.data['subject']} was acknowledged and is not found; {len(lost)} of {len(before)} are lost"
        yield Breach("kept", text, (seen, reading))
    sent = {str(seen.data["subject"]) for seen in samples(history, WRITTEN, client=subject.name)}
    for key in sorted(found - sent):
        yield Breach("known", f"{key} is found, and nobody wrote it", (reading,))
