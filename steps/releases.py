"""Releases of an application: where each is, and how one is upgraded to the next and rolled back."""

from __future__ import annotations

from pytest_bdd import given, when

from harness.promises import conditions
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions

from .applications import words_of
from .parsing import sentence
from .statefulsets import await_given


@given(sentence('release "{release:Name}" is in "{path:Name}"'))
def release_is_in(release: str, path: str, harness_actions: ScenarioActions) -> None:
    """Have its manifests looked up there, as in `the manifests are in`; the first one given is what is installed."""
    harness_actions.know_release(release, *words_of(path))


@given(sentence('release "{old:Name}" has been upgraded to "{new:Name}"'))
def release_has_been_upgraded(old: str, new: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.upgrade(old, new)
    for name in harness_judge.history.alive("StatefulSet"):
        await_given(harness_judge, name, conditions.rolled_out(name))


@when(sentence('release "{old:Name}" is upgraded to "{new:Name}"'))
def release_is_upgraded(old: str, new: str, harness_actions: ScenarioActions) -> None:
    harness_actions.upgrade(old, new)


@when(sentence('release "{new:Name}" is rolled back to "{old:Name}"'))
def release_is_rolled_back(new: str, old: str, harness_actions: ScenarioActions) -> None:
    harness_actions.roll_back(new, old)
