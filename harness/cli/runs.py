"""Commands about features and recordings: run, prove, show."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

from harness.errors import BadInput
from harness.plugin.catalogue import catalogue
from harness.plugin.compat import test_name
from harness.plugin.controls import control_of
from harness.workplace import workplace

__all__ = ["add_commands", "report_asked_for", "shipped_features"]

_NOTHING_SELECTED = 5
"""pytest's exit code where -k or -m let no test through."""


def add_commands(commands: Any) -> None:
    """Add the subcommands of this module."""
    run = commands.add_parser("run", help="run features (the shipped ones by default); other arguments go to pytest")
    run.add_argument("features", nargs="*", type=Path, metavar="PATH", help="features, as features/dns")
    run.set_defaults(command=_run, passes_on=True)
    prove = commands.add_parser("prove", help="run every scenario under its control, where it must fail")
    prove.add_argument("features", nargs="*", type=Path, metavar="PATH", help="features, as features/dns")
    prove.set_defaults(command=_prove, passes_on=True)
    show = commands.add_parser("show", help="make an HTML page of recordings: what every replica did when")
    show.add_argument("recordings", nargs="+", type=Path, metavar="RECORDING", help="as report/recordings/*.jsonl.gz")
    show.add_argument("--output", type=Path, default=Path("report.html"), metavar="FILE", help="default report.html")
    show.set_defaults(command=_show)


def shipped_features() -> Path:
    """Return the folder of the features that come with statefulspec: in a wheel inside it, in a checkout beside it."""
    package = Path(str(files(import_module("harness"))))
    return package / "features" if (package / "features").is_dir() else package.parent / "features"


def report_asked_for(rest: list[str]) -> Path | None:
    """Return the folder that the arguments for pytest name by --harness-report, in one word or in two; None if none."""
    options = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    options.add_argument("--harness-report", type=Path)
    with suppress(argparse.ArgumentError):  # an option without its value: pytest refuses it
        folder: Path | None = options.parse_known_args(rest)[0].harness_report
        return folder
    return None


def _run(given: argparse.Namespace) -> int:
    paths = given.features or [shipped_features()]
    return _pytest(*map(str, paths), *given.rest)


def _prove(given: argparse.Namespace) -> int:
    """Prove; the scenarios whose recordings are changed, and that no former run has recorded, have to pass before."""
    paths = given.features or [shipped_features()]
    prove = ["--harness-prove", *map(str, paths), *given.rest]
    if any(one.startswith("--harness-replay") for one in given.rest):
        return _pytest(*prove)
    with workplace("prove") as folder:
        wanted = list(_recorded_first(paths))
        if wanted:
            print(
                f"{len(wanted)} controls change a recording, which is made first; else name some: --harness-replay=DIR"
            )
            code = _pytest(*wanted, *given.rest, f"--harness-report={folder}")
            if code not in (0, _NOTHING_SELECTED):
                return code
        return _pytest(*prove, f"--harness-replay={folder}")


def _recorded_first(paths: Iterable[Path]) -> Iterator[str]:
    """Yield what pytest calls the scenarios whose control changes their recording."""
    for path in paths:
        file, _, test = str(path).partition("::")
        folder = Path(file).parent if Path(file).is_file() else Path(file)
        for entry in catalogue(Path(file)):
            feature, name = folder / entry.file, test_name(entry.title)
            if test.partition("[")[0] in ("", name) and _changes_recording(feature, entry.title):
                yield f"{feature}::{test or name}"


def _changes_recording(feature: Path, scenario: str) -> bool:
    try:
        return bool(control_of(feature, scenario).mutation)
    except BadInput:
        return False  # the run under controls tells of it


def _show(given: argparse.Namespace) -> int:
    from harness.reports.page import Run, facts_of, write_page
    from harness.reports.results import recorded_result

    results = [recorded_result(recording) for recording in given.recordings]
    write_page(results, given.output, Run(facts=facts_of(results)))
    print(given.output)
    return 0


def _pytest(*arguments: str) -> int:
    """Run pytest as a user would: in a process of its own, where nothing of ours is imported yet."""
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode
