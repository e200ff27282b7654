"""What a scenario changes in volumes before it has them made."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from harness.errors import BadInput, EnvironmentUnfit
from harness.manifests.loading import parse
from harness.manifests.manifest import Manifest
from harness.manifests.volume_edits import asking_for, claims_asking_for, dealt_to, placed_on, with_reclaim_policy

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
    changed = placed_on("Pod", "a", "node-2")(shelf)
    assert changed[3].body["spec"] == {"nodeSelector": {"kubernetes.io/hostname": "node-2"}}
    assert [*changed[:3], changed[4]] == [*shelf[:3], shelf[4]]


def test_what_is_on_no_node_is_placed_on_none() -> None:
    with pytest.raises(BadInput, match="a PersistentVolumeClaim is on no node"):
        placed_on("PersistentVolumeClaim", "data", "node-2")


CLAIMED = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: other}
spec: {resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: data}
spec:
  volumeClaimTemplates:
  - {metadata: {name: a}, spec: {resources: {requests: {storage: 1Gi}}}}
  - {metadata: {name: b}, spec: {resources: {requests: {storage: 1Gi}}}}
"""


def sizes(manifests: list[Manifest]) -> list[str]:
    specs = [one.body["spec"] for one in manifests[:2]]
    specs += [template["spec"] for template in manifests[2].body["spec"]["volumeClaimTemplates"]]
    return [str(spec["resources"]["requests"]["storage"]) for spec in specs]


def test_one_claim_asks_for_more() -> None:
    """Neither another claim nor the set of the same name does, and what was given stays as it was."""
    given = parse(CLAIMED, "claimed.yaml")
    assert sizes(asking_for("data", "2Gi")(given)) == ["2Gi", "1Gi", "1Gi", "1Gi"]
    assert sizes(given) == ["1Gi"] * 4


def test_each_claim_of_a_set_asks_for_more() -> None:
    """All of its templates do, and no claim that the set does not make."""
    given = parse(CLAIMED, "claimed.yaml")
    assert sizes(claims_asking_for("data", "2Gi")(given)) == ["1Gi", "1Gi", "2Gi", "2Gi"]
    assert sizes(given) == ["1Gi"] * 4
