"""What a scenario changes in volumes before it has them made."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from harness.errors import EnvironmentUnfit
from harness.manifests.loading import parse
from harness.manifests.manifest import Manifest
from harness.manifests.volumes import dealt_to, running_on, with_reclaim_policy

SHELF = """
apiVersion: v1
kind: PersistentVolume
metadata: {name: a}
spec: {persistentVolumeReclaimPolicy: Delete}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: a}
spec: {}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: b}
spec: {persistentVolumeReclaimPolicy: Delete}
---
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: c}
spec: {persistentVolumeReclaimPolicy: Delete}
"""


@pytest.fixture
def shelf() -> list[Manifest]:
    return parse(SHELF, "shelf.yaml")


def node_of(manifest: Manifest) -> Any:
    terms = manifest.body["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"]
    return [rule for term in terms for rule in term["matchExpressions"]]


def test_policy_is_that_of_one_volume(shelf: list[Manifest]) -> None:
    """Neither another volume nor another object of the same name changes, nor what was given."""
    before = deepcopy([manifest.body for manifest in shelf])
    changed = with_reclaim_policy("a", "Retain")(shelf)
    assert changed[0].body["spec"] == {"persistentVolumeReclaimPolicy": "Retain"}
    assert changed[1:] == shelf[1:]
    assert [manifest.body for manifest in shelf] == before


def test_volumes_are_dealt_in_turn(shelf: list[Manifest]) -> None:
    """Each lies on one node; the third of them on the first node again; what is no volume is passed over."""
    dealt = dealt_to(["node-1", "node-2"])(shelf)
    wanted = [
        {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]} for node in ("node-1", "node-2", "node-1")
    ]
    assert [node_of(dealt[number]) for number in (0, 2, 4)] == [[rule] for rule in wanted]
    assert [dealt[1], dealt[3]] == [shelf[1], shelf[3]]


def test_nothing_can_be_dealt_to_nobody() -> None:
    """A cluster none of whose nodes takes pods is not fit for this."""
    with pytest.raises(EnvironmentUnfit, match="no node takes pods"):
        dealt_to([])


def test_pod_runs_on_its_node_or_nowhere(shelf: list[Manifest]) -> None:
    """Only the pod of that name is told where to run."""
    changed = running_on("a", "node-2")(shelf)
    assert changed[3].body["spec"] == {"nodeSelector": {"kubernetes.io/hostname": "node-2"}}
    assert [*changed[:3], changed[4]] == [*shelf[:3], shelf[4]]
