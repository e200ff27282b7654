"""The command `trend`: what many runs of the same scenarios come to."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the subcommand of this module."""
    trend = commands.add_parser(
        "trend", help="tell of many runs, per scenario, P50 and P95 of duration and recovery, and how often it flaked"
    )
    trend.add_argument(
        "folder", type=Path, metavar="FOLDER", help="a folder with the reports of the runs, at any depth"
    )
    trend.add_argument("--format", choices=("table", "json"), default="table", help="default table")
    trend.set_defaults(command=_trend)


def _trend(given: argparse.Namespace) -> int:
    from harness.reports.trend import find_runs, trend_data, trend_lines, trend_of

    trends = trend_of(find_runs(given.folder))
    if given.format == "json":
        print(json.dumps(trend_data(trends), indent=2, ensure_ascii=False))
        return 0
    for line in trend_lines(trends):
        print(line)
    return 0
