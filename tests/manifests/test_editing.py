"""What a scenario changes in a system: versions, replicas, partitions."""

from __future__ import annotations

from copy import deepcopy

import pytest

from harness.errors import BadInput
from harness.manifests.editing import chain, with_demand, with_partition, with_replicas, with_service, with_version
from harness.manifests.loading import parse
from harness.manifests.manifest import Manifest

SYSTEM = """
apiVersion: v1
kind: Service
metadata: {name: db}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
  annotations:
    statefulspec.dev/versions: v1=registry.example:5000/db:1 v2=registry.example:5000/db:2
spec:
  replicas: 1
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
        - {name: server, image: "registry.example:5000/db:1"}
        - {name: helper, image: "helper:1"}
"""


@pytest.fixture
def system() -> list[Manifest]:
    return parse(SYSTEM, "db.yaml")


def test_version_is_the_first_image_and_a_label(system: list[Manifest]) -> None:
    """The set says what the version's image is; other containers and objects stay as they are."""
    service, changed = with_version("db", "v2")(system)
    template = changed.body["spec"]["template"]
    images = [container["image"] for container in template["spec"]["containers"]]
    assert images == ["registry.example:5000/db:2", "helper:1"]
    assert template["metadata"]["labels"] == {"app": "db", "app.kubernetes.io/version": "v2"}
    assert service == system[0]


def test_edits_leave_what_they_were_given(system: list[Manifest]) -> None:
    """An edit returns new manifests: what was applied before stays known."""
    before = deepcopy([manifest.body for manifest in system])
    chain(with_version("db", "v2"), with_replicas("db", 5), with_partition("db", 3))(system)
    assert [manifest.body for manifest in system] == before


def test_edits_are_made_one_after_another(system: list[Manifest]) -> None:
    """A chain makes them all, the later one upon the former."""
    spec = chain(with_replicas("db", 5), with_partition("db", 3), with_replicas("db", 4))(system)[1].body["spec"]
    assert spec["replicas"] == 4
    assert spec["updateStrategy"] == {"type": "RollingUpdate", "rollingUpdate": {"partition": 3}}


def test_service_gets_another_spec(system: list[Manifest]) -> None:
    """Nothing of the former spec is left: a service is of one type alone."""
    once = with_service("db", type="ExternalName", externalName="db.example.org")(system)
    again = with_service("db", type="ClusterIP", ports=[{"port": 80}])(once)
    assert again[0].body["spec"] == {"type": "ClusterIP", "ports": [{"port": 80}]}
    assert again[1] == system[1]


def test_budget_asks_for_one_thing_at_a_time() -> None:
    """What it asked for before is gone: a budget may not ask for both; whom it watches over stays."""
    kind = "apiVersion: policy/v1, kind: PodDisruptionBudget"
    budget = parse(f"{{{kind}, metadata: {{name: db}}, spec: {{minAvailable: 2, selector: {{}}}}}}", "budget.yaml")
    (changed,) = with_demand("db", maxUnavailable="10%")(budget)
    assert changed.body["spec"] == {"selector": {}, "maxUnavailable": "10%"}


def test_unknown_version(system: list[Manifest]) -> None:
    """The error says where the versions stand, and which there are."""
    with pytest.raises(BadInput) as caught:
        with_version("db", "v9")(system)
    assert (caught.value.file, caught.value.line) == ("db.yaml", 11)
    assert 'version "v9" is; it knows v1, v2' in str(caught.value)


def test_unknown_set(system: list[Manifest]) -> None:
    """A service of that name is no stateful set."""
    with pytest.raises(BadInput, match=r'db\.yaml: there is no StatefulSet "other" among these manifests'):
        with_replicas("other", 2)(system)
