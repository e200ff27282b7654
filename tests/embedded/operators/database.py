"""
An operator of databases, written with kopf: each member is a pod and a claim of its own, and there is no StatefulSet.

A lost pod is made anew under its name, with its claim; a new image reaches one member at a time, the last one first,
each while all others are ready. FAULT makes it do one thing wrong: `another claim` gives a pod that is made anew a
claim of its own, `all at once` lets a new image reach all members together.

It keeps nothing in mind and leaves no finalizer behind: each event of a database or of one of its pods has the database
looked at as it is then.
"""

from __future__ import annotations

import os
import threading
from typing import Any

import kopf
from kubernetes import client, config
from kubernetes.client import ApiException

FAULT = os.environ.get("FAULT", "")
GROUP, VERSION, PLURAL = "shop.example.com", "v1", "databases"
LABEL = "shop.example.com/database"
REFUSED = (403, 404, 409)
"""The namespace is going, the object has gone, or it is there still: another event will follow."""

_one_at_a_time = threading.Lock()


@kopf.on.login()
def login(**_: Any) -> kopf.ConnectionInfo | None:
    config.load_kube_config()
    return kopf.login_with_kubeconfig(settings=_["settings"])


@kopf.on.event(GROUP, VERSION, PLURAL)
def database_changed(namespace: str, name: str, **_: Any) -> None:
    with _one_at_a_time:
        reconcile(namespace, name)


@kopf.on.event("v1", "pods", labels={LABEL: kopf.PRESENT})
def pod_changed(namespace: str, labels: Any, **_: Any) -> None:
    with _one_at_a_time:
        reconcile(namespace, labels[LABEL])


def reconcile(namespace: str, name: str) -> None:
    """Do what the database lacks, as it is now."""
    core = client.CoreV1Api()
    try:
        database = client.CustomObjectsApi().get_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL, name)
        if not database["metadata"].get("deletionTimestamp"):
            pods = {
                pod.metadata.name: pod
                for pod in core.list_namespaced_pod(namespace, label_selector=f"{LABEL}={name}").items
            }
            members = [f"{name}-{ordinal}" for ordinal in range(database["spec"]["members"])]
            for member in members:
                if member not in pods:
                    core.create_namespaced_pod(namespace, pod_of(database, member, claim_for(core, namespace, member)))
            for pod in outdated(database, members, pods):
                core.delete_namespaced_pod(pod, namespace)
    except ApiException as error:
        if error.status not in REFUSED:
            raise


def claim_for(core: client.CoreV1Api, namespace: str, member: str) -> str:
    """Return the claim of a member, which is made where it is missing."""
    there = [claim.metadata.name for claim in core.list_namespaced_persistent_volume_claim(namespace).items]
    own = sorted(name for name in there if name.startswith(f"data-{member}"))
    if own and FAULT != "another claim":
        return own[0]
    name = f"data-{member}{'-again' * len(own)}"
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    core.create_namespaced_persistent_volume_claim(namespace, {"metadata": {"name": name}, "spec": spec})
    return name


def outdated(database: dict[str, Any], members: list[str], pods: dict[str, Any]) -> list[str]:
    """Return the pods that are to go now for a new image: one, while all are well."""
    old = [name for name, pod in pods.items() if pod.spec.containers[0].image != database["spec"]["image"]]
    if FAULT == "all at once":
        return [name for name in old if not pods[name].metadata.deletion_timestamp]
    well = [member for member in members if member in pods and is_well(pods[member])]
    return sorted(old)[-1:] if len(well) == len(members) else []


def is_well(pod: Any) -> bool:
    ready = any(one.type == "Ready" and one.status == "True" for one in pod.status.conditions or ())
    return ready and not pod.metadata.deletion_timestamp


def pod_of(database: dict[str, Any], member: str, claim: str) -> dict[str, Any]:
    """Return the pod of a member, which the database owns."""
    metadata = database["metadata"]
    owner = {
        "apiVersion": database["apiVersion"],
        "kind": database["kind"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
    }
    server = {
        "name": "server",
        "image": database["spec"]["image"],
        "imagePullPolicy": "IfNotPresent",
        "command": ["/bin/sh", "-c", database["spec"]["serve"]],
        "ports": [{"name": "web", "containerPort": 8080}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "web"}, "periodSeconds": 1, "failureThreshold": 1},
        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
    }
    return {
        "metadata": {"name": member, "labels": {LABEL: metadata["name"]}, "ownerReferences": [owner]},
        "spec": {
            "hostname": member,
            "subdomain": metadata["name"],
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 2,
            "containers": [server],
            "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}],
        },
    }
