"""The fixtures that live as long as the run: its settings, its cluster, its connection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.cluster.provider import ON_DEMAND
from harness.errors import HarnessError
from harness.plugin.hosting import ClusterHandle, NoCluster, ask_host
from harness.plugin.keys import FOLDER, FOLDERS, HOST, NAMESPACES, RUN, SETTINGS, UNAVAILABLE
from harness.plugin.options import Settings

if TYPE_CHECKING:
    from harness.kube.api import Api

__all__ = ["NotRun", "harness_api", "harness_cluster", "harness_run_folder", "harness_settings", "require_cluster"]


@pytest.fixture(scope="session")
def harness_settings(request: pytest.FixtureRequest) -> Settings:
    """What this run was told, on the command line, in the environment or in the ini file. Scope: session."""
    return request.config.stash[SETTINGS]


@pytest.fixture(scope="session")
def harness_run_folder(request: pytest.FixtureRequest) -> Path:
    """A folder that all processes of this run share, removed at its end. Scope: session."""
    return request.config.stash[FOLDER]


@pytest.fixture(scope="session")
def harness_cluster(request: pytest.FixtureRequest) -> ClusterHandle:
    """
    The run's cluster, started at the first request and stopped at the end of the run. Scope: session.

    What a collected scenario needs and the cluster has on demand is there before the first of them begins.

    Override it to bring a cluster of your own: return a ClusterHandle.
    """
    needs = [name for name in ON_DEMAND if any(item.get_closest_marker(name) for item in request.session.items)]
    try:
        return _attach(request.config, needs)
    except NoCluster as told:
        request.config.stash[UNAVAILABLE] = told.title
        raise NotRun(f"the run has no cluster: {told.title}") from None
    except HarnessError as error:
        request.config.stash[UNAVAILABLE] = str(error).partition("\n")[0]
        raise


def require_cluster(config: pytest.Config) -> None:
    """Return unless this process has asked for the run's cluster in vain: then the test that asks again is not run."""
    if UNAVAILABLE in config.stash:
        raise NotRun(f"the run has no cluster: {config.stash[UNAVAILABLE]}")


class NotRun(pytest.skip.Exception):  # type: ignore[misc, name-defined]
    """A test that would only fail as another one did before it: what keeps all of them fails a run once."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, _use_item_location=True)


def _attach(config: pytest.Config, needs: Sequence[str]) -> ClusterHandle:
    host = config.stash.get(HOST, None)
    if host is not None:
        return host.attach(needs)
    worker = config.workerinput  # type: ignore[attr-defined]
    return ask_host(worker["harness_host"], worker["harness_key"], needs)


@pytest.fixture(scope="session")
def harness_api(request: pytest.FixtureRequest, harness_cluster: ClusterHandle) -> Iterator[Api]:
    """The connection to the API server; at its end all that this process has made is gone. Scope: session."""
    from harness.kube.api import Api
    from harness.manifests.placing import MANAGED_BY
    from harness.scenario.folders import Folders
    from harness.scenario.namespace import RUN_LABEL
    from harness.scenario.removal import await_removal

    api = Api.connect(harness_cluster.kubeconfig, harness_cluster.context)
    made = request.config.stash.setdefault(NAMESPACES, [])
    folders = Folders(api, {**MANAGED_BY, RUN_LABEL: request.config.stash[RUN]})
    if harness_cluster.stays and "needs_containers" in harness_cluster.capabilities:
        request.config.stash[FOLDERS] = folders
    yield api
    if harness_cluster.stays:
        await_removal(api, made)
        folders.clear(made)
