"""
`statefulspec bugs`: the ledger of real bugs, each with the scenario that shows it, and what becomes of it here.

The ledger (features/bugs.yaml) says what a bug is and where it was published; which releases have it, the control of
its scenario says. A bug is played as any scenario is, by pytest.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from harness.cli.pages import table
from harness.cli.runs import report_asked_for, shipped_features
from harness.errors import BadInput
from harness.plugin.catalogue import Entry
from harness.plugin.compat import test_name
from harness.plugin.controls import Known, known_of
from harness.plugin.tags import KNOWN_BROKEN

if TYPE_CHECKING:
    from harness.reports.results import ScenarioResult

__all__ = ["BUGS", "PublishedBug", "add_commands", "errors", "exit_code", "load", "page"]

BUGS = "bugs.yaml"
"""The ledger's name in the features' folder."""

_NEEDED = {"id", "bug", "published", "event", "mended", "reproduced", "feature", "scenario"}
_CODES = """\
exit code:
  0  every bug that could be shown is as the ledger and its control say
  1  one is not: it is kept where it should be broken, or broken in another way
  2  the ledger, or the options, cannot be used
  3  inconclusive: something could not be judged, or nothing could be shown
"""


@dataclass(frozen=True, slots=True)
class PublishedBug:
    """
    A bug, where it was `published` (an address, or a page of the docs), and `near` which other threads.

    `event`: what brings it about; `mended`: where it does not come; `reproduced`: minor release → on what it was seen.
    `key`: the file and the title of the scenario that shows it.
    """

    id: str
    bug: str
    published: str
    near: tuple[str, ...]
    event: str
    mended: str
    reproduced: Mapping[str, str]
    key: tuple[str, str]


def load(path: Path) -> tuple[PublishedBug, ...]:
    """Return the ledger of a file; BadInput where it is none."""
    try:
        told = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise BadInput(f"this is not YAML: {error}", str(path)) from error
    if not isinstance(told, Sequence):
        raise BadInput("a ledger of bugs is a list", str(path))
    return tuple(_bug(path, each) for each in told)


def errors(bugs: Sequence[PublishedBug], entries: Sequence[Entry], features: Path) -> list[str]:
    """Return what is wrong with a ledger: what it names and there is not, or what says nothing of releases."""
    there = {entry.key: entry for entry in entries}
    wrong = [f"{bug.id}: there is no scenario {bug.key[1]} in {bug.key[0]}" for bug in bugs if bug.key not in there]
    wrong += [
        f"{bug.id}: its scenario is not tagged @{KNOWN_BROKEN}: {bug.key[1]}"
        for bug in bugs
        if bug.key in there and KNOWN_BROKEN not in there[bug.key].tags
    ]
    named = {bug.key for bug in bugs}
    wrong += [
        f"{BUGS} does not tell of {entry.file}: {entry.title}"
        for entry in entries
        if KNOWN_BROKEN in entry.tags and entry.key not in named
    ]
    ids = [bug.id for bug in bugs]
    wrong += [f"two bugs are called {one}" for one in sorted({one for one in ids if ids.count(one) > 1})]
    if (features.parent / "docs").is_dir():  # a wheel has no pages
        own = [bug for bug in bugs if not bug.published.startswith("https://")]
        wrong += [
            f"{bug.id}: there is no {bug.published}" for bug in own if not (features.parent / bug.published).is_file()
        ]
    return wrong


def page(bugs: Sequence[PublishedBug], features: Path, folder: str) -> str:
    """Return the page of the ledger; `folder`: where the features are, seen from it."""
    rows = [
        (
            f"`{bug.id}`",
            bug.bug,
            _broken(_known(bug, features)),
            ", ".join(bug.reproduced.values()),
            bug.mended,
            _link(bug.published),
            f"[{bug.key[1]}]({folder}/{bug.key[0]})",
        )
        for bug in bugs
    ]
    head = ("id", "bug", "broken on", "reproduced", "not with", "published", "scenario")
    return f"""# Bugs that can be shown

What unmodified Kubernetes breaks, each with the scenario that shows it: `statefulspec bugs ID` plays it, and
says whether the promise is broken there as it was published. Made by `statefulspec coverage --write`.

{table(head, rows)}
"""


def add_commands(commands: Any) -> None:
    """Add the subcommand of this module."""
    bugs = commands.add_parser(
        "bugs",
        help="list bugs of Kubernetes that can be shown, or play some; other arguments go to pytest",
        description="Without an ID, lists the ledger. With IDs, or `all`, plays the scenarios that show them; other "
        "arguments, as --harness-cluster=fake or --harness-kubernetes-version=1.37, go to pytest.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    bugs.add_argument("ids", nargs="*", metavar="ID", help="as parallel-rollout; all of them: all")
    bugs.set_defaults(command=_bugs, passes_on=True)


def exit_code(results: Sequence[ScenarioResult]) -> int:
    """Return what the command ends with, as its help says."""
    if any(one.outcome == "failed" for one in results):
        return 1
    return 3 if any(one.is_broken for one in results) or not any(one.was_tried for one in results) else 0


def _bugs(given: argparse.Namespace) -> int:
    features = shipped_features()
    bugs = load(features / BUGS)
    if not given.ids:
        for line in _listed(bugs, features):
            print(line)
        return 0
    return _play(_chosen(bugs, given.ids), features, given.rest)


def _play(bugs: Sequence[PublishedBug], features: Path, rest: list[str]) -> int:
    from harness.reports.results import read_results

    said = report_asked_for(rest)
    report = said or Path("statefulspec-report")
    results = report / "results.jsonl"
    results.unlink(missing_ok=True)  # those of the run before are not of this one
    nodes = [f"{features / file}::{test_name(title)}" for file, title in (bug.key for bug in bugs)]
    told = [] if said else [f"--harness-report={report.absolute()}"]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *nodes, *told, *rest]
    subprocess.run(command, stdout=sys.stderr, check=False)
    if not results.is_file():
        return 2
    found = {one.title: one for one in read_results(results)}
    played = [found[bug.key[1]] for bug in bugs if bug.key[1] in found]
    for bug in bugs:
        if bug.key[1] in found:
            print(_verdict(bug, found[bug.key[1]]))
        else:
            print(f"{bug.id}: it was not played")
    print(f"report: {report / 'report.html'}")
    return exit_code(played)


def _verdict(bug: PublishedBug, result: ScenarioResult) -> str:
    first = result.message.partition("\n")[0]
    said = {
        "known broken": "broken as published",
        "passed": "kept on this release",
        "failed": f"not as the ledger says: {first}",
        "skipped": f"cannot be shown here: {first}",
        "not run": f"not run: {first}",
    }.get(result.outcome, f"{result.outcome}: {first}")
    return f"{bug.id}: {said}  ({result.seconds:.0f} s{f', {result.recording}' if result.recording else ''})"


def _chosen(bugs: Sequence[PublishedBug], ids: Sequence[str]) -> list[PublishedBug]:
    known = {bug.id: bug for bug in bugs}
    strange = [one for one in ids if one not in known and one != "all"]
    if strange:
        raise BadInput(f"there is no bug {strange[0]}", remedy=f"one of: {', '.join(known)}, all")
    return list(bugs) if "all" in ids else [known[one] for one in dict.fromkeys(ids)]


def _listed(bugs: Sequence[PublishedBug], features: Path) -> Iterator[str]:
    for bug in bugs:
        yield f"{bug.id}: {bug.bug}"
        yield f"  broken on   {_broken(_known(bug, features))}; reproduced on {', '.join(bug.reproduced.values())}"
        yield f"  event       {bug.event}"
        yield f"  not with    {bug.mended}"
        yield f"  published   {bug.published}" + (f", near {', '.join(bug.near)}" if bug.near else "")
        yield f"  shown by    {bug.key[0]}: {bug.key[1]}"
        yield ""
    yield f"{len(bugs)} bugs; play one: statefulspec bugs {bugs[0].id} --harness-cluster=embedded"


def _known(bug: PublishedBug, features: Path) -> Known:
    return cast("Known", known_of(features / bug.key[0], bug.key[1]).known)  # it raises where nothing is known


def _broken(known: Known) -> str:
    since = "" if known.since == (0, 0) else f"{known.since[0]}.{known.since[1]}"
    until = "" if known.until is None else f"{known.until[0]}.{known.until[1]}"
    if since and until:
        return f"{since} to {until}"
    return f"{since} and newer" if since else f"{until} and older" if until else "every release"


def _link(place: str) -> str:
    if place.startswith("https://"):
        return f"[{place.removeprefix('https://github.com/')}]({place})"
    return f"[found here]({place.removeprefix('docs/')})"  # the page lies in docs, too


def _bug(path: Path, told: Any) -> PublishedBug:
    if not isinstance(told, Mapping) or set(told) - {"near"} != _NEEDED or not isinstance(told["reproduced"], Mapping):
        raise BadInput(f"a bug has the keys {', '.join(sorted(_NEEDED))}: {told!r}", str(path))
    text = {name: str(told[name]) for name in ("id", "bug", "published", "event", "mended")}
    reproduced = {str(minor): str(seen) for minor, seen in told["reproduced"].items()}
    near = tuple(map(str, told.get("near") or ()))
    return PublishedBug(**text, near=near, reproduced=reproduced, key=(str(told["feature"]), str(told["scenario"])))
