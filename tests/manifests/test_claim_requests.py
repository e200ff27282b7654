"""Which claims of manifests would take a volume that somebody else has put on the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from harness.errors import BadInput
from harness.kube.api import Api
from harness.manifests.claim_requests import wishes
from harness.manifests.loading import parse
from harness.manifests.placing import stamp
from harness.scenario.belongings import refuse_taking
from tests.fakes.apiserver import FakeServer, kubeconfig, serving

CLAIMS = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: one}
spec: {storageClassName: a}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: set}
spec:
  template:
    spec:
      volumes:
        - name: scratch
          ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce]}}}
  volumeClaimTemplates:
    - metadata: {name: data, annotations: {volume.beta.kubernetes.io/storage-class: old}}
      spec: {storageClassName: a}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: none}
data: {kind: PersistentVolumeClaim}
"""
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: one}
spec:
  CLASS
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 2Gi}}
"""


def test_every_claim_that_an_object_is_or_makes_is_found_with_its_class() -> None:
    found = [(wish.at, wish.class_name) for one in parse(CLAIMS, "f.yaml") for wish in wishes(one.body)]
    ephemeral = "spec.template.spec.volumes[0].ephemeral.volumeClaimTemplate.spec"
    assert found == [("spec", "a"), (ephemeral, None), ("spec.volumeClaimTemplates[0].spec", "old")]


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with serving() as fake:
        default = {"storageclass.kubernetes.io/is-default-class": "true"}
        fake.put("", "storageclasses", "standard", {"metadata": {"annotations": default}})
        fake.put("", "storageclasses", "slow")
        yield fake


def volume(server: FakeServer, class_name: str = "slow", phase: str = "Available", **spec: Any) -> None:
    known = {"storageClassName": class_name, "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "5Gi"}}
    server.put("", "persistentvolumes", "theirs", {"spec": known | spec, "status": {"phase": phase}})


def ask(server: FakeServer, folder: Path, claim: str, text: str = CLAIM) -> None:
    manifests = parse(text.replace("CLASS", claim), "f.yaml")
    placed = stamp(manifests, "demo", "x1", is_namespaced=lambda one: one.kind != "PersistentVolume")
    with closing(Api.connect(kubeconfig(folder, server.url))) as api:
        refuse_taking(api, placed, "x1")


@pytest.mark.parametrize(
    ("claim", "of"),
    [
        ("storageClassName: slow", "slow"),
        ("volumeMode: Filesystem", "standard"),
        ('storageClassName: ""', ""),
        ("volumeName: theirs", "other"),
    ],
)
def test_a_claim_that_would_take_somebodys_volume_is_refused(
    server: FakeServer, tmp_path: Path, claim: str, of: str
) -> None:
    volume(server, of)
    with pytest.raises(BadInput, match="would take volume theirs, which was on the cluster before") as refusal:
        ask(server, tmp_path, claim)
    assert refusal.value.line in (4, 5)


@pytest.mark.parametrize(
    "spec",
    [
        {"class_name": "standard"},
        {"class_name": ""},
        {"phase": "Bound", "claimRef": {"name": "other"}},
        {"phase": "Released"},
        {"capacity": {"storage": "1Gi"}},
        {"accessModes": ["ReadWriteMany"]},
        {"volumeMode": "Block"},
    ],
)
def test_a_volume_that_does_not_fit_is_in_nobodys_way(server: FakeServer, tmp_path: Path, spec: dict[str, Any]) -> None:
    volume(server, **spec)
    ask(server, tmp_path, "storageClassName: slow")


def test_a_class_of_the_scenarios_own_has_volumes_of_its_own(server: FakeServer, tmp_path: Path) -> None:
    """Also the class of volumes that are of none, and one that stands in an annotation, as in manifests of old."""
    own = (
        "---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: own, annotations: {ANNOTATION}}\nspec: {CLASS}\n"
    )
    old = "volume.beta.kubernetes.io/storage-class: slow"
    for class_name in ("slow", '""'):
        volume(server, class_name.strip('"'))
        mine = own.replace("ANNOTATION", "").replace("CLASS", f"storageClassName: {class_name}")
        ask(server, tmp_path, f"storageClassName: {class_name}", CLAIM + mine)
    ask(server, tmp_path, 'storageClassName: ""', CLAIM + own.replace("ANNOTATION", "").replace("CLASS", "nfs: {}"))
    volume(server, "slow")
    claim = CLAIM.replace("{name: one}", f"{{name: one, annotations: {{{old}}}}}").replace("  CLASS\n", "")
    ask(server, tmp_path, "", claim + own.replace("ANNOTATION", old).replace("CLASS", "nfs: {}"))
    assert not [call for call in server.calls if call.path.endswith("/persistentvolumes")]
