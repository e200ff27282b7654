"""The command `diff`: what went differently between two runs of a scenario, or of all scenarios of two reports."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import BadInput

if TYPE_CHECKING:
    from harness.reports.comparison import DifferenceRow, Differences

__all__ = ["add_commands"]

SHOWN = 20
"""Lines of a table, or of a list; the rest is counted."""
WIDTH = 60
"""Columns of a title in the table of differences; a longer one is cut."""


def add_commands(commands: Any) -> None:
    """Add the subcommand of this module."""
    diff = commands.add_parser(
        "diff", help="tell what differs between two recordings or reports; exits with 1 if anything does"
    )
    diff.add_argument("one", type=Path, metavar="A", help="a recording, or the folder of a report")
    diff.add_argument("other", type=Path, metavar="B", help="another of the same scenario, or of the same features")
    diff.set_defaults(command=_diff)


def _diff(given: argparse.Namespace) -> int:
    if given.one.is_dir() != given.other.is_dir():
        raise BadInput("a folder is compared with a folder, a recording with a recording")
    if given.one.is_dir():
        return _diff_folders(given.one, given.other)
    ours, theirs = _scenario(given.one), _scenario(given.other)
    if ours != theirs:
        raise BadInput(f"these are recordings of different scenarios: {ours} and {theirs}")
    found = _compared(given.one, given.other)
    for line in _lines(found):
        print(line)
    return 1 if found else 0


def _diff_folders(one: Path, other: Path) -> int:
    ours, theirs = _by_scenario(one), _by_scenario(other)
    both = [scenario for scenario in ours if scenario in theirs]
    if not both:
        raise BadInput(f"{one} and {other} have no scenario in common")
    alone = [f"only in A: {scenario}" for scenario in ours if scenario not in theirs]
    alone += [f"only in B: {scenario}" for scenario in theirs if scenario not in ours]
    different = 0
    for scenario in both:
        found = _compared(ours[scenario], theirs[scenario])
        if found:
            different += 1
            print(f"{scenario}")
            for line in _lines(found):
                print(f"  {line}")
            print()
    for line in alone[:SHOWN]:
        print(line)
    if len(alone) > SHOWN:
        print(f"and {len(alone) - SHOWN} more in only one of them")
    print(f"{different} of {len(both)} scenarios went differently")
    return 1 if different or alone else 0


def _by_scenario(folder: Path) -> dict[str, Path]:
    found = sorted(folder.glob("recordings/*.jsonl.gz")) or sorted(folder.glob("*.jsonl.gz"))
    if not found:
        raise BadInput("there is no recording in this folder", str(folder), remedy="name the folder of a report")
    return {_scenario(path): path for path in found}


def _scenario(path: Path) -> str:
    from harness.history.history_file import load_header

    return str(load_header(path).get("scenario", ""))


def _compared(one: Path, other: Path) -> Differences:
    from harness.history.history_file import load
    from harness.reports.comparison import Recorded, compare

    return compare(Recorded(*load(one)), Recorded(*load(other)))


def _lines(found: Differences) -> Iterator[str]:
    yield found.sentence
    yield from _table(found.rows)
    if found.slower:
        yield "the same steps took different times" if not found else "steps that took different times:"
        yield from _table(found.slower)


def _table(rows: tuple[DifferenceRow, ...]) -> Iterator[str]:
    shown = [("", "A", "B"), *((_cut(row.what), _cut(row.one or "-"), _cut(row.other or "-")) for row in rows[:SHOWN])]
    if len(shown) == 1:
        return
    wide, middle = (max(len(cells[column]) for cells in shown) for column in (0, 1))
    yield from (f"  {what:<{wide}}  {one:<{middle}}  {other}".rstrip() for what, one, other in shown)
    if len(rows) > SHOWN:
        yield f"  and {len(rows) - SHOWN} more"


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
