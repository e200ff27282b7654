"""
The pytest plugin as far as every run pays for it: options, tags, fixtures, and what wakes all else.

Belongs here: whatever speaks pytest's or pytest-bdd's language. Installed but unused it imports no Kubernetes client,
makes no folder and prints nothing: all of that begins in `harness.plugin.at_work`, when there is something to do.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from harness.plugin import options
from harness.plugin.fixtures import (
    harness_actions,
    harness_api,
    harness_changes,
    harness_cluster,
    harness_history,
    harness_judge,
    harness_run,
    harness_run_folder,
    harness_settings,
)
from harness.plugin.tags import TAGS
from harness.plugin.versions import VersionTags
from harness.plugin.waking import is_awake, wake

__all__ = [
    "harness_actions",
    "harness_api",
    "harness_changes",
    "harness_cluster",
    "harness_history",
    "harness_judge",
    "harness_run",
    "harness_run_folder",
    "harness_settings",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the options of `harness.plugin.options`."""
    options.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the tags as markers; what this run was told is read now, so that a mistake ends it at once."""
    for tag, sentence in TAGS.items():
        config.addinivalue_line("markers", f"{tag}: {sentence}")
    config.pluginmanager.register(VersionTags(config), "harness-version-tags")
    if options.are_told(config):
        from harness.plugin.waking import settle

        settle(config)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Wake up before xdist makes its workers, which learn of the cluster's host then, and where anything was told."""
    config = session.config
    distributed = getattr(config.option, "numprocesses", None) or getattr(config.option, "tx", None)
    if distributed or hasattr(config, "workerinput") or options.are_told(config):
        wake(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a feature file as it is."""
    if file_path.suffix != ".feature":
        return None
    wake(parent.config)
    from harness.plugin.features import FeatureFile

    collected: pytest.Collector = FeatureFile.from_parent(parent, path=file_path)
    return collected


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Wake up for a scenario that a Python module binds, or a test that wants a fixture of ours."""
    if not is_awake(config) and any(_is_ours(item) for item in items):
        wake(config)
    if not is_awake(config):
        return (yield)
    from harness.plugin.at_work import arrange

    return (yield from arrange(config, items))


def _is_ours(item: pytest.Item) -> bool:
    from harness.plugin.compat import wrapped_template

    function = getattr(item, "function", None)
    fixtures = getattr(item, "fixturenames", ())
    return any(name in fixtures for name in __all__) or bool(function and wrapped_template(function))
