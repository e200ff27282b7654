"""What a scenario needs of its cluster, and what a run may leave out: silence is not green."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from harness.api_server import ApiServer
from harness.errors import EnvironmentUnfit
from harness.plugin.attempt import attempt_of
from harness.plugin.hosting import ClusterHandle
from harness.plugin.keys import SETTINGS, UNAVAILABLE
from harness.plugin.versions import GATE, unmet
from harness.reports.results import ScenarioResult

__all__ = ["hold_to_profile", "needs", "nothing_ran", "skip_if_lacking", "skip_if_of_another_version"]


def needs(node: pytest.Item) -> list[str]:
    """Return the capabilities that a scenario's tags ask for; a feature gate is none."""
    names = (marker.name for marker in node.iter_markers())
    return [name for name in names if name.startswith("needs_") and not name.startswith(GATE)]


def skip_if_of_another_version(node: pytest.Item, server: Callable[[], ApiServer]) -> None:
    """Skip, with the reason, a scenario that is meant for another version of Kubernetes or for a gate that is off."""
    found = unmet((marker.name for marker in node.iter_markers()), server)
    if found:
        attempt_of(node).lacking = [found[0]]
        pytest.skip(found[1])


def skip_if_lacking(node: pytest.Item, cluster: ClusterHandle, may_lack: frozenset[str] | None) -> None:
    """
    Skip a scenario whose needs the cluster cannot meet, with the reason.

    Raises EnvironmentUnfit where the claimed profile does not leave that open, or where what it needs has failed.
    """
    wanted = needs(node)
    lacking = [name for name in wanted if name not in cluster.capabilities]
    if may_lack is not None:
        for name in lacking:
            _refuse_unless_listed(name, cluster, may_lack)
    if lacking:
        attempt_of(node).lacking = lacking
        pytest.skip(cluster.missing_reason(lacking[0]))
    for name in wanted:
        if name in cluster.failed:
            raise EnvironmentUnfit(cluster.failed[name])


def hold_to_profile(item: pytest.Item, report: pytest.TestReport) -> None:
    """Fail a skip, under a claimed profile, that is not for what the profile leaves open: a tag, a fixture, a step."""
    claimed = item.config.stash[SETTINGS].may_lack is not None and UNAVAILABLE not in item.config.stash
    if not (claimed and report.skipped) or attempt_of(item).lacking or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"skipped, though the claimed profile promises it: {reason.removeprefix('Skipped: ')}"


def nothing_ran(results: Sequence[ScenarioResult]) -> Iterator[str]:
    """Yield in words that there were scenarios and all of them were skipped; nothing where one was tried."""
    if results and not any(result.was_tried for result in results):
        many = f"all {len(results)} scenarios were" if len(results) > 1 else "the only scenario was"
        yield f"nothing was shown: {many} skipped; the reasons say what the cluster would need"
        yield "  to leave scenarios out on purpose, select those that can run: -m 'not needs_…'"


def _refuse_unless_listed(name: str, cluster: ClusterHandle, may_lack: frozenset[str]) -> None:
    if name not in may_lack:
        raise EnvironmentUnfit(
            f"the cluster lacks {name}, which the claimed profile promises",
            expected=f"it lacks nothing but {', '.join(sorted(may_lack)) or 'what no scenario needs'}",
            observed=cluster.missing_reason(name),
            look_at=(f"if the profile leaves it open: --harness-may-lack={name}",),
        )
