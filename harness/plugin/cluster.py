"""What lives as long as the run: its cluster, its connection; fixtures give it to tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from harness.cluster.provider import ON_DEMAND
from harness.errors import HarnessError
from harness.plugin.hosting import ClusterHandle, NoCluster, ask_host
from harness.plugin.keys import FOLDERS, HOST, NAMESPACES, RUN, UNAVAILABLE

if TYPE_CHECKING:
    from harness.kube.api import Api

__all__ = ["NotRun", "cluster_of", "connected", "require_cluster"]


def cluster_of(request: pytest.FixtureRequest) -> ClusterHandle:
    """Return the run's cluster, with all that the collected scenarios need and it has on demand; see the fixture."""
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


def connected(request: pytest.FixtureRequest, cluster: ClusterHandle) -> Iterator[Api]:
    """Yield the connection to the API server; afterwards all that this process has made is gone."""
    from harness.kube.api import Api
    from harness.manifests.placing import MANAGED_BY
    from harness.scenario.folders import Folders
    from harness.scenario.namespace import RUN_LABEL
    from harness.scenario.removal import await_removal

    api = Api.connect(cluster.kubeconfig, cluster.context)
    made = request.config.stash.setdefault(NAMESPACES, [])
    folders = Folders(api, {**MANAGED_BY, RUN_LABEL: request.config.stash[RUN]})
    if cluster.stays and "needs_containers" in cluster.capabilities:
        request.config.stash[FOLDERS] = folders
    yield api
    if cluster.stays:
        await_removal(api, made)
        folders.clear(made)
