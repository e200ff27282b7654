"""
What the features say: each scenario with its promise, its tags and the time it gives the cluster.

Does not belong here: running them (see `harness.plugin.features`), or who wants to know (see `harness.cli`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pytest_bdd.parser import ScenarioTemplate

from harness.model import seconds
from harness.plugin.gherkin import read_feature, tags_of

__all__ = ["Entry", "catalogue"]

_BOUND = re.compile(r"^(?:within|for) (\d+ (?:second|minute)s?)\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One scenario. `file` is its feature's, relative to the features' folder; `promise` the feature's title.

    `rule` is empty where the scenario stands under none. `tags` are all that it bears. `budget_s`: the sum of
    all bounds of its `within` and `for`, of its longest example where it has several.
    """

    file: str
    promise: str
    rule: str
    title: str
    tags: frozenset[str]
    budget_s: float

    @property
    def key(self) -> tuple[str, str]:
        """What ledgers call it by: its file and title."""
        return (self.file, self.title)


def catalogue(features: Path) -> list[Entry]:
    """Return all scenarios below a folder, or of one file, by file and place in it; BadInput for what is no feature."""
    if features.is_file():
        return list(_entries(features, features.parent))
    return [entry for path in sorted(features.rglob("*.feature")) for entry in _entries(path, features)]


def _entries(path: Path, features: Path) -> Iterator[Entry]:
    feature = read_feature(path)
    file = path.relative_to(features).as_posix()
    for title, scenario in feature.scenarios.items():
        rule = scenario.rule.name if scenario.rule else ""
        yield Entry(file, feature.name, rule, title, tags_of(scenario), _budget_s(scenario))


def _budget_s(scenario: ScenarioTemplate) -> float:
    rows: list[dict[str, str]] = [dict(row) for each in scenario.examples for row in each.as_contexts()] or [{}]
    return max(sum(_bounds(scenario, row)) for row in rows)


def _bounds(scenario: ScenarioTemplate, row: dict[str, str]) -> Iterator[float]:
    for step in scenario.render(row).steps:
        bound = _BOUND.match(step.name)
        if bound:
            yield seconds(bound[1])
