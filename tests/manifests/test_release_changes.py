"""What changes between two releases: objects that go, and fields that the server does not let change."""

from __future__ import annotations

import pytest

from harness.errors import Invalid
from harness.manifests.loading import parse
from harness.manifests.manifest import Manifest
from harness.manifests.release_changes import dropped, refused_upgrade

OLD = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 1
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: db:1}]}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        resources: {requests: {storage: 1Gi}}
"""
FORBIDDEN = "updates to statefulset spec for fields other than 'replicas', 'template' are forbidden"


def refused(old: str, new: str, *causes: tuple[str, str]) -> str:
    (before,), (after,) = parse(old, "old.yaml"), parse(new, "new.yaml")
    return str(refused_upgrade(Invalid(FORBIDDEN, causes=causes or (("spec", FORBIDDEN),)), before, after))


def test_the_field_that_a_set_does_not_let_change_is_told_with_its_line_and_a_remedy() -> None:
    """The server itself says only which fields could have been changed; what could be is not told."""
    told = refused(OLD, OLD.replace("1Gi", "2Gi").replace("db:1", "db:2").replace("replicas: 1", "replicas: 3"))
    assert told.splitlines()[0] == "the server refuses the upgrade of StatefulSet db"
    field = "spec.volumeClaimTemplates[0].spec.resources.requests.storage"
    assert f"new.yaml:14: {field}: 1Gi → 2Gi" in told
    assert "image" not in told
    assert "spec.replicas" not in told
    assert FORBIDDEN in told
    assert "kubectl patch persistentvolumeclaim" in told
    assert "kubectl delete statefulset db --cascade=orphan" in told


@pytest.mark.parametrize(
    ("change", "field", "remedy"),
    [
        (("serviceName: db", "serviceName: peers"), "spec.serviceName: db → peers", "keep the old service"),
        (
            ("{matchLabels: {app: db}}", "{matchLabels: {app: d}}"),
            "spec.selector.matchLabels.app: db → d",
            "keep the old",
        ),
        (
            ("  replicas: 1\n", "  replicas: 1\n  podManagementPolicy: Parallel\n"),
            "spec.podManagementPolicy: nothing → Parallel",
            "--cascade=orphan",
        ),
    ],
)
def test_each_field_has_its_remedy(change: tuple[str, str], field: str, remedy: str) -> None:
    told = refused(OLD, OLD.replace(*change))
    assert field in told
    assert remedy in told


JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: prepare}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a:1}]}}}
"""


def test_of_other_kinds_the_field_that_the_server_names_is_told() -> None:
    new = JOB.replace("a:1", "a:2").replace("spec: {template", "spec: {parallelism: 2, template")
    told = refused(JOB, new, ("spec.template", "field is immutable"))
    assert "spec.template.spec.containers[0].image: a:1 → a:2" in told
    assert "parallelism" not in told
    assert "give it a name of its own in each release" in told


def test_a_kind_that_nobody_knows_gets_a_remedy_too() -> None:
    (one,) = parse("apiVersion: e.com/v1\nkind: Thing\nmetadata: {name: a}\nspec: {b: 1}\n", "new.yaml")
    told = str(refused_upgrade(Invalid("b is immutable", causes=(("spec.b", "immutable"),)), changed(one), one))
    assert "spec.b: 2 → 1" in told
    assert "kubectl delete thing a" in told


def changed(one: Manifest) -> Manifest:
    return Manifest({**one.body, "spec": {"b": 2}}, "old.yaml", 1, {}, one.name)


def test_what_the_next_release_has_not_goes_unless_it_is_to_be_kept() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\n"
    kept = text.replace("{name: NAME}", "{name: c, annotations: {helm.sh/resource-policy: keep}}")
    old = parse("---\n".join([text.replace("NAME", "a"), text.replace("NAME", "b"), kept]), "old.yaml")
    new = parse(text.replace("NAME", "a"), "new.yaml")
    assert [one.name for one in dropped(old, new)] == ["b"]
