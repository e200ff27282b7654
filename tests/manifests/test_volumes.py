"""What a scenario changes in volumes before it has them made."""

from __future__ import annotations

from copy import deepcopy

from harness.manifests.loading import parse
from harness.manifests.volumes import lying_on, with_reclaim_policy

SHELF = """
apiVersion: v1
kind: PersistentVolume
metadata: {name: a}
spec: {persistentVolumeReclaimPolicy: Delete}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: b}
spec: {persistentVolumeReclaimPolicy: Delete}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: a}
spec: {}
"""


def test_policy_is_that_of_one_volume() -> None:
    """Neither another volume nor a claim of the same name changes, nor what was given."""
    given = parse(SHELF, "shelf.yaml")
    before = deepcopy([manifest.body for manifest in given])
    changed = with_reclaim_policy("a", "Retain")(given)
    assert [one.body["spec"] for one in changed] == [
        {"persistentVolumeReclaimPolicy": "Retain"},
        {"persistentVolumeReclaimPolicy": "Delete"},
        {},
    ]
    assert [manifest.body for manifest in given] == before


def test_volume_lies_on_its_node() -> None:
    """A volume can be reached from the node of that host name and from no other."""
    first, second, claim = lying_on({"a": "node-1", "b": "node-2"})(parse(SHELF, "shelf.yaml"))
    terms = [one.body["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"] for one in (first, second)]
    expressions = [term[0]["matchExpressions"] for term in terms]
    assert expressions == [
        [{"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}] for node in ("node-1", "node-2")
    ]
    assert claim.body["spec"] == {}
