"""
What of a cluster's storage is made by a CSI driver, and what that driver's volumes can do.

Problem: a scenario needs a class of such storage, and every cluster calls its own otherwise. Solution: of all classes
that a CSI driver provisions the one whose volumes can do most is taken for the run, and manifests name it STAND_IN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.model import Object

__all__ = ["STORAGE_CAPABILITIES", "Storage", "StorageCapabilities", "lacks_of_default", "offer"]

STORAGE_CAPABILITIES = (
    "needs_csi",
    "needs_growing_volumes",
    "needs_snapshots",
    "needs_attached_volumes",
    "needs_moving_volumes",
    "needs_volume_attributes",
)
"""The capabilities that `offer` decides on; the first one is what all others rest on."""

_OF_ONE_NODE = (
    "rancher.io/local-path",
    "k8s.io/minikube-hostpath",
    "microk8s.io/hostpath",
    "openebs.io/local",
    "kubernetes.io/no-provisioner",
)
"""The provisioners whose volumes are folders or disks of one node: those of kind and k3d, minikube, and others."""

Listed = Sequence[Object] | str
"""Objects as the server lists them, or half a sentence on why it does not."""


@dataclass(frozen=True, slots=True)
class Storage:
    """What a server says of its storage and its nodes, each kind as it is listed."""

    drivers: Listed = ()
    classes: Listed = ()
    snapshot_classes: Listed = ()
    attributes_classes: Listed = ()
    csi_nodes: Listed = ()
    nodes: Listed = ()


@dataclass(frozen=True, slots=True)
class StorageCapabilities:
    """
    What a cluster offers: kind of class → the name that STAND_IN stands for, and missing ability → why.

    The reasons are half sentences that say what to do.
    """

    classes: dict[str, str] = field(default_factory=dict)
    lacks: dict[str, str] = field(default_factory=dict)


def offer(storage: Storage) -> StorageCapabilities:
    """Return what the class of a CSI driver offers that can do most; of equals the default class, else by name."""
    drivers = {_name(driver): driver for driver in _objects(storage.drivers)}
    classes = [one for one in _objects(storage.classes) if one["provisioner"] in drivers]
    if not classes:
        return StorageCapabilities(lacks=dict.fromkeys(STORAGE_CAPABILITIES, _why_none(storage, drivers)))
    offers = [_offer(storage, one, drivers[one["provisioner"]]) for one in sorted(classes, key=_rank)]
    return min(offers, key=lambda one: len(one.lacks))


def lacks_of_default(storage: Storage) -> dict[str, str]:
    """Return which capabilities the default class leaves open, and why."""
    defaults = [one for one in _objects(storage.classes) if not _rank(one)[0]]
    if not defaults:
        return dict.fromkeys(("needs_dynamic_volumes", "needs_roaming_volumes"), "it has no default storage class")
    for one in defaults:
        if one["provisioner"] in _OF_ONE_NODE:
            why = f"volumes of its default class {_name(one)} ({one['provisioner']}) stay on the node they were made on"
            return {"needs_roaming_volumes": why}
    return {}


def _offer(storage: Storage, storage_class: Object, driver: Object) -> StorageCapabilities:
    name, made_by = _name(storage_class), _name(driver)
    classes, lacks = {"StorageClass": name}, {}
    if not storage_class.get("allowVolumeExpansion"):
        lacks["needs_growing_volumes"] = f"set allowVolumeExpansion: true in a class like {name}, which has it not"
    for ability, kind, listed, of in (
        ("needs_snapshots", "VolumeSnapshotClass", storage.snapshot_classes, "driver"),
        ("needs_volume_attributes", "VolumeAttributesClass", storage.attributes_classes, "driverName"),
    ):
        found = sorted((one for one in _objects(listed) if one.get(of) == made_by), key=_rank)
        if found:
            classes[kind] = _name(found[0])
        else:
            lacks[ability] = (
                listed if isinstance(listed, str) else f"make a {kind} of CSI driver {made_by}: it has none"
            )
    if driver["spec"].get("attachRequired") is False:
        reason = f"CSI driver {made_by} attaches no volumes (attachRequired: false): take another driver"
        lacks |= dict.fromkeys(("needs_attached_volumes", "needs_moving_volumes"), reason)
    elif _reach(storage, made_by) < 2:
        lacks["needs_moving_volumes"] = (
            f"CSI driver {made_by} reaches a volume from one node alone: add a node to one of its zones"
        )
    return StorageCapabilities(classes, lacks)


def _why_none(storage: Storage, drivers: Mapping[str, Object]) -> str:
    for listed in (storage.drivers, storage.classes):
        if isinstance(listed, str):
            return listed
    if not drivers:
        return "it has no CSI driver: install one, and a storage class of it"
    return f"no storage class has {' or '.join(sorted(drivers))} for its provisioner: make one"


def _reach(storage: Storage, driver: str) -> int:
    """Return from how many nodes one volume of a driver can be reached, of those that take pods."""
    nodes = {_name(node): node["metadata"].get("labels") or {} for node in _objects(storage.nodes)}
    zones: dict[tuple[str, ...], int] = {}
    for one in _objects(storage.csi_nodes):
        for told in one["spec"].get("drivers") or ():
            if told["name"] == driver and _name(one) in nodes:
                zone = tuple(str(nodes[_name(one)].get(key)) for key in sorted(told.get("topologyKeys") or ()))
                zones[zone] = zones.get(zone, 0) + 1
    return max(zones.values(), default=0)


def _rank(one: Object) -> tuple[bool, str]:
    annotations = one["metadata"].get("annotations") or {}
    default = any(key.endswith("/is-default-class") and value == "true" for key, value in annotations.items())
    return not default, _name(one)


def _objects(listed: Listed) -> Sequence[Object]:
    return () if isinstance(listed, str) else listed


def _name(one: Object) -> str:
    return str(one["metadata"]["name"])
