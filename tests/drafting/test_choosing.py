"""Which promises apply to an application, by what its manifests say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_bdd.feature import get_feature

from harness.drafting.application import ManifestSource
from harness.drafting.case import DraftedCase, NotAsked
from harness.drafting.choosing import choose
from harness.errors import BadInput
from harness.manifests.manifest import Manifest
from tests.vocabulary.test_sentences import matching

APPLICATION = """\
apiVersion: v1
kind: Service
metadata: {name: db-peers}
spec: {clusterIP: None, selector: {app: db}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: db}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: db}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db-peers
  replicas: 3
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      initContainers: [{name: prepare, image: busybox:1.36}]
      containers:
        - name: exporter
          image: exporter:1
        - name: db
          image: registry.k8s.io/etcd:3.6.8-0
          volumeMounts: [{name: data, mountPath: /var/lib/db}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
"""


def chosen(tmp_path: Path, *changes: tuple[str, str]) -> tuple[dict[str, DraftedCase], dict[str, str]]:
    text = APPLICATION
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "db.yaml").write_text(text)
    (_, found), *others = ManifestSource(tmp_path / "db.yaml").read().chosen.values()
    assert not others
    asked = {one.promise: one for one in found if isinstance(one, DraftedCase)}
    return asked, {one.promise: one.reason for one in found if isinstance(one, NotAsked)}


def test_a_set_that_promises_all_is_asked_for_all(tmp_path: Path) -> None:
    asked, spared = chosen(tmp_path)
    assert list(asked) == [
        "starts, one replica after another",
        "runs its init containers first",
        "gives each replica a name that leads to it",
        "replaces a pod by the same replica",
        "keeps its data when a pod is replaced",
        "keeps its data over a rollout",
        "keeps its data when it is scaled away and back",
        "scales at the high end only",
        "stops its replicas from the last one on",
        "rolls out one replica at a time, and serves meanwhile",
        "keeps a canary to its partition",
        "gives up no more replicas than its budget allows",
        "leaves nodes that are drained, and serves on",
    ]
    assert list(spared) == ["what becomes of a replica that is not ready"]


SLOW = ("  replicas: 3", "  minReadySeconds: 20\n  replicas: 3")
PARALLEL = ("  serviceName: db-peers\n", "  serviceName: db-peers\n  podManagementPolicy: Parallel\n")
ON_DELETE = ("  serviceName: db-peers\n", "  serviceName: db-peers\n  updateStrategy: {type: OnDelete}\n")
DELETED = (
    "  serviceName: db-peers\n",
    "  serviceName: db-peers\n  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}\n",
)


_SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: db}
spec: {LEAST maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: db}}
---
apiVersion: apps/v1
kind: StatefulSet
"""
SCALED, SCALED_BEYOND = (
    ("apiVersion: apps/v1\nkind: StatefulSet\n", _SCALER.replace("LEAST", least)) for least in ("", "minReplicas: 4,")
)
UNCOVERED = ("{matchLabels: {app: db}}}\n---", "{matchLabels: {app: x}}}\n---")
ALONE, PAIR, MANY = (("replicas: 3", f"replicas: {number}") for number in (1, 2, 7))
NO_SERVICE = ("  serviceName: db-peers\n", "")
UNMOUNTED = ("        - name: db\n", "        - name: d\n")
STARTS = "starts, one replica after another"
DRAINED, NAMED = "leaves nodes that are drained, and serves on", "gives each replica a name that leads to it"


@pytest.mark.parametrize(
    ("change", "promise", "reason"),
    [
        (PARALLEL, "an order of start and stop", "podManagementPolicy is Parallel"),
        (ON_DELETE, "keeps a canary to its partition", "OnDelete"),
        (ALONE, "keeps a canary to its partition", "one replica"),
        (ALONE, "scales at the high end only", "only you know"),
        (PAIR, "stops its replicas from the last one on", "no order to see"),
        (NO_SERVICE, NAMED, "no governing service"),
        (UNMOUNTED, "keeps its data", 'container "exporter" of db-0 mounts no claim'),
        (DELETED, "keeps its data when it is scaled away and back", "deletes the claims"),
        (("initContainers: [{", "volumes: [{"), "runs its init containers first", "no init containers"),
        (UNCOVERED, DRAINED, "no PodDisruptionBudget"),
        (("maxUnavailable: 1", "minAvailable: 100%"), DRAINED, "allows no eviction"),
        (SCALED, "scales at the high end only; stops its replicas from the last one on", "db decides how many"),
        (SCALED_BEYOND, "all", "HorizontalPodAutoscaler db scales it to 4 to 9 replicas at once"),
    ],
)
def test_what_a_set_does_not_promise_is_not_asked(
    change: tuple[str, str], promise: str, reason: str, tmp_path: Path
) -> None:
    asked, spared = chosen(tmp_path, change)
    assert promise not in asked
    assert reason in spared[promise]


@pytest.mark.parametrize(
    ("demand", "answer"),
    [
        ("maxUnavailable: 1", "1 eviction is granted and 2 are refused"),
        ("maxUnavailable: 34%", "2 evictions are granted and 1 is refused"),
        ("minAvailable: 50%", "1 eviction is granted and 2 are refused"),
        ("minAvailable: 3", "0 evictions are granted and 3 are refused"),
        ("minAvailable: 0", "the eviction is granted"),
    ],
)
def test_a_budget_is_reckoned_as_its_controller_does(demand: str, answer: str, tmp_path: Path) -> None:
    asked, _ = chosen(tmp_path, ("maxUnavailable: 1", demand))
    assert asked["gives up no more replicas than its budget allows"].steps[-1] == f"Then {answer}"


def test_an_update_begins_once_all_replicas_count_as_available(tmp_path: Path) -> None:
    plain, _ = chosen(tmp_path)
    slow, _ = chosen(tmp_path, SLOW)
    for promise in ("rolls out one replica at a time, and serves meanwhile", "keeps a canary to its partition"):
        assert plain[promise].steps[0] == 'Given StatefulSet "db" with 3 ready replicas'
        assert slow[promise].steps[0] == 'Given StatefulSet "db" with 3 available replicas'


@pytest.mark.parametrize("change", [None, PARALLEL, ON_DELETE, ALONE, MANY, SLOW])
def test_every_sentence_of_a_draft_is_of_the_vocabulary(change: tuple[str, str] | None, tmp_path: Path) -> None:
    chosen(tmp_path, *([change] if change else []))
    (tmp_path / "db.feature").write_text(ManifestSource(tmp_path / "db.yaml").read().feature(tmp_path))
    feature = get_feature(str(tmp_path), "db.feature")
    assert len(feature.scenarios) >= 8
    for scenario in feature.scenarios.values():
        strange = [step.name for step in scenario.render({}).steps if len(matching(step.name, step.type)) != 1]
        assert strange == []


def test_a_draft_says_what_it_needs_and_what_it_spares(tmp_path: Path) -> None:
    chosen(tmp_path)
    text = ManifestSource(tmp_path / "db.yaml").read().feature(tmp_path / "features")
    assert 'Given the manifests are in "../db.yaml"' in text
    assert "  @needs_dynamic_volumes @needs_registry @needs_servers\n" in text
    assert "  # - db: what becomes of a replica that is not ready: whether" in text


def test_several_sets_have_rules_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(APPLICATION + "---\n" + APPLICATION.replace("db", "cache"))
    text = ManifestSource(tmp_path / "all.yaml").read().feature(tmp_path)
    assert [line for line in text.splitlines() if "Rule:" in line] == ["  Rule: db", "  Rule: cache"]


def test_what_has_no_set_is_refused_with_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n")
    with pytest.raises(BadInput, match="there is no StatefulSet in it, but Deployment web"):
        ManifestSource(tmp_path / "web.yaml").read()


VALUES = st.none() | st.booleans() | st.integers(-2, 3) | st.text("a:", max_size=2)
PATHS = st.sampled_from(
    [
        *("spec", "spec.replicas", "spec.ordinals", "spec.ordinals.start", "spec.minReadySeconds", "spec.serviceName"),
        *("spec.updateStrategy", "spec.updateStrategy.rollingUpdate", "spec.volumeClaimTemplates", "spec.template"),
        *(
            "spec.template.metadata",
            "spec.template.metadata.labels",
            "spec.template.spec",
            "spec.template.spec.volumes",
        ),
        *("spec.template.spec.containers", "spec.template.spec.initContainers", "spec.template.spec.affinity"),
        *("spec.persistentVolumeClaimRetentionPolicy", "metadata.annotations", "spec.podManagementPolicy"),
        "spec.updateStrategy.rollingUpdate.maxUnavailable",
    ]
)


KEYS = st.sampled_from(["name", "metadata", "spec"])


@given(PATHS, st.recursive(VALUES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner)))
def test_a_set_that_is_wrong_is_refused_in_words(path: str, value: Any) -> None:
    containers = [{"name": "a", "image": "b", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]
    spec: dict[str, Any] = {"template": {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": containers}}}
    body: dict[str, Any] = {"kind": "StatefulSet", "apiVersion": "apps/v1", "metadata": {"name": "a"}, "spec": spec}
    *around, last = path.split(".")
    at = body
    for part in around:
        at = at.setdefault(part, {})
    at[last] = value
    told = ""
    try:
        choose([Manifest(body, "a.yaml", 1, {}, "a")], "a.yaml")
    except BadInput as error:
        told = str(error)
    assert not told or told.startswith("a.yaml:1: StatefulSet a: ")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("spec: {clusterIP: None, selector: {app: db}}", "spec: [1]"), "Service db-peers: spec is no mapping"),
        (("spec: {clusterIP: None, selector: {app: db}}", "other: 1"), "Service db-peers: it has no spec"),
        (("selector: {app: db}}\n---", "selector: db}\n---"), "Service db-peers: selector is no mapping"),
        (("selector: {matchLabels: {app: db}}}", "selector: {matchLabels: [a]}}"), "matchLabels is no mapping"),
        (("selector: {matchLabels: {app: db}}}", "selector: {matchExpressions: [a]}}"), "a list of values is wanted"),
        (("metadata: {name: data}", "metadata: {name: [data]}"), "StatefulSet db: metadata.name is missing here"),
    ],
)
def test_what_belongs_to_a_set_is_refused_in_words_too(change: tuple[str, str], told: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=re.escape(told)) as refusal:
        chosen(tmp_path, change)
    assert refusal.value.line


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ((), True),
        ((("replicas: 3", "replicas: 1"),), False),  # one replica has no order
        ((("  replicas: 3", "  updateStrategy: {rollingUpdate: {maxUnavailable: 2}}\n  replicas: 3"),), False),
    ],
)
def test_an_order_of_replacements_is_asked_only_where_one_is_promised(
    tmp_path: Path, changes: tuple[tuple[str, str], ...], asked: bool
) -> None:
    cases, _ = chosen(tmp_path, *changes)
    rollouts = [case for promise, case in cases.items() if promise.startswith("rolls out")]
    assert len(rollouts) == 1
    assert any("replace a replica out of order" in step for step in rollouts[0].steps) == asked


def test_a_set_that_is_scaled_by_somebody_else_is_not_scaled(tmp_path: Path) -> None:
    asked, _ = chosen(tmp_path, SCALED)
    assert "starts, one replica after another" in asked
    assert not [step for one in asked.values() for step in one.steps if "scaled" in step]


@pytest.mark.parametrize(
    ("version", "told"),
    [
        (
            "apps/v1beta1",
            r"db\.yaml:\d+: StatefulSet db: no server has this version any more\n.*write apiVersion: apps/v1",
        ),
        ("apps.kruise.io/v1beta1", "there is no StatefulSet in it, but .*StatefulSet db of apps.kruise.io/v1beta1"),
    ],
)
def test_a_set_of_another_api_is_none(version: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=told):
        chosen(tmp_path, ("apps/v1", version))


def test_a_service_of_another_api_gives_no_names(tmp_path: Path) -> None:
    asked, _ = chosen(tmp_path, ("apiVersion: v1\nkind: Service", "apiVersion: serving.knative.dev/v1\nkind: Service"))
    assert "have no Service of that name" in asked[NAMED].advice


@pytest.mark.parametrize(
    ("change", "promise", "advice"),
    [
        (("clusterIP: None", "type: ExternalName, externalName: db.example.com"), NAMED, "another name for something"),
        (("metadata: {name: db}\nspec:\n", f"metadata: {{name: {'d' * 53}}}\nspec:\n"), STARTS, "to 52 characters"),
    ],
)
def test_a_broken_promise_is_told_what_to_change(
    change: tuple[str, str], promise: str, advice: str, tmp_path: Path
) -> None:
    asked, _ = chosen(tmp_path, change)
    assert advice in asked[promise].advice


def test_a_canary_of_many_replicas_is_still_read(tmp_path: Path) -> None:
    asked, _ = chosen(tmp_path, ("replicas: 3", "replicas: 9"))
    told = asked["keeps a canary to its partition"].steps[3]
    assert told == 'And for 3 seconds pods "db-3", "db-4", "db-5", "db-6" and "db-7" are not replaced'
