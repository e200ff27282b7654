"""Which cluster a run gets, from what it was told."""

from __future__ import annotations

import os
from collections.abc import Callable

from harness.cluster.provider import Cluster
from harness.plugin.options import Settings

__all__ = ["DEFAULT_NAME", "start_cluster", "stays"]

DEFAULT_NAME = "default"
"""The name of the embedded cluster that `statefulspec cluster up` and --harness-cluster-keep start."""


def start_cluster(settings: Settings, progress: Callable[[str], None]) -> Cluster:
    """
    Return the cluster that the settings ask for, running.

    An embedded one that runs under the asked (or the default) name is attached to; else one is started: under that name
    if it shall stay, else for this run alone, gone as soon as this process is. Raises a HarnessError that says what is
    missing.
    """
    cluster = _context(settings) if settings.cluster == "context" else _embedded(settings, progress)
    progress(cluster.describe())
    return cluster


def stays(settings: Settings) -> bool:
    """Return whether the cluster outlives the run."""
    return settings.cluster == "context" or settings.cluster_keep or _running(settings) is not None


def _running(settings: Settings) -> str | None:
    """Return the name of the running embedded cluster that fits what was asked, None where there is none."""
    from harness.cluster.embedded import lifecycle

    found = lifecycle.status(settings.cluster_name or DEFAULT_NAME)
    if found is None or not found.runs:
        return None
    kind = "fake" if settings.cluster == "fake" else "real"
    if settings.cluster_name:
        return found.state.name
    fits = found.state.kind == kind and settings.nodes in (0, found.state.nodes) and not settings.programs
    return found.state.name if fits else None


def _embedded(settings: Settings, progress: Callable[[str], None]) -> Cluster:
    from harness.cluster.embedded.embedded import Embedded

    running = _running(settings)
    if running:
        return Embedded.attach(running)
    name = settings.cluster_name or (DEFAULT_NAME if settings.cluster_keep else f"run-{os.getpid()}")
    return Embedded.start(
        name,
        settings.nodes or 1,
        "fake" if settings.cluster == "fake" else "real",
        progress,
        owner_pid=None if settings.cluster_keep else os.getpid(),
        programs=settings.programs,
    )


def _context(settings: Settings) -> Cluster:
    from harness.cluster.context import attach, attach_in_cluster
    from harness.kube.api import Api
    from harness.model import KINDS

    if settings.in_cluster:
        cluster = attach_in_cluster()
    else:
        cluster = attach(settings.kubeconfig, settings.context, settings.allow_contexts)
    api = Api.connect(cluster.kubeconfig, cluster.context)
    nodes = api.list(KINDS["Node"]).items
    classes = api.list(KINDS["StorageClass"]).items
    drivers = api.list(api.kind("storage.k8s.io/v1", "CSIDriver")).items
    default = "storageclass.kubernetes.io/is-default-class"
    cluster.learn(
        nodes=len(nodes),
        drivers=[str(driver["metadata"]["name"]) for driver in drivers],
        classes=sum(1 for one in classes if one["metadata"].get("annotations", {}).get(default) == "true"),
    )
    return cluster
