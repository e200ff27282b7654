"""The command `merge`: one report of the reports of several shards."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the subcommand of this module."""
    merge = commands.add_parser(
        "merge", help="make one report of those of several shards; ends with 1 where a scenario of them is broken"
    )
    merge.add_argument("reports", nargs="+", type=Path, metavar="REPORT", help="the folder of a report")
    merge.add_argument(
        "--output", type=Path, default=Path("statefulspec-report"), metavar="DIR", help="default statefulspec-report"
    )
    merge.set_defaults(command=_merge)


def _merge(given: argparse.Namespace) -> int:
    from harness.reports.shards import merge
    from harness.reports.terminal import closing_lines

    results = merge(given.reports, given.output)
    for line in closing_lines(results, given.output, verbose=False):
        print(line)
    return 1 if any(result.is_broken for result in results) or not any(one.was_tried for one in results) else 0
