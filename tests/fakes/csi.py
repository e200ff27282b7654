"""
A CSI driver without a driver: writes to a real API server what the sidecars of one write, and nothing more.

It plays external-provisioner, -resizer, -attacher and -snapshotter, and of the kubelet what that says of a driver. Who
attaches and detaches is the cluster's own controller. With `folder` a volume is a folder in it, which the nodes of an
embedded cluster know as INSIDE; a snapshot or a clone is then a copy of it. Without, a volume is a name, for nodes that
run nothing.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from harness.errors import Conflict, Invalid, NotFound
from harness.kube.api import Api
from harness.model import KINDS, Kind, amount

__all__ = ["DRIVER", "Driver", "playing"]

DRIVER = "stub.csi.example"
CLASS = "stub"
INSIDE = "/tmp/hostpath_pv"
"""Where real nodes of an embedded cluster have the folder of its volumes."""

_SNAPSHOTS = "snapshot.storage.k8s.io"
_FINALIZER = "external-attacher/stub-csi-example"
_PACE_S = 0.1
_CLAIM, _VOLUME, _POD = KINDS["PersistentVolumeClaim"], KINDS["PersistentVolume"], KINDS["Pod"]
_ATTACHMENT, _SNAPSHOT = KINDS["VolumeAttachment"], KINDS["VolumeSnapshot"]

Raw = dict[str, Any]


class Driver:
    """What the sidecars of one driver do, once each time that `work` is called."""

    def __init__(self, api: Api, folder: Path | None = None) -> None:
        self._api, self._folder = api, folder

    def install(self) -> None:
        """Tell the server of the driver: what it can do, its classes, where it runs, and what a snapshot is."""
        for plural, kind, namespaced in (
            ("volumesnapshots", "VolumeSnapshot", True),
            ("volumesnapshotclasses", "VolumeSnapshotClass", False),
        ):
            self._define(plural, kind, namespaced=namespaced)
        storage, made_by = "storage.k8s.io/v1", {"provisioner": DRIVER}
        self._make(storage, "CSIDriver", DRIVER, spec={"attachRequired": True})
        self._make(storage, "StorageClass", CLASS, **made_by, allowVolumeExpansion=True, reclaimPolicy="Delete")
        self._make(storage, "VolumeAttributesClass", CLASS, driverName=DRIVER, parameters={"tier": "fast"})
        self._make(f"{_SNAPSHOTS}/v1", "VolumeSnapshotClass", CLASS, driver=DRIVER, deletionPolicy="Delete")
        for node in self._api.list(KINDS["Node"]).items:
            name = node["metadata"]["name"]
            drivers = [{"name": DRIVER, "nodeID": name, "topologyKeys": []}]
            self._make(storage, "CSINode", name, spec={"drivers": drivers})
            managed = {"volumes.kubernetes.io/controller-managed-attach-detach": "true"}
            self._api.patch(KINDS["Node"], name, None, {"metadata": {"annotations": managed}})

    def work(self) -> None:
        """Do once what there is to do."""
        claims = list(self._api.list(_CLAIM).items)
        volumes = {one["metadata"]["name"]: one for one in self._api.list(_VOLUME).items}
        for claim in claims:
            if claim["spec"].get("storageClassName") == CLASS:
                self._serve(claim, volumes.get(claim["spec"].get("volumeName", "")))
        for volume in volumes.values():
            if volume["status"].get("phase") == "Released" and _ours(volume):
                with suppress(NotFound):  # whoever removes the scenario deletes its volumes too
                    self._api.delete(_VOLUME, volume["metadata"]["name"])
        for attachment in self._api.list(_ATTACHMENT).items:
            if attachment["spec"]["attacher"] == DRIVER:
                self._attach(attachment)
        for snapshot in self._api.list(_SNAPSHOT).items:
            if not (snapshot.get("status") or {}).get("readyToUse"):
                self._snapshot(snapshot)

    def _serve(self, claim: Any, volume: Any) -> None:
        phase = claim.get("status", {}).get("phase")
        if phase == "Pending" and volume is None:
            self._provision(claim)
        if phase == "Bound" and volume is not None:
            wanted = claim["spec"]["resources"]["requests"]["storage"]
            if amount(wanted) > amount(claim["status"]["capacity"]["storage"]):
                self._grow(claim, volume, wanted)
            attributes = claim["spec"].get("volumeAttributesClassName")
            if attributes != claim["status"].get("currentVolumeAttributesClassName"):
                self._patch(_VOLUME, volume, {"spec": {"volumeAttributesClassName": attributes}})
                self._status(_CLAIM, claim, {"currentVolumeAttributesClassName": attributes})

    def _provision(self, claim: Any) -> None:
        metadata, spec = claim["metadata"], claim["spec"]
        name, source = f"pvc-{metadata['uid']}", spec.get("dataSource") or {}
        if source.get("kind") == "VolumeSnapshot" and not self._is_ready(metadata["namespace"], source["name"]):
            return
        self._fill(name, metadata["namespace"], source)
        where: Raw = {"csi": {"driver": DRIVER, "volumeHandle": name}}
        if self._folder:
            where = {"hostPath": {"path": f"{INSIDE}/{name}", "type": "Directory"}}
        body: Raw = {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": DRIVER}},
            "spec": {
                "capacity": {"storage": spec["resources"]["requests"]["storage"]},
                "accessModes": spec["accessModes"],
                "persistentVolumeReclaimPolicy": "Delete",
                "storageClassName": CLASS,
                "volumeAttributesClassName": spec.get("volumeAttributesClassName"),
                "claimRef": {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "namespace": metadata["namespace"],
                    "name": metadata["name"],
                    "uid": metadata["uid"],
                },
                **where,
            },
        }
        self._create(_VOLUME, body)

    def _grow(self, claim: Any, volume: Any, size: str) -> None:
        """Make the volume larger; the file system follows when a pod uses it, as its node would see to."""
        self._status(_CLAIM, claim, {"conditions": [_condition("Resizing")]})
        self._patch(_VOLUME, volume, {"spec": {"capacity": {"storage": size}}})
        if self._is_used(claim):
            self._status(_CLAIM, claim, {"capacity": {"storage": size}, "conditions": []})
        else:
            self._status(_CLAIM, claim, {"conditions": [_condition("FileSystemResizePending")]})

    def _attach(self, attachment: Any) -> None:
        if attachment["metadata"].get("deletionTimestamp"):
            self._patch(_ATTACHMENT, attachment, {"metadata": {"finalizers": None}})
        elif not (attachment.get("status") or {}).get("attached"):
            self._patch(_ATTACHMENT, attachment, {"metadata": {"finalizers": [_FINALIZER]}})
            self._status(_ATTACHMENT, attachment, {"attached": True})

    def _snapshot(self, snapshot: Any) -> None:
        namespace = snapshot["metadata"]["namespace"]
        claim = self._api.read(_CLAIM, snapshot["spec"]["source"]["persistentVolumeClaimName"], namespace)
        name = f"snapshot-{snapshot['metadata']['uid']}"
        self._copy(claim["spec"]["volumeName"], name)
        size = claim["status"]["capacity"]["storage"]
        told = {"boundVolumeSnapshotContentName": name, "restoreSize": size, "readyToUse": True}
        self._status(_SNAPSHOT, snapshot, told)

    def _fill(self, volume: str, namespace: str, source: Raw) -> None:
        if source.get("kind") == "VolumeSnapshot":
            found = self._api.read(_SNAPSHOT, source["name"], namespace)
            self._copy(found["status"]["boundVolumeSnapshotContentName"], volume)
        elif source:
            self._copy(self._api.read(_CLAIM, source["name"], namespace)["spec"]["volumeName"], volume)
        elif self._folder:
            (self._folder / volume).mkdir(exist_ok=True)

    def _copy(self, source: str, target: str) -> None:
        if self._folder:
            shutil.copytree(self._folder / source, self._folder / target, dirs_exist_ok=True)

    def _is_ready(self, namespace: str, snapshot: str) -> bool:
        found = {one["metadata"]["name"]: one for one in self._api.list(_SNAPSHOT, namespace).items}
        return bool((found.get(snapshot, {}).get("status") or {}).get("readyToUse"))

    def _is_used(self, claim: Any) -> bool:
        metadata = claim["metadata"]
        return any(
            volume.get("persistentVolumeClaim", {}).get("claimName") == metadata["name"]
            for pod in self._api.list(_POD, metadata["namespace"]).items
            if pod.get("status", {}).get("phase") == "Running"
            for volume in pod["spec"].get("volumes") or ()
        )

    def _define(self, plural: str, kind: str, *, namespaced: bool) -> None:
        schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
        version = {"name": "v1", "served": True, "storage": True, "schema": schema, "subresources": {"status": {}}}
        spec = {
            "group": _SNAPSHOTS,
            "scope": "Namespaced" if namespaced else "Cluster",
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind},
            "versions": [version],
        }
        metadata = {
            "name": f"{plural}.{_SNAPSHOTS}",
            "annotations": {"api-approved.kubernetes.io": "unapproved, a stub"},
        }
        definition = self._api.kind("apiextensions.k8s.io/v1", "CustomResourceDefinition")
        body = {"apiVersion": definition.api_version, "kind": definition.name, "metadata": metadata, "spec": spec}
        self._api.apply(definition, body)
        while not any(
            one["type"] == "Established" and one["status"] == "True"
            for one in self._api.read(definition, str(metadata["name"])).get("status", {}).get("conditions") or ()
        ):
            threading.Event().wait(_PACE_S)

    def _make(self, api_version: str, kind: str, name: str, **content: Any) -> None:
        body = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **content}
        self._api.apply(self._api.kind(api_version, kind), body)

    def _create(self, kind: Kind, body: Raw) -> None:
        try:
            self._api.create(kind, body)
        except Conflict:
            return  # made by the round before, and not yet bound

    def _patch(self, kind: Kind, found: Any, change: Raw, subresource: str = "") -> None:
        metadata = found["metadata"]
        try:
            self._api.patch(kind, metadata["name"], metadata.get("namespace"), change, subresource=subresource)
        except (NotFound, Invalid):
            return  # it went, or began to go, since it was listed

    def _status(self, kind: Kind, found: Any, status: Raw) -> None:
        self._patch(kind, found, {"status": status}, "status")


@contextmanager
def playing(kubeconfig: Path, folder: Path | None = None) -> Iterator[Driver]:
    """Give a driver that is installed and at work; its failure is raised at the end."""
    failures: list[BaseException] = []
    ended = threading.Event()

    def work(driver: Driver) -> None:
        try:
            while not ended.wait(_PACE_S):
                driver.work()
        except BaseException as failure:  # noqa: BLE001 - told by whoever began it
            failures.append(failure)

    with closing(Api.connect(kubeconfig)) as api:
        driver = Driver(api, folder)
        driver.install()
        thread = threading.Thread(target=work, args=(driver,), name="csi driver")
        thread.start()
        try:
            yield driver
        finally:
            ended.set()
            thread.join()
    if failures:
        raise failures[0]


def _condition(kind: str) -> Raw:
    return {"type": kind, "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}


def _ours(volume: Any) -> bool:
    return bool((volume["metadata"].get("annotations") or {}).get("pv.kubernetes.io/provisioned-by") == DRIVER)
