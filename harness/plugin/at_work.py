"""
The plugin at work: registered when a run has something for it, and at the start of one that was told anything.

Belongs here: what happens in a run with scenarios. What a run without them pays for stands in `harness.plugin`.
"""

from __future__ import annotations

import secrets
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from harness.errors import HarnessError
from harness.plugin import features
from harness.plugin.attempt import forget
from harness.plugin.cluster import require_cluster
from harness.plugin.cluster_choice import start_cluster, stays
from harness.plugin.ending import GracefulShutdown
from harness.plugin.hosting import ClusterHost
from harness.plugin.keys import FOLDER, HOST, IDLE, RUN, SETTINGS
from harness.plugin.outcome import rewrite_report
from harness.plugin.parts import Parts
from harness.plugin.pause import pause
from harness.plugin.progress import Progress, WorkerStatusFile
from harness.plugin.result_log import ResultLog
from harness.plugin.scenario import (
    pytest_bdd_after_step,
    pytest_bdd_before_scenario,
    pytest_bdd_before_step_call,
    pytest_bdd_step_error,
    pytest_bdd_step_func_lookup_error,
)
from harness.plugin.vocabulary import load_vocabulary
from harness.workplace import hold, make_workplace, remove_workplace

__all__ = [
    "arrange",
    "begin",
    "pytest_bdd_after_step",
    "pytest_bdd_before_scenario",
    "pytest_bdd_before_step_call",
    "pytest_bdd_step_error",
    "pytest_bdd_step_func_lookup_error",
]

PARTS = "harness-parts"


def begin(config: pytest.Config) -> None:
    """Get ready to host the run's cluster; nothing is started yet."""
    config.pluginmanager.register(Parts(), PARTS)
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[FOLDER], config.stash[RUN] = Path(worker["harness_folder"]), worker["harness_run"]
        hold(config.stash[FOLDER])
        config.stash[IDLE] = WorkerStatusFile(config.stash[FOLDER], worker["workerid"]).waiting
        return
    progress = Progress(config)
    config.stash[RUN] = secrets.token_hex(4)
    config.stash[FOLDER] = make_workplace("run")
    config.stash[IDLE] = progress.waiting
    settings = config.stash[SETTINGS]
    if settings.keep != "never" and settings.replay is None and not stays(settings):
        raise pytest.UsageError("--harness-keep needs a cluster that stays; --harness-cluster-keep makes it one")
    config.stash[HOST] = ClusterHost(
        lambda: start_cluster(settings, progress.say), stays=lambda: stays(settings), progress=progress.say
    )
    config.pluginmanager.register(ResultLog(config, progress), "harness-log")
    if getattr(config.option, "numprocesses", None):
        progress.follow(config.stash[FOLDER])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker where the host of the cluster listens."""
    GracefulShutdown.ensure(node.config)
    stash = node.config.stash
    address, key = stash[HOST].listen(stash[FOLDER])
    node.workerinput.update(
        harness_host=address, harness_key=key, harness_folder=str(stash[FOLDER]), harness_run=stash[RUN]
    )


def arrange(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """
    Run a scenario once, workers those that must be alone last; make the vocabulary known if there is any.

    Whatever is collected must be able to run, before anybody selects: a feature that is left out has to be named.
    """
    duplicates = features.drop_twins(items)
    if duplicates:
        config.hook.pytest_deselected(items=duplicates)
        items[:] = [item for item in items if item not in duplicates]
    for report in features.drop_unbound(items):
        config.hook.pytest_collectreport(report=report)
    yield
    others = features.other_shards(items, config.stash[SETTINGS].shard)
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]
    if hasattr(config, "workerinput"):
        # A worker whose scenario must be alone waits until no other scenario runs: in the middle of a run it idles for
        # as long as the others find work, at the end there is none.
        items.sort(key=lambda item: item.get_closest_marker("exclusive") is not None)
    if any(features.template_of(item) for item in items):
        load_vocabulary(config)
        GracefulShutdown.ensure(config)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out a test that wants the run's cluster, which another test has asked for in vain."""
    if "harness_cluster" in getattr(item, "fixturenames", ()):
        require_cluster(item.config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a scenario's end into what its readers need, before the fixtures clean up."""
    report = yield
    parts: Parts | None = item.config.pluginmanager.get_plugin(PARTS)
    if parts and parts.take(item, call, report):
        return report
    settings = item.config.stash[SETTINGS]
    rewrite_report(item, call, report, settings.report)
    if settings.pause_on_failure and report.failed and call.when == "call":
        pause(item, report)
    if call.when == "teardown":
        forget(item)
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the cluster that this run has started."""
    host = session.config.stash.get(HOST, None)
    if host is None:
        return
    try:
        host.stop()
    except HarnessError as error:
        session.config.pluginmanager.getplugin("terminalreporter").write_line(f"\n{error}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the run's folder, even if the session never started."""
    if FOLDER in config.stash and not hasattr(config, "workerinput"):
        remove_workplace(config.stash[FOLDER])
