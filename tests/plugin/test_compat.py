"""What pytest, pytest-bdd and xdist do not promise is asked for in one module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[2] / "harness" / "plugin"
MOVABLE = {
    "pytest_bdd.compat": "*",
    "pytest_bdd.scenario": "*",
    "pytest_bdd.steps": "step_function_context_registry",
    "_pytest": "*",
    "xdist": "*",
}
"""Modules and names of theirs that are no interface; an asterisk: nothing of the module is."""


def private(source: str) -> Iterator[str]:
    """Yield each private attribute of something that is not ours, and each import of what is no interface."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls", "os")):
                yield node.attr
        elif isinstance(node, ast.ImportFrom) and node.module:
            hidden = MOVABLE.get(node.module) or MOVABLE.get(node.module.partition(".")[0])
            yield from (name.name for name in node.names if hidden in ("*", name.name))


@pytest.mark.parametrize(
    "source",
    [
        "manager = node.session._fixturemanager",
        "worker.gateway._rinfo().pid",
        "from pytest_bdd.steps import step_function_context_registry",
        "from pytest_bdd.compat import getfixturedefs",
        "from _pytest.config import Config",
    ],
)
def test_what_is_private_is_seen(source):
    assert len(list(private(source))) == 1


def test_only_one_module_knows_private_names():
    found = {path.name: list(private(path.read_text())) for path in PLUGIN.glob("*.py")}
    assert [name for name, names in found.items() if names] == ["compat.py"]
