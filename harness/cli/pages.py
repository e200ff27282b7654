"""Markdown made from the ledgers and the features: the tables of what is covered, and the index of all scenarios."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from harness.errors import BadInput
from harness.model import format_seconds
from harness.plugin.catalogue import Entry
from harness.plugin.ledger import Source

__all__ = ["BEGIN", "END", "index", "table", "tables", "with_tables"]

BEGIN, END = "<!-- coverage: made by `statefulspec coverage --write` -->", "<!-- coverage ends -->"
"""What stands on the lines before and after the tables, in a page that has them."""


def tables(seeds: Iterable[Source], upstream: Iterable[Source]) -> str:
    """Return the tables of both ledgers: for each system and each source its cases and how many a scenario says."""
    systems = [(one.name, len(one.cases), len(one.covered)) for one in seeds]
    sources = [(one.name, len(one.cases), len(one.covered), *_conformance(one)) for one in upstream]
    parts = []
    if systems:
        parts.append(table(("system", "behaviours", "covered"), [*systems, _sum(systems)]))
    parts.append(table(("upstream", "cases", "covered", "Conformance", "covered of these"), [*sources, _sum(sources)]))
    return "\n".join(parts)


def with_tables(page: str, made: str) -> str:
    """Return the page with these tables between its marks; BadInput where it has none."""
    before, begin, rest = page.partition(f"{BEGIN}\n")
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise BadInput("this page has no place for the tables", remedy=f"give it the lines {BEGIN} and {END}")
    return f"{before}{begin}\n{made}\n{end}{after}"


def index(entries: list[Entry], upstream: Iterable[Source], folder: str) -> str:
    """
    Return the page that lists every scenario under its area and its promise: rule, tags, upstream's cases, time budget.

    `folder`: where the features are, seen from the page. The time budget is the sum of the bounds in the sentences, not
    what a scenario takes.
    """
    cases: dict[tuple[str, str], list[str]] = defaultdict(list)
    for source in upstream:
        for case in source.cases:
            for key in case.scenarios:
                cases[key].append(case.title)
    areas = {area: list(several) for area, several in groupby(entries, key=lambda entry: _area(entry.file))}
    promises = len({entry.file for entry in entries})
    head = f"""{len(entries)} scenarios of {promises} promises. The time is the sum of all bounds (`within`, `for`)
of a scenario, not what it takes. Made by `statefulspec coverage --write`."""
    parts = [
        "# Specifications",
        head,
        " · ".join(f"[{area}](#{area})" for area in areas if area),
    ]
    for area, several in areas.items():
        parts += [f"## {area}"] if area else []
        for file, group in groupby(several, key=lambda entry: entry.file):
            listed = list(group)
            parts.append(f"### {listed[0].promise}\n\n[{file}]({folder}/{file})")
            rows = (_row(entry, cases[entry.key]) for entry in listed)
            parts.append(table(("scenario", "tags", "upstream", "time"), rows))
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"


def _area(file: str) -> str:
    return file.partition("/")[0] if "/" in file else ""


def _row(entry: Entry, cases: list[str]) -> tuple[str, ...]:
    title = f"*{entry.rule}*: {entry.title}" if entry.rule else entry.title
    tags = ", ".join(sorted(entry.tags - {"upstream"}))
    return (title, tags, "; ".join(cases), format_seconds(entry.budget_s) if entry.budget_s else "")


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """Return a table of Markdown."""

    def lines() -> Iterator[str]:
        for row in (head, ("---",) * len(head), *rows):
            yield f"| {' | '.join(str(cell).replace('|', '&#124;') for cell in row)} |"

    return "\n".join(lines()) + "\n"


def _conformance(source: Source) -> tuple[int | str, int | str]:
    required = [case for case in source.cases if case.conformance]
    return (len(required), sum(1 for case in required if case.scenarios)) if required else ("", "")


def _sum(rows: Sequence[tuple[object, ...]]) -> tuple[object, ...]:
    numbers = zip(*(row[1:] for row in rows), strict=True)
    return ("**together**", *(sum(cell for cell in column if isinstance(cell, int)) for column in numbers))
