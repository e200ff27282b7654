"""
What a client in the cluster tells of the service it gets.

A client is a pod with the label `statefulspec.dev/client: NAME`. Its application (see `harness.app_container`) prints
one fact a line, whatever it is written in:

    answer MEMBER ok|failed [DETAIL]                a member was asked for service, and answered or not
    name NAME ADDRESS[,ADDRESS]…|none|failed        what a name led to; `none`: there is no such name
    write KEY began|ok|failed|unknown [DETAIL]      a write was sent; acknowledged; refused; nobody knows

MEMBER is a pod's name, or any other name of what was asked. A write that ends in doubt is `unknown`, never `failed`;
no two writes have the same KEY. Members and names are asked at least once a second, each for itself, so that a slow
one does not hide the others. Empty lines and those that begin with `#` mean nothing.

The kubelet dates each line. Samples that say what the one before said are left out for up to a second, failures never.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.errors import BadInput

__all__ = ["ANSWERED", "CLIENT_LABEL", "HOLE_S", "NAMED", "WRITTEN", "Sample", "SampleFilter", "read_sample"]

CLIENT_LABEL = "statefulspec.dev/client"
"""The label that makes a pod a client; its value is the client's name."""

HOLE_S = 3.0
"""Seconds without a sample of one member or name after which the series says nothing about it in between."""

_FOLDED_S = 1.0
"""For how many seconds equal samples are left out of the record."""

ANSWERED, NAMED, WRITTEN = "answer", "name", "write"
_OUTCOMES = {ANSWERED: ("ok", "failed"), WRITTEN: ("began", "ok", "failed", "unknown")}
_FEWEST_WORDS = 3
"""Every fact has what it is, about whom, and how it came out."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One fact: its kind (ANSWERED, NAMED or WRITTEN), what it is about, what came of it."""

    kind: str
    subject: str
    outcome: str
    detail: str = ""

    @property
    def regular(self) -> bool:
        """Whether such samples come all the time, so that their absence means something."""
        return self.kind != WRITTEN

    def facts(self) -> dict[str, Any]:
        """Return the sample as the data of an observation; a name's are those of an ANSWER too."""
        facts: dict[str, Any] = {"kind": self.kind, "subject": self.subject, "outcome": self.outcome}
        facts["detail"] = self.detail
        if self.kind == NAMED and self.outcome != "failed":
            records = [] if self.outcome == "none" else self.outcome.split(",")
            rcode = "NOERROR" if records else "NXDOMAIN"
            facts |= {"question": self.subject, "type": "A", "rcode": rcode, "records": records, "viewpoint": "pod"}
        return facts


def read_sample(line: str, client: str) -> Sample | None:
    """
    Return what a line tells, None where it means nothing.

    Raises BadInput, with the line, for one of no known form.
    """
    words = line.split()
    if not words or words[0].startswith("#"):
        return None
    known = len(words) >= _FEWEST_WORDS and (words[0] == NAMED or words[2] in _OUTCOMES.get(words[0], ()))
    if not known:
        raise BadInput(
            f'client "{client}" printed what is no sample: {line[:120]!r}',
            remedy="one fact a line: answer MEMBER ok|failed, name NAME ADDRESS,…|none|failed, "
            "write KEY began|ok|failed|unknown; what else it has to say begins with #",
        )
    return Sample(words[0], words[1], words[2], " ".join(words[3:]))


class SampleFilter:
    """Decides, for one client, which samples are recorded; `clock`s are seconds of the client's own time."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], _Last] = {}

    def hole(self, sample: Sample, clock: float) -> float | None:
        """Return the clock of the sample before this one of the same subject if that is too long ago."""
        last = self._last.get((sample.kind, sample.subject))
        return last.clock if last and sample.regular and clock - last.clock > HOLE_S else None

    def take(self, sample: Sample, clock: float) -> int | None:
        """Return how many equal samples were left out since the last recorded one, None if this one is left out too."""
        if not sample.regular:
            return 0
        key = sample.kind, sample.subject
        last = self._last.get(key)
        equal = last is not None and last.sample == sample and sample.outcome != "failed"
        if last and equal and clock - last.recorded < _FOLDED_S:
            self._last[key] = _Last(sample, clock, last.recorded, last.same + 1)
            return None
        self._last[key] = _Last(sample, clock, clock, 0)
        return last.same if last else 0

    def flush(self) -> list[tuple[Sample, float, int]]:
        """Return the newest sample, its clock and its `same`, of each subject that has some left out; none has then."""
        found = []
        for key, last in self._last.items():
            if last.same:
                found.append((last.sample, last.clock, last.same - 1))
                self._last[key] = _Last(last.sample, last.clock, last.clock, 0)
        return found


@dataclass(frozen=True, slots=True)
class _Last:
    sample: Sample
    clock: float
    recorded: float
    same: int
