"""What a cluster's storage can do, decided from what its server lists, and what to do where it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from harness.cluster.storage import STORAGE_CAPABILITIES, Storage, lacks_of_default, offer

DEFAULT = {"storageclass.kubernetes.io/is-default-class": "true"}


def thing(name: str, annotations: dict[str, str] | None = None, **content: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "annotations": annotations or {}}, **content}


def driver(name: str, *, attaches: bool | None = True) -> dict[str, Any]:
    return thing(name, spec={} if attaches is None else {"attachRequired": attaches})


def storage_class(name: str, made_by: str = "csi.example", *, default: bool = False, grows: bool = False) -> Any:
    return thing(name, DEFAULT if default else None, provisioner=made_by, allowVolumeExpansion=grows)


def on_nodes(*zones: str) -> dict[str, Any]:
    """Return nodes, one in each zone named, on which the driver runs and knows of zones."""
    labels = {f"node-{number}": {"zone": zone} for number, zone in enumerate(zones)}
    told = {"drivers": [{"name": "csi.example", "nodeID": "n", "topologyKeys": ["zone"]}]}
    nodes = [{"metadata": {"name": name, "labels": found}} for name, found in labels.items()]
    return {"nodes": nodes, "csi_nodes": [thing(name, spec=told) for name in labels]}


def test_a_driver_that_can_do_everything_lacks_nothing() -> None:
    found = offer(
        Storage(
            drivers=[driver("csi.example")],
            classes=[storage_class("fast", grows=True), storage_class("standard", "example.org/folders", default=True)],
            snapshot_classes=[thing("nightly", driver="csi.example"), thing("daily", driver="other.example")],
            attributes_classes=[thing("gold", driverName="csi.example")],
            **on_nodes("a", "b", "a"),
        )
    )
    assert found.lacks == {}
    names = {"StorageClass": "fast", "VolumeSnapshotClass": "nightly", "VolumeAttributesClass": "gold"}
    assert found.classes == names


@pytest.mark.parametrize(
    ("storage", "says"),
    [
        (Storage(), "it has no CSI driver: install one"),
        (Storage(drivers="allow list of csidrivers, which the credentials may not"), "allow list of csidrivers"),
        (Storage(drivers=[driver("csi.example")]), "no storage class has csi.example for its provisioner"),
        (
            Storage(drivers=[driver("csi.example")], classes=[storage_class("standard", "example.org/folders")]),
            "no storage class has csi.example for its provisioner",
        ),
    ],
)
def test_without_a_class_of_a_driver_there_is_nothing(storage: Storage, says: str) -> None:
    found = offer(storage)
    assert set(found.lacks) == set(STORAGE_CAPABILITIES)
    assert all(says in reason for reason in found.lacks.values())
    assert found.classes == {}


def test_each_ability_that_is_missing_says_what_to_do() -> None:
    found = offer(
        Storage(
            drivers=[driver("csi.example")],
            classes=[storage_class("slow")],
            snapshot_classes="it does not serve snapshot.storage.k8s.io/v1: install what serves VolumeSnapshotClass",
            attributes_classes=[thing("gold", driverName="other.example")],
            **on_nodes("a", "b"),
        )
    )
    assert found.lacks == {
        "needs_growing_volumes": "set allowVolumeExpansion: true in a class like slow, which has it not",
        "needs_snapshots": "it does not serve snapshot.storage.k8s.io/v1: install what serves VolumeSnapshotClass",
        "needs_volume_attributes": "make a VolumeAttributesClass of CSI driver csi.example: it has none",
        "needs_moving_volumes": "CSI driver csi.example reaches a volume from one node alone: "
        "add a node to one of its zones",
    }
    assert found.classes == {"StorageClass": "slow"}


@pytest.mark.parametrize(("attaches", "missing"), [(True, False), (None, False), (False, True)])
def test_a_driver_attaches_unless_it_says_that_it_does_not(attaches: bool | None, missing: bool) -> None:
    drivers, classes = [driver("csi.example", attaches=attaches)], [storage_class("fast")]
    found = offer(Storage(drivers=drivers, classes=classes, **on_nodes("a", "a")))
    assert ("needs_attached_volumes" in found.lacks, "needs_moving_volumes" in found.lacks) == (missing, missing)


def test_a_node_that_takes_no_pods_or_lacks_the_driver_does_not_count() -> None:
    """A volume moves only to a node that the driver runs on, and that pods go to."""
    told = on_nodes("a", "a", "a")
    drivers, classes = [driver("csi.example")], [storage_class("fast")]
    fewer = [told | {"nodes": told["nodes"][:1]}, told | {"csi_nodes": told["csi_nodes"][:1]}]
    for case in fewer:
        assert "needs_moving_volumes" in offer(Storage(drivers=drivers, classes=classes, **case)).lacks
    assert "needs_moving_volumes" not in offer(Storage(drivers=drivers, classes=classes, **told)).lacks


def test_the_class_that_can_do_most_is_taken_then_the_default_then_by_name() -> None:
    def chosen(*classes: Any) -> str:
        return offer(Storage(drivers=[driver("csi.example")], classes=classes)).classes["StorageClass"]

    assert chosen(storage_class("a", default=True), storage_class("b", grows=True)) == "b"
    assert chosen(storage_class("a"), storage_class("b", default=True)) == "b"
    assert chosen(storage_class("b"), storage_class("a")) == "a"


def test_the_default_class_decides_whether_volumes_are_made_and_go_to_other_nodes() -> None:
    def lacking(*classes: Any) -> dict[str, str]:
        return lacks_of_default(Storage(classes=classes))

    assert lacking(storage_class("a")).keys() == {"needs_dynamic_volumes", "needs_roaming_volumes"}
    assert lacking(storage_class("a", default=True)) == {}
    pinned = lacking(storage_class("standard", "rancher.io/local-path", default=True))
    assert "standard (rancher.io/local-path) stay on the node" in pinned["needs_roaming_volumes"]
    assert pinned.keys() == {"needs_roaming_volumes"}
