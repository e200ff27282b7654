"""
The command `judge`: recordings judged again, by the very features they were made with or by edited ones.

A recording is a file to hand round: its feature need not be there any more, or may say something else by now. So the
features are taken from the recordings and laid out in a folder of their own, each at its former path, for pytest to
run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.cli.runs import report_asked_for
from harness.errors import BadInput
from harness.workplace import workplace

__all__ = ["add_commands"]

FOLDER = Path("statefulspec-judged")
"""Where the report about judged recordings goes: never into that of the run which made them."""

_USAGE_ERROR = 4
"""Pytest's exit code where a test that was named cannot be collected; it has run none then."""


@dataclass(frozen=True, slots=True)
class _Recorded:
    """One recording: its file, the scenario's path and test name, its feature's text, how it had ended ('' unknown)."""

    file: Path
    feature: Path
    test: str
    text: str
    outcome: str


def add_commands(commands: Any) -> None:
    """Add the subcommand of this module."""
    judge = commands.add_parser("judge", help="judge recordings again, without a cluster")
    judge.add_argument("recordings", nargs="+", type=Path, help="recordings, or folders of a report")
    judge.add_argument(
        "--feature",
        type=Path,
        metavar="PATH",
        help="judge by this feature file instead, or by the features below this folder: a Then may be edited",
    )
    judge.set_defaults(command=_judge, passes_on=True)


def _judge(given: argparse.Namespace) -> int:
    files = [file for path in given.recordings for file in _files(path)]
    codes = []
    for number, layer in enumerate(_layers(_recorded(file, given.feature) for file in files), 1):
        folder = FOLDER if number == 1 else FOLDER.with_name(f"{FOLDER.name}-{number}")
        codes.append(_run(layer, folder, given.rest))
    return max(codes)


def _files(path: Path) -> list[Path]:
    """Return the recording, or those of a report's folder; BadInput for a folder without any."""
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("recordings/*.jsonl.gz")) or sorted(path.glob("*.jsonl.gz"))
    if not found:
        raise BadInput("there is no recording in this folder", str(path), remedy="name the folder of a report")
    return found


def _recorded(file: Path, edited: Path | None) -> _Recorded:
    from harness.history.history_file import load_header

    header = load_header(file)
    scenario, text = str(header.get("scenario", "")), str(header.get("feature", ""))
    if not scenario:
        raise BadInput("this recording does not say which scenario it is of", str(file))
    feature, _, test = scenario.partition("::")
    within = Path(*(part for part in Path(feature).parts if part not in ("..", os.sep)))
    if edited:
        text = _edited(edited, within)
    elif not text:
        raise BadInput("this recording holds no feature", str(file), remedy="name one with --feature=FILE")
    result = header.get("result") or {}
    outcome = "" if edited or result.get("control") else str(result.get("outcome", ""))
    return _Recorded(file.resolve(), within, test, text, outcome)


def _edited(edited: Path, feature: Path) -> str:
    path = edited / feature if edited.is_dir() else edited
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"this feature cannot be read: {error}", str(path)) from error


def _layers(found: Iterable[_Recorded]) -> list[list[_Recorded]]:
    """Return the recordings in groups that one run can judge: each scenario once, each feature with one text."""
    layers: list[list[_Recorded]] = []
    for one in found:
        fitting = (layer for layer in layers if all(_go_together(one, other) for other in layer))
        layer = next(fitting, None)
        if layer is None:
            layers.append([one])
        else:
            layer.append(one)
    return layers


def _go_together(one: _Recorded, other: _Recorded) -> bool:
    return one.feature != other.feature or (one.test != other.test and one.text == other.text)


def _run(layer: list[_Recorded], report: Path, rest: list[str]) -> int:
    """Return the exit code of a run on recordings, in a process of its own; says where verdicts have changed."""
    from harness.plugin.recording import recording_name

    report = report_asked_for(rest) or report
    with workplace("judge") as made:
        root = made.resolve()
        replay = root / ".replay"
        replay.mkdir()
        for one in layer:
            path = root / one.feature
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(one.text, encoding="utf-8")
            (replay / f"{recording_name(f'{one.feature}::{one.test}')}.jsonl.gz").symlink_to(one.file)
        for folder in {parent for one in layer for parent in one.feature.parents}:
            _link_glue(folder, root)
        arguments = [f"--rootdir={root}", f"--harness-replay={replay}", f"--harness-report={report}", *rest]
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
        code = subprocess.run([*command, *_tests(layer, root)], check=False).returncode
        lost = _uncollectable(layer, root, command) if code == _USAGE_ERROR else set()
        if lost:
            layer = [one for one in layer if one.feature not in lost]
            subprocess.run([*command, *_tests(layer, root)], check=False)
    for line in _changed(layer, report / "results.jsonl"):
        print(line)
    for feature in sorted(lost):
        print(f"not judged: {feature} has sentences that there are none for now; see the error above")
    return code


def _tests(layer: list[_Recorded], root: Path) -> list[str]:
    return [f"{root / one.feature}::{one.test}" for one in layer]


def _uncollectable(layer: list[_Recorded], root: Path, command: list[str]) -> set[Path]:
    """Return the features, some but not all, that keep pytest from running the others."""
    features = {one.feature for one in layer}
    collect = [*command, "--collect-only", "-qq", "--continue-on-collection-errors"]
    asked = subprocess.run(
        [*collect, *(str(root / one) for one in sorted(features))], capture_output=True, text=True, check=False
    )
    collected = {Path(line.partition(":")[0]) for line in asked.stdout.splitlines()}
    lost = features - collected
    return lost if lost != features else set()


def _link_glue(folder: Path, root: Path) -> None:
    """Let the steps that a project has in its own conftest.py be found as they were beside the features."""
    glue = Path.cwd() / folder / "conftest.py"
    if glue.is_file():
        (root / folder / "conftest.py").symlink_to(glue)


def _changed(layer: list[_Recorded], results: Path) -> Iterator[str]:
    """Yield in words how the verdicts compare with those of the run."""
    if not results.is_file():
        return
    judged = {one["id"]: one["outcome"] for one in map(json.loads, results.read_text(encoding="utf-8").splitlines())}
    known = [(one, judged[f"{one.feature}::{one.test}"]) for one in layer if f"{one.feature}::{one.test}" in judged]
    compared = [(one, now) for one, now in known if one.outcome]
    changed = [(one, now) for one, now in compared if one.outcome != now]
    if compared:
        yield f"{len(compared) - len(changed)} of {len(compared)} verdicts are those of the run"
    for one, now in changed:
        yield f"  was {one.outcome}, is {now}: {one.feature}::{one.test}"
