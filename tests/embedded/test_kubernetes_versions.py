"""A cluster is of the version and the gates that were asked for, and says so; what it does not know never starts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from harness.api_server import ApiServer
from harness.cluster.embedded import lifecycle
from harness.cluster.embedded.embedded import Embedded
from harness.cluster.embedded.families import DEFAULT, release_of
from harness.errors import BadInput
from harness.kube.api import Api

pytestmark = pytest.mark.embedded
GATE = "MaxUnavailableStatefulSet"


def quiet(_: str) -> None:
    """Show no progress."""


@contextmanager
def started(name: str, minor: str, gates: dict[str, bool]) -> Iterator[Embedded]:
    cluster = Embedded.start(name, 1, "fake", quiet, kubernetes=minor, gates=gates)
    try:
        yield cluster
    finally:
        lifecycle.down(name)


def told(cluster: Embedded) -> ApiServer:
    with closing(Api.connect(cluster.kubeconfig, cluster.context)) as api:
        return api.told_of_itself()


def test_server_is_of_the_version_and_has_the_gates(name: str) -> None:
    """The gate is one whose default differs: off in 1.36, on in 1.37."""
    with started(name, DEFAULT, {GATE: True, "SELinuxMount": False}) as cluster:
        server, description = told(cluster), cluster.describe()

        with pytest.raises(BadInput, match=f"runs with 1 fake nodes of Kubernetes {DEFAULT} with {GATE}=true"):
            lifecycle.up(name, kind="fake", progress=quiet)

    assert server.version == release_of()
    assert server.is_on(GATE)
    assert server.gates is not None
    assert server.gates["SELinuxMount"] is False
    assert description.endswith(f"Kubernetes {release_of()}, 1 fake node, {GATE}=true,SELinuxMount=false")


def test_gate_that_the_version_does_not_know_is_refused_before_anything_starts(name: str) -> None:
    with pytest.raises(BadInput) as refusal:
        lifecycle.up(name, kind="fake", progress=quiet, gates={"MaxUnavailableStatefulSets": True})

    assert "unrecognized feature gate: MaxUnavailableStatefulSets" in refusal.value.problem
    assert GATE in refusal.value.remedy
    assert lifecycle.status(name) is None
