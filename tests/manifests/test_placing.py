"""How a system becomes a scenario's own: names, references, changes, order, and the server's refusals."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.errors import BadInput, Conflict, Forbidden, Invalid, KubeError, Unreachable
from harness.manifests.apply_order import in_order
from harness.manifests.loading import parse
from harness.manifests.manifest import Manifest
from harness.manifests.placing import alter, missed, with_node
from harness.manifests.placing import stamp as place_on
from harness.manifests.rejection import refused

SYSTEM = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast, labels: {team: a}}
provisioner: kubernetes.io/no-provisioner
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv001}
spec:
  storageClassName: nfs
  claimRef: {name: data-myapp-0, namespace: anywhere}
  hostPath: {path: /srv/pv001, type: DirectoryOrCreate}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv002}
spec:
  storageClassName: fast
  nfs: {server: files.example, path: /srv/given}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: extra}
spec: {storageClassName: nfs, volumeName: pv001}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: myapp}
spec:
  template:
    spec:
      priorityClassName: urgent
      volumes:
        - name: scratch
          ephemeral: {volumeClaimTemplate: {spec: {storageClassName: fast}}}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {storageClassName: fast}
    - metadata: {name: other}
      spec: {storageClassName: standard, volumeName: elsewhere}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: ServiceAccount, name: app, namespace: anywhere}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: fast}
data: {storageClassName: other}
"""

CLUSTER_SCOPED = {
    "Namespace",
    "Node",
    "CustomResourceDefinition",
    "ValidatingWebhookConfiguration",
    "APIService",
    "FlowSchema",
    "PriorityLevelConfiguration",
    "ValidatingAdmissionPolicy",
    "IngressClass",
    "PersistentVolume",
    "StorageClass",
    "PriorityClass",
    "VolumeSnapshotClass",
    "ClusterRole",
    "ClusterRoleBinding",
    "ClusterIssuer",
}


def stamp(
    manifests: list[Manifest], namespace: str, token: str, classes: dict[str, str] | None = None
) -> list[Manifest]:
    """Place manifests on a cluster that knows the scopes of these kinds."""
    scoped = CLUSTER_SCOPED
    return place_on(manifests, namespace, token, classes, is_namespaced=lambda one: one.kind not in scoped)


KEYS = ["storageClassName", "claimRef", "hostPath", "type", "path", "kind", "name", "namespace", "volumeName"]


def bodies(text: str = SYSTEM) -> dict[tuple[str, str], dict[str, Any]]:
    return {(found.kind, found.name): found.body for found in stamp(parse(text, "f.yaml"), "demo", "x1")}


def test_namespaced_objects_get_the_namespace_and_keep_their_names() -> None:
    placed = bodies()
    for key in (("StatefulSet", "myapp"), ("PersistentVolumeClaim", "extra"), ("ConfigMap", "fast")):
        assert placed[key]["metadata"] == {"name": key[1], "namespace": "demo"}


def test_cluster_scoped_objects_get_a_name_of_their_own_and_say_whose_they_are() -> None:
    ours = {"app.kubernetes.io/managed-by": "statefulspec", "statefulspec.dev/namespace": "demo"}
    placed = bodies()
    assert placed["StorageClass", "fast"]["metadata"] == {"name": "fast-x1", "labels": {"team": "a"} | ours}
    assert placed["PersistentVolume", "pv001"]["metadata"] == {"name": "pv001-x1", "labels": ours}
    assert placed["ClusterRoleBinding", "readers"]["metadata"] == {"name": "readers-x1", "labels": ours}


def test_references_follow_and_those_to_strangers_stay() -> None:
    placed = bodies()
    claim = placed["PersistentVolumeClaim", "extra"]["spec"]
    assert claim == {"storageClassName": "nfs-x1", "volumeName": "pv001-x1"}
    spec = placed["StatefulSet", "myapp"]["spec"]
    own, other = spec["volumeClaimTemplates"]
    assert own["spec"] == {"storageClassName": "fast-x1"}
    assert other["spec"] == {"storageClassName": "standard", "volumeName": "elsewhere"}
    scratch = spec["template"]["spec"]["volumes"][0]["ephemeral"]["volumeClaimTemplate"]["spec"]
    assert scratch == {"storageClassName": "fast-x1"}
    assert spec["template"]["spec"]["priorityClassName"] == "urgent"
    assert placed["RoleBinding", "readers"]["roleRef"]["name"] == "reader-x1"
    assert placed["RoleBinding", "readers"]["subjects"][0]["namespace"] == "demo"
    assert placed["ClusterRoleBinding", "readers"]["roleRef"]["name"] == "view"
    assert placed["ConfigMap", "fast"]["data"] == {"storageClassName": "other"}


def test_a_class_that_a_volume_merely_names_is_the_scenarios_own_too() -> None:
    volumes = bodies()
    assert volumes["PersistentVolume", "pv001"]["spec"]["storageClassName"] == "nfs-x1"
    assert volumes["PersistentVolume", "pv002"]["spec"]["storageClassName"] == "fast-x1"
    assert volumes["PersistentVolume", "pv001"]["spec"]["claimRef"]["namespace"] == "demo"


def test_a_volumes_folder_is_the_scenarios_own() -> None:
    placed = bodies()
    assert placed["PersistentVolume", "pv001"]["spec"]["hostPath"]["path"] == "/var/lib/demo/srv/pv001"
    assert placed["PersistentVolume", "pv002"]["spec"]["nfs"]["path"] == "/srv/given"


def test_what_was_loaded_is_not_changed() -> None:
    loaded = parse(SYSTEM, "f.yaml")
    before = copy.deepcopy([manifest.body for manifest in loaded])
    placed = stamp(loaded, "demo", "x1")
    altered = alter(placed, [{"kind": "StatefulSet", "name": "myapp", "patch": {"spec": {"replicas": 1}}}])
    assert [manifest.body for manifest in loaded] == before
    assert [manifest.line for manifest in altered] == [manifest.line for manifest in loaded]
    assert "replicas" not in next(found for found in placed if found.kind == "StatefulSet").body["spec"]


@pytest.mark.row(30)
def test_a_namespace_of_ones_own_is_refused() -> None:
    text = "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  namespace: production\n"
    with pytest.raises(BadInput, match="leave the namespace out") as raised:
        stamp(parse(text, "f.yaml"), "demo", "x1")
    assert str(raised.value).startswith("f.yaml:5: Service a: names the namespace production")
    assert stamp(parse(text, "f.yaml"), "production", "x1")[0].body["metadata"]["namespace"] == "production"


@pytest.mark.row(29, 30)
@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "Namespace"),
        ("v1", "Node"),
        ("apiregistration.k8s.io/v1", "APIService"),
        ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"),
        ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"),
        ("flowcontrol.apiserver.k8s.io/v1", "FlowSchema"),
        ("flowcontrol.apiserver.k8s.io/v1", "PriorityLevelConfiguration"),
        ("networking.k8s.io/v1", "IngressClass"),
    ],
)
def test_what_belongs_to_everybody_is_refused(api_version: str, kind: str) -> None:
    with pytest.raises(BadInput, match="belongs to the whole cluster") as raised:
        stamp(parse(f"apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n", "f.yaml"), "demo", "x1")
    assert raised.value.line == 2


def test_a_namespaced_kind_of_such_a_name_is_nobody_elses() -> None:
    """As `Node` is one of Longhorn."""
    (found,) = parse("apiVersion: longhorn.io/v1beta2\nkind: Node\nmetadata: {name: a}\n", "f.yaml")
    (placed,) = place_on([found], "demo", "x1", is_namespaced=lambda _manifest: True)
    assert placed.body["metadata"] == {"name": "a", "namespace": "demo"}


def test_a_cluster_scoped_custom_resource_keeps_its_name_and_says_whose_it_is() -> None:
    (placed,) = stamp(parse("apiVersion: c.io/v1\nkind: ClusterIssuer\nmetadata: {name: a}\n", "f.yaml"), "demo", "x1")
    ours = {"app.kubernetes.io/managed-by": "statefulspec", "statefulspec.dev/namespace": "demo"}
    assert placed.body["metadata"] == {"name": "a", "labels": ours}


REACHING = [
    pytest.param(
        """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: own
  annotations:
    storageclass.kubernetes.io/is-default-class: "true"
provisioner: example.com/nobody
""",
        6,
        "name the class",
        id="default storage class",
    ),
    pytest.param(
        """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: own, annotations: {storageclass.beta.kubernetes.io/is-default-class: "true"}}
provisioner: example.com/nobody
""",
        3,
        "name the class",
        id="default storage class, as of old",
    ),
    pytest.param(
        """\
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata:
  name: own
  annotations:
    snapshot.storage.kubernetes.io/is-default-class: "true"
driver: csi.example
""",
        6,
        "name the class",
        id="default class of snapshots",
    ),
    pytest.param(
        "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: own}\nvalue: 1\nglobalDefault: true\n",
        5,
        "leave globalDefault out",
        id="default priority",
    ),
    pytest.param(
        "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: own}\nvalue: 1\n"
        "preemptionPolicy: PreemptLowerPriority\n",
        5,
        "preemptionPolicy: Never",
        id="pods of others that give way",
    ),
    pytest.param(
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: own
  labels:
    rbac.authorization.k8s.io/aggregate-to-view: "true"
""",
        6,
        "bind the role itself",
        id="rules for everybody's role",
    ),
    pytest.param(
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: own}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
  - {kind: ServiceAccount, name: app, namespace: anywhere}
  - {kind: Group, name: "system:authenticated", apiGroup: rbac.authorization.k8s.io}
""",
        7,
        "bind the service account",
        id="rights for everybody",
    ),
    pytest.param(
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  externalIPs: [10.0.0.1]\n",
        5,
        "leave externalIPs out",
        id="everybody's traffic",
    ),
]


@pytest.mark.row(30)
@pytest.mark.parametrize(("text", "line", "remedy"), REACHING)
def test_what_would_reach_a_neighbour_is_refused_with_its_line(text: str, line: int, remedy: str) -> None:
    with pytest.raises(BadInput) as raised:
        stamp(parse(text, "f.yaml"), "demo", "x1")
    assert (raised.value.line, remedy in raised.value.remedy) == (line, True)


@pytest.mark.parametrize(
    "text",
    [
        'kind: StorageClass\nmetadata: {name: a, annotations: {storageclass.kubernetes.io/is-default-class: "false"}}',
        "kind: PriorityClass\nmetadata: {name: a}\nvalue: 1\nglobalDefault: false",
        "kind: ResourceQuota\nmetadata: {name: a}\nspec: {hard: {pods: 1}}",
    ],
)
def test_what_stays_within_the_scenario_is_not_refused(text: str) -> None:
    groups = {"StorageClass": "storage.k8s.io/v1", "PriorityClass": "scheduling.k8s.io/v1", "ResourceQuota": "v1"}
    kind = text.split()[1]
    (placed,) = stamp(parse(f"apiVersion: {groups[kind]}\n{text}\n", "f.yaml"), "demo", "x1")
    assert placed.body["metadata"]["name"] == ("a" if kind == "ResourceQuota" else "a-x1")
    assert placed.body.get("preemptionPolicy", "Never") == "Never"
    assert ("preemptionPolicy" in placed.body) is (kind == "PriorityClass")


def test_a_change_is_a_merge_patch_by_the_name_in_the_file() -> None:
    placed = stamp(parse(SYSTEM, "f.yaml"), "demo", "x1")
    patch = {"spec": {"storageClassName": "", "claimRef": None, "hostPath": {"type": None}, "mountOptions": ["ro"]}}
    changed = alter(placed, [{"kind": "PersistentVolume", "name": "pv001", "patch": patch}])
    spec = {found.name: found.body["spec"] for found in changed if found.kind == "PersistentVolume"}
    assert spec["pv001"] == {
        "storageClassName": "",
        "hostPath": {"path": "/var/lib/demo/srv/pv001"},
        "mountOptions": ["ro"],
    }
    assert spec["pv002"]["storageClassName"] == "fast-x1"


def test_a_change_that_concerns_nothing_is_found() -> None:
    placed = stamp(parse(SYSTEM, "f.yaml"), "demo", "x1")
    hit = {"kind": "StatefulSet", "name": "myapp", "patch": {}}
    miss = {"kind": "StatefulSet", "name": "my-app", "patch": {}}
    assert missed(placed, [hit, miss]) == [miss]
    assert alter(placed, [miss]) == placed
    with pytest.raises(BadInput, match="a change has no 'name'"):
        alter(placed, [{"kind": "StatefulSet"}])


def test_order_puts_first_what_others_refer_to() -> None:
    kinds = "Job Pod StatefulSet PersistentVolumeClaim PodDisruptionBudget Service Secret ConfigMap RoleBinding Role"
    kinds += " ServiceAccount PersistentVolume StorageClass CustomResourceDefinition Namespace Widget"
    text = "---\n".join(f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\n" for kind in kinds.split())
    found = [manifest.kind for manifest in in_order(parse(text, "f.yaml"))]
    assert found[:5] == ["Namespace", "CustomResourceDefinition", "StorageClass", "PersistentVolume", "ServiceAccount"]
    assert found[5:10] == ["Role", "RoleBinding", "Secret", "ConfigMap", "Service"]
    assert found[10:] == ["PodDisruptionBudget", "PersistentVolumeClaim", "StatefulSet", "Widget", "Job", "Pod"]


REFUSED = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: myapp}
spec:
  replicas: -1
  template:
    spec:
      containers:
        - name: app
          imag: x
"""


@pytest.mark.row(17)
@pytest.mark.parametrize(
    ("error", "text"),
    [
        pytest.param(
            Invalid("myapp is invalid", 422, causes=(("spec.replicas", "must be greater than or equal to 0"),)),
            "f.yaml:5: the server refuses StatefulSet myapp: spec.replicas: must be greater than or equal to 0",
            id="one cause",
        ),
        pytest.param(
            Invalid(
                "myapp is invalid",
                422,
                causes=(("spec.template.spec.containers[0].image", "Required value"), ("spec.replicas", "negative")),
            ),
            "f.yaml:5: the server refuses StatefulSet myapp:\n"
            "  f.yaml:9: spec.template.spec.containers[0].image: Required value\n"
            "  f.yaml:5: spec.replicas: negative",
            id="several causes",
        ),
        pytest.param(
            Invalid('strict decoding error: unknown field "spec.template.spec.containers[0].imag"', 400),
            "f.yaml:10: the server refuses StatefulSet myapp: spec.template.spec.containers[0].imag: "
            'strict decoding error: unknown field "spec.template.spec.containers[0].imag"',
            id="strict decoding",
        ),
        pytest.param(
            Invalid(
                "failed to create typed patch", 500, causes=(('spec.template.spec.containers[name="app"].imag', "x"),)
            ),
            "f.yaml:10: the server refuses StatefulSet myapp: spec.template.spec.containers[0].imag: x",
            id="server-side apply",
        ),
        pytest.param(
            Invalid("failed", 500, causes=(('spec.template.spec.containers[name="other",b=1].x[k=2].y', "x"),)),
            "f.yaml:8: the server refuses StatefulSet myapp: spec.template.spec.containers: x",
            id="an item the file lacks",
        ),
        pytest.param(
            Invalid("failed", 500, causes=(('spec.ports[0].x.replicas[name="a"].y', "x"),)),
            "f.yaml:4: the server refuses StatefulSet myapp: spec.ports[0].x.replicas: x",
            id="a list the file lacks",
        ),
        pytest.param(
            Forbidden("admission webhook denied the request: spec.template.spec.containers[0].imag is odd", 403),
            "f.yaml:10: the server refuses StatefulSet myapp: spec.template.spec.containers[0].imag: "
            "admission webhook denied the request: spec.template.spec.containers[0].imag is odd",
            id="webhook",
        ),
        pytest.param(
            Forbidden("exceeded quota: pods=10", 403),
            "f.yaml:1: StatefulSet myapp: the server refuses it: exceeded quota: pods=10",
            id="no field",
        ),
        pytest.param(
            Conflict("conflict", 409, causes=((".spec.replicas", 'conflict with "autoscaler"'),)),
            'f.yaml:5: the server refuses StatefulSet myapp: .spec.replicas: conflict with "autoscaler"',
            id="another manager",
        ),
    ],
)
def test_a_refusal_names_file_and_line_of_each_field(error: KubeError, text: str) -> None:
    (manifest,) = parse(REFUSED, "f.yaml")
    told = refused(error, manifest)
    assert isinstance(told, BadInput)
    assert str(told) == text


def test_an_error_that_no_manifest_is_to_blame_for_stays_what_it_is() -> None:
    (manifest,) = parse(REFUSED, "f.yaml")
    error = Unreachable("hung up")
    assert refused(error, manifest) is error


@pytest.mark.parametrize("kind", ["PersistentVolume", "ClusterRoleBinding", "StatefulSet"])
@given(
    values=st.fixed_dictionaries(
        {},
        optional={
            key: st.recursive(
                st.none() | st.booleans() | st.integers() | st.text("a-/é\n"),
                lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(KEYS), inner),
                max_leaves=8,
            )
            for key in ("spec", "roleRef", "subjects", "data")
        },
    )
)
def test_a_manifest_of_any_shape_is_placed_for_the_server_to_judge(kind: str, values: dict[str, Any]) -> None:
    versions = {"PersistentVolume": "v1", "StatefulSet": "apps/v1"}
    api_version = versions.get(kind, "rbac.authorization.k8s.io/v1")
    body = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}} | values
    assume("'/'" not in repr(values))  # a path that is refused
    (placed,) = stamp([Manifest(body, "f.yaml", 1, {}, "a")], "demo", "x1")
    assert placed.body["metadata"]["name"] == ("a" if kind == "StatefulSet" else "a-x1")


def test_a_path_with_two_slashes_is_the_same_path() -> None:
    body = {"spec": {"volumes": [{"name": "a", "hostPath": {"path": "//srv/a", "type": "DirectoryOrCreate"}}]}}
    (placed,) = stamp([Manifest({"kind": "Pod", "apiVersion": "v1", "metadata": {}} | body, "f.yaml", 1)], "demo", "x1")
    assert placed.body["spec"]["volumes"][0]["hostPath"]["path"] == "/var/lib/demo/srv/a"


STAND_INS = """\
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: {name: evening}
spec: {volumeSnapshotClassName: csi.statefulspec.dev, source: {persistentVolumeClaimName: csi.statefulspec.dev}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: vault}
spec:
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {storageClassName: csi.statefulspec.dev, volumeAttributesClassName: csi.statefulspec.dev}
"""


def test_the_clusters_own_classes_take_the_place_of_the_name_that_stands_for_them() -> None:
    """Each by its kind; a name that only looks the same, and what was given, stay as they are."""
    given = parse(STAND_INS, "vault.yaml")
    classes = {"StorageClass": "fast", "VolumeAttributesClass": "gold", "VolumeSnapshotClass": "nightly"}
    snapshot, vault = (one.body["spec"] for one in stamp(given, "ns", "t1", classes))
    source = {"persistentVolumeClaimName": "csi.statefulspec.dev"}
    assert snapshot == {"volumeSnapshotClassName": "nightly", "source": source}
    spec = {"storageClassName": "fast", "volumeAttributesClassName": "gold"}
    assert vault["volumeClaimTemplates"] == [{"metadata": {"name": "data"}, "spec": spec}]
    assert given == parse(STAND_INS, "vault.yaml")


def test_a_class_that_the_cluster_does_not_have_is_told_with_the_tag_to_add() -> None:
    with pytest.raises(BadInput, match=r"vault.yaml:\d+: .*VolumeAttributesClass of a CSI driver") as refusal:
        stamp(parse(STAND_INS, "vault.yaml"), "ns", "t1", {"StorageClass": "fast", "VolumeSnapshotClass": "nightly"})
    assert "@needs_csi" in refusal.value.remedy


def test_a_snapshot_follows_a_class_of_snapshots_that_is_the_scenarios_own() -> None:
    own = """\
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: mine}
driver: csi.example
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata: {name: evening}
spec: {volumeSnapshotClassName: mine}
"""
    kind, snapshot = (one.body for one in stamp(parse(own, "own.yaml"), "ns", "t1"))
    assert (kind["metadata"]["name"], snapshot["spec"]["volumeSnapshotClassName"]) == ("mine-t1", "mine-t1")


def test_a_control_names_a_node_without_knowing_the_cluster() -> None:
    asked: list[str] = []
    named = [
        {"kind": "StatefulSet", "name": "s", "patch": {"spec": {"nodes": [{"nodeName": "a-node.statefulspec.dev"}]}}}
    ]
    plain = [{"kind": "StatefulSet", "name": "s", "patch": {"spec": {"replicas": 1}}}]
    assert with_node(plain, lambda: asked.append("asked") or "never") == tuple(plain)
    assert asked == []
    assert with_node(named, lambda: "node-7")[0]["patch"] == {"spec": {"nodes": [{"nodeName": "node-7"}]}}
