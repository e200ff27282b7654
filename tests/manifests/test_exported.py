"""Objects that were read from a server can be had again: without its books, and not where they cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.errors import BadInput
from harness.manifests.loading import parse
from harness.manifests.manifest import Manifest

SERVERS = {
    "uid": "3d7d",
    "resourceVersion": "17",
    "generation": 2,
    "creationTimestamp": "2026-11-30T10:00:00Z",
    "managedFields": [{"manager": "kubectl"}],
}
BOUND = {"pv.kubernetes.io/bound-by-controller": "yes", "pv.kubernetes.io/bind-completed": "yes"}


def exported(kind: str, *, name: str = "a", metadata: dict[str, Any] | None = None, **body: Any) -> dict[str, Any]:
    whole = {"name": name, "namespace": "shop", **SERVERS, **(metadata or {})}
    return {"apiVersion": "v1", "kind": kind, "metadata": whole, "status": {"phase": "x"}, **body}


def read(*objects: dict[str, Any]) -> list[Manifest]:
    return parse(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}, indent=1), "f.json")


def test_what_the_server_writes_is_left_out():
    [found] = read(exported("ConfigMap", metadata={"labels": {"app": "a"}}, data={"k": "v"}))

    assert found.body == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "labels": {"app": "a"}},
        "data": {"k": "v"},
    }


def test_what_nobody_read_from_a_server_keeps_all_that_a_person_may_write():
    text = "apiVersion: x.example/v1\nkind: Shelf\nmetadata: {name: a, namespace: shop, finalizers: [x.example/a]}\n"
    text += "status: {books: 3}\n"

    [found] = parse(text, "f.yaml")

    assert found.body["metadata"] == {"name": "a", "namespace": "shop", "finalizers": ["x.example/a"]}
    assert found.body["status"] == {"books": 3}


def test_a_template_that_kubectl_prints_keeps_its_meaning():
    """`kubectl create --dry-run=client -o yaml` prints a time of creation that is null."""
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, creationTimestamp: null}\n"
    assert parse(text, "f.yaml")[0].body["metadata"] == {"name": "a"}


@pytest.mark.parametrize(
    ("kind", "metadata", "spec", "left"),
    [
        (
            "Service",
            {},
            {"clusterIP": "10.0.0.7", "clusterIPs": ["10.0.0.7"], "type": "ClusterIP"},
            {"type": "ClusterIP"},
        ),
        ("Service", {}, {"clusterIP": "None", "clusterIPs": ["None"]}, {"clusterIP": "None", "clusterIPs": ["None"]}),
        ("Service", {}, {"ports": [{"port": 80, "nodePort": 30080}]}, {"ports": [{"port": 80}]}),
        ("PersistentVolumeClaim", {"annotations": {**BOUND}}, {"volumeName": "pvc-1", "x": 1}, {"x": 1}),
        ("PersistentVolumeClaim", {}, {"volumeName": "chosen"}, {"volumeName": "chosen"}),
        ("PersistentVolume", {"annotations": {**BOUND}}, {"claimRef": {"name": "b", "uid": "7"}, "x": 1}, {"x": 1}),
        ("PersistentVolume", {}, {"claimRef": {"name": "b", "uid": "7"}}, {"claimRef": {"name": "b"}}),
        ("Pod", {}, {"nodeName": "node-7", "x": 1}, {"x": 1}),
        ("Job", {}, {"selector": {"matchLabels": {"controller-uid": "7"}}, "x": 1}, {"x": 1}),
        ("Job", {}, {"selector": {"a": 1}, "manualSelector": True}, {"selector": {"a": 1}, "manualSelector": True}),
    ],
)
def test_what_was_assigned_to_this_one_alone_is_left_out(kind, metadata, spec, left):
    [found] = read(exported(kind, metadata=metadata, spec=spec))

    assert found.body["spec"] == left
    assert not (found.body["metadata"].get("annotations"))


def test_a_claim_keeps_its_volume_where_that_comes_with_it():
    claim = exported("PersistentVolumeClaim", metadata={"annotations": {**BOUND}}, spec={"volumeName": "disk"})

    found = read(claim, exported("PersistentVolume", name="disk", spec={}))

    assert found[0].body["spec"] == {"volumeName": "disk"}


def test_labels_that_a_job_was_given_are_left_out():
    labels = {"app": "a", "batch.kubernetes.io/controller-uid": "7", "controller-uid": "7", "job-name": "a"}

    [found] = read(exported("Job", spec={"template": {"metadata": {"labels": labels}}}))

    assert found.body["spec"]["template"]["metadata"]["labels"] == {"app": "a"}


def test_what_is_in_every_namespace_is_left_out():
    found = read(exported("ConfigMap", name="kube-root-ca.crt"), exported("ServiceAccount", name="default"))

    assert found == []


def test_objects_of_two_namespaces_keep_them_and_are_refused_when_they_are_placed():
    found = read(exported("ConfigMap"), exported("ConfigMap", name="b", metadata={"namespace": "other"}))

    assert [one.body["metadata"]["namespace"] for one in found] == ["shop", "other"]


@pytest.mark.parametrize(
    ("one", "line", "said"),
    [
        pytest.param(
            exported("Pod", metadata={"ownerReferences": [{"kind": "StatefulSet", "name": "web", "uid": "7"}]}),
            20,
            "Pod a: belongs to StatefulSet web",
            id="owned",
        ),
        pytest.param(
            exported(
                "PersistentVolume", metadata={"annotations": {"pv.kubernetes.io/provisioned-by": "ebs.csi.aws.com"}}
            ),
            21,
            "PersistentVolume a: was made by ebs.csi.aws.com for a claim elsewhere",
            id="provisioned",
        ),
    ],
)
def test_what_cannot_be_had_again_is_refused_with_its_line(one, line, said):
    with pytest.raises(BadInput) as raised:
        read(one)

    assert str(raised.value).startswith(f"f.json:{line}: {said}")
    assert "leave " in raised.value.remedy
