"""The command `coverage`: what the project set out to cover, and the scenarios that say it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.cli import bugs, versions_page
from harness.cli.bugs import BUGS
from harness.cli.pages import index, tables, with_tables
from harness.cli.runs import shipped_features
from harness.cli.versions_page import VERSIONS, load
from harness.cluster.embedded.families import kubernetes_versions
from harness.errors import BadInput
from harness.plugin.catalogue import catalogue
from harness.plugin.compat import test_name
from harness.plugin.ledger import CLAIM, SEEDS, UPSTREAM, Source, errors, load_ledger

__all__ = ["add_commands"]

INDEX = Path("docs", "specifications.md")
"""The index of all scenarios, beside the page with the tables."""
BUGS_PAGE = Path("docs", "bugs.md")
"""The bugs that can be shown, where there is a ledger of them."""
RELEASES = Path("docs", "versions.md")
"""What each release of Kubernetes promises, beside it as well, where there is a ledger of that."""


def add_commands(commands: Any) -> None:
    """Add the subcommand of this module."""
    coverage = commands.add_parser(
        "coverage", help="list what is to be covered with the scenarios that cover it; fails where the lists are wrong"
    )
    coverage.add_argument("features", nargs="?", type=Path, help=f"the folder with {UPSTREAM}, by default ours")
    coverage.add_argument(
        "--conformance",
        metavar="SOURCE",
        help="print instead, for pytest, the scenarios of the Conformance cases of the sources that end so",
    )
    pages = coverage.add_mutually_exclusive_group()
    pages.add_argument(
        "--write",
        type=Path,
        metavar="FILE",
        help=f"write the tables into FILE, and beside it the index of all scenarios into {INDEX}; with a ledger "
        f"{VERSIONS} what each release of Kubernetes promises into {RELEASES}, with {BUGS} the bugs into {BUGS_PAGE}",
    )
    pages.add_argument("--check", type=Path, metavar="FILE", help="fail where --write would change anything")
    coverage.set_defaults(command=_coverage)


def _coverage(given: argparse.Namespace) -> int:
    features = given.features or shipped_features()
    entries = catalogue(features)
    seeds = load_ledger(features / SEEDS) if (features / SEEDS).exists() else []
    upstream = load_ledger(features / UPSTREAM)
    if given.conformance:
        for node in _conformance(upstream, features, given.conformance):
            print(node)
        return 0
    _tell(seeds, upstream)
    wrong = errors(seeds, entries) + errors(upstream, entries, CLAIM)
    releases = load(features / VERSIONS) if (features / VERSIONS).exists() else None
    wrong += versions_page.errors(releases, entries, kubernetes_versions()) if releases else []
    published = bugs.load(features / BUGS) if (features / BUGS).exists() else ()
    wrong += bugs.errors(published, entries, features) if published else []
    page = given.write or given.check
    if page and not wrong:
        listed = page.parent / INDEX
        folder = Path(os.path.relpath(features, listed.parent)).as_posix()
        pages = {page: with_tables(_read(page), tables(seeds, upstream)), listed: index(entries, upstream, folder)}
        if releases:
            text = versions_page.page(releases, entries, kubernetes_versions(), features, folder)
            pages[page.parent / RELEASES] = text
        if published:
            pages[page.parent / BUGS_PAGE] = bugs.page(published, features, folder)
        wrong = _pages(pages, given)
    for text in wrong:
        print(text, file=sys.stderr)
    return 1 if wrong else 0


def _tell(seeds: list[Source], upstream: list[Source]) -> None:
    for source in (*seeds, *upstream):
        for line in _lines(source):
            print(line)
    for ledger, noun in ((seeds, "behaviours"), (upstream, "cases")):
        if ledger:
            covered, cases = sum(len(one.covered) for one in ledger), sum(len(one.cases) for one in ledger)
            print(f"{covered} of {cases} {noun} are covered")


def _conformance(ledger: list[Source], features: Path, ending: str) -> list[str]:
    """Return the node ids of the scenarios that cover the Conformance cases of all sources whose names end so."""
    sources = [source for source in ledger if source.name.endswith(ending)]
    if not sources:
        known = ", ".join(source.name for source in ledger)
        raise BadInput(f"the ledger has no source that ends in {ending}", remedy=f"one of: {known}")
    named = [one for source in sources for case in source.cases if case.conformance for one in case.scenarios]
    return [f"{features / file}::{test_name(title)}" for file, title in dict.fromkeys(named)]


def _pages(pages: dict[Path, str], given: argparse.Namespace) -> list[str]:
    """Write the pages, or return what is wrong with them."""
    if given.write:
        for path, text in pages.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return []
    stale = [path for path, text in pages.items() if not path.exists() or _read(path) != text]
    return [f"{path} is not up to date: statefulspec coverage --write {given.check}" for path in stale]


def _read(page: Path) -> str:
    try:
        return page.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"this page cannot be read: {error.strerror}", str(page)) from error


def _lines(source: Source) -> Iterator[str]:
    required = [case for case in source.cases if case.conformance]
    done = sum(1 for case in required if case.scenarios)
    suffix = f", {done} of {len(required)} Conformance" if required else ""
    yield f"{source.name}: {len(source.covered)} of {len(source.cases)} cases{suffix}"
    for case in source.cases:
        yield f"  {'✓' if case.scenarios else '-'} {case.title}{' (Conformance)' if case.conformance else ''}"
        yield from (f"      {file}: {title}" for file, title in case.scenarios)
        yield from (f"      {text}" for text in (case.reason, case.note) if text)
