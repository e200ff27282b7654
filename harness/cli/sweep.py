"""
`statefulspec sweep`: the same scenario again and again, a program killed after its first, second, … last write.

Which writes there are is not known before: a first run, in which the program is never killed, counts them. Each run is
of features that are written for it, in sentences that anybody could write; what breaks is kept as such a feature.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import BadInput, EnvironmentUnfit
from harness.plugin.compat import test_name
from harness.plugin.gherkin import read_feature, tags_of
from harness.workplace import workplace

__all__ = ["Plan", "add_commands", "plans_of"]

_NEVER = 9999
"""A write that no program comes to: with it a scenario is played to its end, and tells how many there were."""
_COUNTED = re.compile(r"it has written (\d+) times so far")
_NEEDED = ("exclusive", "needs_go_between")
_NO_TAGS = {"known_broken", "upstream"}
"""What a control or a ledger would have to tell of the scenario."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario that can be swept: with its background, and as one of its examples makes it."""

    title: str
    tags: tuple[str, ...]
    before: tuple[str, ...]
    event: str
    after: tuple[str, ...]

    def swept(self, program: str, writes: Iterable[int]) -> str:
        """Return the scenario in which the program is killed after each of these writes."""
        rows = "\n".join(f"      | {number}{_suffix(number)} |" for number in writes)
        return f"""
  {" ".join(f"@{tag}" for tag in self.tags)}
  Scenario Outline: {self.title}
{_said("Given", [*self.before, f"the {program} will be killed after its <write> write"])}
{_said("When", [self.event, f"the {program} has been killed there and is restarted"])}
{_said("Then", self.after)}

    Examples:
      | write |
{rows}
"""


def add_commands(commands: Any) -> None:
    """Add the subcommand of this module."""
    sweep = commands.add_parser(
        "sweep",
        help="run a feature again and again, a program killed after each of its writes; other arguments go to pytest",
    )
    sweep.add_argument("feature", type=Path, metavar="FEATURE", help="as features/ordering/ordered-start.feature")
    programs = ("controller manager", "scheduler")
    sweep.add_argument("--program", default=programs[0], choices=programs, help="the program that is killed")
    sweep.add_argument("--writes", type=_span, metavar="FROM-TO", help="only these, as 3-7; by default all there are")
    sweep.add_argument("--output", type=Path, default=Path("broken.feature"), help="what breaks (broken.feature)")
    sweep.set_defaults(command=_sweep, passes_on=True)


def plans_of(feature: Path) -> list[Plan]:
    """Return the scenarios of a feature that have one event and something to judge; BadInput where there is none."""
    plans: dict[str, Plan] = {}
    for scenario in read_feature(feature).scenarios.values():
        rows = [dict(row) for each in scenario.examples for row in each.as_contexts()] or [{}]
        for row in rows:
            steps = scenario.render(row).steps
            kinds = [step.type for step in steps]
            if kinds.count("when") == 1 and "then" in kinds:
                at = kinds.index("when")
                title = " ".join((scenario.name, *(f"({value})" for value in row.values())))
                names = [step.name for step in steps]
                tags = tuple(sorted({*tags_of(scenario, row or None), *_NEEDED} - _NO_TAGS))
                plans[title] = Plan(title, tags, tuple(names[:at]), names[at], tuple(names[at + 1 :]))
    if not plans:
        raise BadInput("no scenario here has one event and something to judge", str(feature))
    return list(plans.values())


def _sweep(given: argparse.Namespace) -> int:
    plans = plans_of(given.feature)
    with workplace("sweep") as folder:
        _lay_out(given.feature.absolute(), folder)
        if given.writes:
            points = {plan.title: given.writes for plan in plans}
        else:
            print(f"counting the writes of the {given.program}: these runs end before it is killed, and fail")
            told = _run(folder, _feature(plans, given.program, {plan.title: (_NEVER,) for plan in plans}), given.rest)
            points = {plan.title: range(1, _count(plan, told) + 1) for plan in plans}
            print("; ".join(f"{plan.title}: {len(points[plan.title])} writes" for plan in plans))
        told = _run(folder, _feature(plans, given.program, points), given.rest)
    return _tell(given, plans, points, told)


def _tell(
    given: argparse.Namespace, plans: list[Plan], points: Mapping[str, Iterable[int]], told: Mapping[str, str]
) -> int:
    """Print what was swept, keep what breaks as a feature; return the exit code."""
    why = {(plan.title, number): told.get(_test(plan, number), "") for plan in plans for number in points[plan.title]}
    # Each run writes as often as it likes: a last write or two may not be there the next time.
    missed = [point for point, reason in why.items() if _COUNTED.search(reason)]
    broken = {plan.title: [n for n in points[plan.title] if _is_broken(why[plan.title, n])] for plan in plans}
    count = sum(map(len, broken.values()))
    print(f"{len(why)} points swept, {count} broken, {len(missed)} not reached, for the program wrote less often then")
    left = [plan for plan in plans if broken[plan.title]]
    if left:
        given.output.write_text(_feature(left, given.program, broken), encoding="utf-8")
        print(f"what breaks: {given.output}")
    return 1 if left or len(missed) == len(why) else 0


def _is_broken(reason: str) -> bool:
    return bool(reason) and not _COUNTED.search(reason)


def _feature(plans: Iterable[Plan], program: str, points: Mapping[str, Iterable[int]]) -> str:
    title = f"Feature: Kept wherever the {program} is killed"
    return "\n".join([title, *(plan.swept(program, points[plan.title]) for plan in plans)])


def _lay_out(feature: Path, folder: Path) -> None:
    """Have all that the feature finds beside it and above it found from the folder too."""
    for place in (feature.parent, *feature.parent.parents[:2]):
        if (place / "systems").is_dir() and not (folder / "systems").exists():
            (folder / "systems").symlink_to(place / "systems")
    for path in feature.parent.iterdir():
        if path.suffix != ".feature" and path.name not in ("systems", "controls.yaml"):
            (folder / path.name).symlink_to(path)


def _run(folder: Path, text: str, arguments: list[str]) -> dict[str, str]:
    """Return why each test of a feature has failed, empty for one that has passed; EnvironmentUnfit if none ran."""
    feature, results = folder / "swept.feature", folder / "results.xml"
    feature.write_text(text, encoding="utf-8")
    results.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", str(feature), f"--junit-xml={results}", *arguments]
    subprocess.run(command, check=False)
    if not results.exists():
        raise EnvironmentUnfit("nothing was swept", observed="pytest has ended before it ran anything")
    return {
        str(case.get("name")): "\n".join((one.get("message") or "") + (one.text or "") for one in case)
        for case in ET.parse(results).iter("testcase")  # noqa: S314 - written by the line above
    }


def _count(plan: Plan, told: Mapping[str, str]) -> int:
    found = _COUNTED.search(told.get(_test(plan, _NEVER), ""))
    if found is None:
        raise EnvironmentUnfit(
            f"the writes of {plan.title!r} could not be counted",
            expected="the scenario comes as far as its event without a kill",
            observed=told.get(_test(plan, _NEVER), "it was not run").partition("\n")[0],
        )
    return int(found[1])


def _test(plan: Plan, number: int) -> str:
    return f"{test_name(plan.title)}[{number}{_suffix(number)}]"


def _said(keyword: str, names: Iterable[str]) -> str:
    return "\n".join(f"    {'And' if at else keyword} {name}" for at, name in enumerate(names))


def _suffix(number: int) -> str:
    last = 0 if number % 100 in (11, 12, 13) else number % 10
    return {1: "st", 2: "nd", 3: "rd"}.get(last, "th")


def _span(text: str) -> range:
    first, _, last = text.partition("-")
    if not (first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last)):
        raise argparse.ArgumentTypeError(f"{text} is no span of writes: 3-7")
    return range(int(first), int(last) + 1)
