"""Commands about features and recordings: run, prove, show, steps."""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

__all__ = ["add_commands", "shipped_features"]


def add_commands(commands: Any) -> None:
    """Add the subcommands of this module."""
    run = commands.add_parser("run", help="run features (the shipped ones by default); other arguments go to pytest")
    run.add_argument("features", nargs="*", type=Path)
    run.set_defaults(command=_run, passes_on=True)
    prove = commands.add_parser("prove", help="run every scenario under its control, where it must fail")
    prove.add_argument("features", nargs="*", type=Path)
    prove.set_defaults(command=_prove, passes_on=True)
    show = commands.add_parser("show", help="make an HTML page of recordings: what every replica did when")
    show.add_argument("recordings", nargs="+", type=Path)
    show.add_argument("--output", type=Path, default=Path("report.html"), metavar="FILE", help="default report.html")
    show.set_defaults(command=_show)
    steps = commands.add_parser("steps", help="list the sentences that features can use")
    steps.set_defaults(command=_steps)


def shipped_features() -> Path:
    """Return the folder of the features that come with statefulspec: in a wheel inside it, in a checkout beside it."""
    package = Path(str(files(import_module("harness"))))
    return package / "features" if (package / "features").is_dir() else package.parent / "features"


def _run(given: argparse.Namespace) -> int:
    paths = given.features or [shipped_features()]
    return _pytest(*map(str, paths), *given.rest)


def _prove(given: argparse.Namespace) -> int:
    given.rest = ["--harness-prove", *given.rest]
    return _run(given)


def _show(given: argparse.Namespace) -> int:
    from harness.reports.page import Run, facts_of, write_page
    from harness.reports.results import recorded_result

    results = [recorded_result(recording) for recording in given.recordings]
    write_page(results, given.output, Run(facts=facts_of(results)))
    print(given.output)
    return 0


def _steps(given: argparse.Namespace) -> int:
    from harness.plugin.vocabulary import sentences

    del given
    for sentence in sentences():
        print(f"{sentence.type.capitalize():<6}{sentence.text}")
    return 0


def _pytest(*arguments: str) -> int:
    """Run pytest as a user would: in a process of its own, where nothing of ours is imported yet."""
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode
