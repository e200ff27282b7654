"""What a scenario changes in a system: versions, replicas, partitions."""

from __future__ import annotations

from copy import deepcopy

import pytest

from harness.errors import BadInput
from harness.manifests.editing import (
    chain,
    labelled,
    with_demand,
    with_partition,
    with_replicas,
    with_service,
    with_version,
)
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


def test_version_is_the_applications_image_and_a_label(system: list[Manifest]) -> None:
    """The set says what the version's image is; other containers and objects stay as they are."""
    service, changed = with_version("db", "v2")(system)
    template = changed.body["spec"]["template"]
    images = [container["image"] for container in template["spec"]["containers"]]
    assert images == ["registry.example:5000/db:2", "helper:1"]
    assert template["metadata"]["labels"] == {"app": "db", "app.kubernetes.io/version": "v2"}
    assert service == system[0]


CHART = """
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: web
  annotations:
    statefulspec.dev/versions: v1=busybox:1.35 v2=busybox:1.36
spec:
  template:
    metadata: {annotations: {ANNOTATED}}
    spec:
      initContainers:
        - {name: migrate, image: "busybox:1.35"}
        - {name: proxy, image: "busybox:1.35", restartPolicy: Always}
      containers:
        - {name: reloader, image: "RELOADER"}
        - {name: server, image: "busybox:1.35"}
        - {name: web, image: "THIRD"}
"""


def chart(annotated: str = "", reloader: str = "reloader:1", third: str = "busybox:1.35") -> list[Manifest]:
    named = f"kubectl.kubernetes.io/default-container: {annotated}" if annotated else ""
    text = CHART.replace("ANNOTATED", named).replace("RELOADER", reloader).replace("THIRD", third)
    return parse(text, "web.yaml")


@pytest.mark.parametrize(
    ("annotated", "reloader", "right"),
    [
        pytest.param("server", "busybox:1.37", "server", id="R09"),
        pytest.param("reloader", "reloader:1", "reloader", id="whatever runs there, where it is said"),
        pytest.param("", "busybox:1.35", "web", id="the name of the set"),
    ],
)
def test_version_goes_to_the_application_alone(annotated: str, reloader: str, right: str) -> None:
    """Other containers, and init containers of the same image, stay as they are."""
    (before,), (changed,) = chart(annotated, reloader), with_version("web", "v2")(chart(annotated, reloader))
    old, new = (one.body["spec"]["template"]["spec"] for one in (before, changed))
    assert new["initContainers"] == old["initContainers"]
    images = {one["name"]: one["image"] for one in new["containers"]}
    assert images == {one["name"]: one["image"] for one in old["containers"]} | {right: "busybox:1.36"}


@pytest.mark.parametrize("third", ["exporter:1", "busybox:1.37"])
def test_version_is_refused_where_the_images_are_at_odds_with_the_guess(third: str) -> None:
    """Neither the name nor the place of a container says more than the image of another one that has versions."""
    with pytest.raises(BadInput, match=r'"web" would get the version.*"server" runs one of them') as caught:
        with_version("web", "v2")(chart(third=third))
    assert (caught.value.file, caught.value.line) == ("web.yaml", 15)
    assert "kubectl.kubernetes.io/default-container: web or server" in caught.value.remedy


def test_version_is_refused_where_the_annotation_names_no_container() -> None:
    with pytest.raises(BadInput, match="names container 'gone', which its pods do not have") as caught:
        with_version("web", "v2")(chart("gone"))
    assert (caught.value.file, caught.value.line) == ("web.yaml", 10)


def test_pods_are_known_by_their_label(system: list[Manifest]) -> None:
    """Those of templates at any depth; the label of a service, or of the set itself, is none of a pod."""
    assert labelled("app", "db")(system) == system
    with pytest.raises(BadInput, match=r"db\.yaml: no pod is labelled app: other here"):
        labelled("app", "other")(system)
    pod = "{metadata: {labels: {x: a}}, spec: {containers: []}}"
    head = "apiVersion: batch/v1, kind: CronJob, metadata: {name: j, labels: {x: b}}"
    job = f"{{{head}, spec: {{jobTemplate: {{spec: {{template: {pod}}}}}}}}}"
    assert labelled("x", "a")(parse(job, "j.yaml"))
    with pytest.raises(BadInput):
        labelled("x", "b")(parse(job, "j.yaml"))


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
    """A service of that name is no StatefulSet."""
    with pytest.raises(BadInput, match=r'db\.yaml: there is no StatefulSet "other" among these manifests'):
        with_replicas("other", 2)(system)
