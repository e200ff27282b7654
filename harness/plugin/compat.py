"""
The one door for what pytest, pytest-bdd and xdist do not promise: private attributes, and modules that may move.

Seen with pytest 9.2, pytest-bdd 9.0 and xdist 3.8. What a newer one has changed is mended here and nowhere else;
`tests/plugin/test_compat.py` fails on a private name elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_bdd.compat import get_fixture_names, getfixturedefs
from pytest_bdd.parser import ScenarioTemplate
from pytest_bdd.scenario import make_python_name, scenario_wrapper_template_registry
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry

__all__ = ["Definition", "definition_of", "definitions", "example_of", "pid_of", "test_name", "wrapped_template"]

Definition = tuple[Callable[..., object], StepFunctionContext]
"""The function of a step, and what pytest-bdd knows of it."""


def definitions(node: pytest.Collector) -> Iterator[Definition]:
    """Yield all steps that pytest lets this node see, in the order of their fixtures' names."""
    manager = node.session._fixturemanager
    for name in get_fixture_names(fixturemanager=manager):
        for fixture in getfixturedefs(manager, name, node) or ():
            context = step_function_context_registry.get(fixture.func)
            if context is not None:
                yield fixture.func, context


def definition_of(fixture: Any) -> StepFunctionContext | None:
    """Return what pytest-bdd knows of the step whose fixture a module holds, None for other fixtures."""
    return step_function_context_registry.get(fixture._get_wrapped_function())


def example_of(item: pytest.Item) -> dict[str, str]:
    """Return the row that a test fills its scenario's placeholders from, an empty one where it has none."""
    example: dict[str, str] = getattr(getattr(item, "callspec", None), "params", {}).get("_pytest_bdd_example", {})
    return example


def wrapped_template(function: Callable[..., object]) -> ScenarioTemplate | None:
    """Return the scenario that a test function runs, None for one that runs no scenario."""
    return scenario_wrapper_template_registry.get(function)


def test_name(title: str) -> str:
    """Return the name of the test function that pytest-bdd makes of a scenario's title."""
    return f"test_{make_python_name(title)}"


def pid_of(worker: Any) -> int:
    """Return the process of a worker of xdist on this machine; execnet tells it to nobody else."""
    return int(worker.gateway._rinfo().pid)
