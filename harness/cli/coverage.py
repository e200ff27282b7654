"""The command `coverage`: upstream's tests and the scenarios that say what they say."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.cli.runs import shipped_features
from harness.plugin.ledger import Source, errors, load_ledger

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the subcommand of this module."""
    coverage = commands.add_parser(
        "coverage", help="list upstream's tests with the scenarios that cover them; fails where the list is wrong"
    )
    coverage.add_argument("features", nargs="?", type=Path, help="the folder with upstream.yaml, by default ours")
    coverage.set_defaults(command=_coverage)


def _coverage(given: argparse.Namespace) -> int:
    features = given.features or shipped_features()
    ledger = load_ledger(features / "upstream.yaml")
    for source in ledger:
        for line in _lines(source):
            print(line)
    covered, cases = sum(len(source.covered) for source in ledger), sum(len(source.cases) for source in ledger)
    print(f"{covered} of {cases} cases are covered")
    wrong = errors(ledger, features)
    for text in wrong:
        print(text, file=sys.stderr)
    return 1 if wrong else 0


def _lines(source: Source) -> Iterator[str]:
    required = [case for case in source.cases if case.conformance]
    done = sum(1 for case in required if case.scenarios)
    suffix = f", {done} of {len(required)} Conformance" if required else ""
    yield f"{source.name}: {len(source.covered)} of {len(source.cases)} cases{suffix}"
    for case in source.cases:
        yield f"  {'✓' if case.scenarios else '-'} {case.title}{' (Conformance)' if case.conformance else ''}"
        yield from (f"      {file}: {title}" for file, title in case.scenarios)
        yield from (f"      {text}" for text in (case.reason, case.note) if text)
