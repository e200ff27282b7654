"""Every scenario has one control, in the nearest file, that ends at one of its own expectations."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from pytest_bdd.parser import ScenarioTemplate

from harness.plugin.controls import NegativeControl, load_controls
from harness.promises.mutations import MUTATIONS
from tests.vocabulary.test_sentences import FEATURES, features

Key = tuple[Path, str]


@pytest.fixture(scope="module")
def controls() -> dict[Path, list[NegativeControl]]:
    """Give the controls of each file that holds some."""
    return {path: load_controls(path) for path in sorted(FEATURES.rglob("controls.yaml"))}


def scenarios() -> dict[Key, ScenarioTemplate]:
    return {
        (Path(feature.filename).resolve(), title): scenario
        for feature in features()
        for title, scenario in feature.scenarios.items()
    }


def expectations(scenario: ScenarioTemplate) -> set[str]:
    """Return the texts of a scenario's Thens that are the same in all of its examples."""
    rows: list[dict[str, str]] = [dict(row) for each in scenario.examples for row in each.as_contexts()] or [{}]
    return set.intersection(
        *({step.name for step in scenario.render(row).steps if step.type == "then"} for row in rows)
    )


def test_every_scenario_has_its_control_in_the_nearest_file(controls: dict[Path, list[NegativeControl]]) -> None:
    """A control in a file further up would never be found."""
    told = {(path, control.feature, control.scenario) for path, several in controls.items() for control in several}
    wanted = {
        (next(folder / "controls.yaml" for folder in path.parents if folder / "controls.yaml" in controls), path, title)
        for path, title in scenarios()
    }
    assert sorted(told ^ wanted) == []


def test_no_scenario_has_two_controls(controls: dict[Path, list[NegativeControl]]) -> None:
    """Of two controls only the first would be tried."""
    counted = Counter((control.feature, control.scenario) for several in controls.values() for control in several)
    assert [key for key, times in counted.items() if times > 1] == []


def test_every_control_ends_at_an_expectation_of_its_scenario(controls: dict[Path, list[NegativeControl]]) -> None:
    """A step that was reworded, or differs from example to example, would never be the one that fails."""
    known = scenarios()
    strays = [
        (control.scenario, control.step)
        for several in controls.values()
        for control in several
        if control.step not in expectations(known[control.feature, control.scenario])
    ]
    assert strays == []


def test_every_mutation_that_a_control_names_is_known(controls: dict[Path, list[NegativeControl]]) -> None:
    """A mutation that was renamed is found here, not when the controls are proved."""
    named = {control.mutation for several in controls.values() for control in several if control.mutation}
    assert sorted(named - set(MUTATIONS)) == []
