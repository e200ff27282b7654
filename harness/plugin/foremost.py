"""
Loaded by `statefulspec check` alone: a set that does not start is told once, and not by each of its scenarios.

The first scenario of a feature, or of a rule in it, is about the start; where it comes to no start, the others of it
would wait for the same in vain, one after another.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from harness.plugin.attempt import attempt_of
from harness.plugin.cluster import NotRun
from harness.plugin.features import template_of

__all__ = ["pytest_runtest_makereport", "pytest_runtest_setup"]

Group = tuple[str, str]
STUCK: pytest.StashKey[dict[Group, str]] = pytest.StashKey()
"""The groups whose first scenario has come to no start, and that scenario's title."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out a scenario that could only fail as the first of its group did."""
    title = item.config.stash.get(STUCK, {}).get(_group(item))
    if title:
        raise NotRun(f"it hangs on what has failed before: {title}")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note a first scenario that fails before anything could be said about its way there."""
    report = yield
    ended = attempt_of(item).ended
    first = next(other for other in item.session.items if _group(other) == _group(item))
    if item is first and report.failed and ended and ended.is_broken:
        failed = next((step.text for step in ended.steps if step.outcome == "failed"), "")
        if not failed.startswith("at no time"):
            item.config.stash.setdefault(STUCK, {})[_group(item)] = ended.title
    return report


def _group(item: pytest.Item) -> Group:
    template = template_of(item)
    return (str(item.path), template.rule.name if template and template.rule else "")
