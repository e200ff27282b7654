"""Which cluster a run gets, from what it was told."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from harness.cluster.embedded.gates import spelled
from harness.cluster.provider import DEFAULT_NAME, Cluster
from harness.cluster.providers import LOCAL, Order, start
from harness.errors import BadInput
from harness.plugin.run_settings import Settings

if TYPE_CHECKING:
    from harness.cluster.context import Context
    from harness.cluster.embedded.lifecycle import Status
    from harness.kube.api import Api
    from harness.model import Object

__all__ = ["start_cluster", "stays"]


def start_cluster(settings: Settings, progress: Callable[[str], None]) -> Cluster:
    """
    Return the cluster that the settings ask for, running.

    One that is there under the asked (or the default) name is attached to; else one is started: under that name if it
    shall stay, else for this run alone, gone as soon as this process is. An embedded one that was asked for by name and
    shall not stay is never started: BadInput lists those that run. Raises a HarnessError that says what is missing.
    """
    cluster: Cluster
    if settings.cluster == "context":
        cluster = _learned(_context(settings), settings, progress)
    elif settings.cluster in LOCAL:
        cluster = _learned(_local(settings, progress), settings, progress)
    else:
        cluster = _embedded(settings, progress)
    progress(cluster.describe())
    return cluster


def stays(settings: Settings) -> bool:
    """Return whether the cluster outlives the run, or may."""
    if settings.cluster in LOCAL:
        return settings.cluster_keep or bool(settings.cluster_name)
    return settings.cluster == "context" or settings.cluster_keep or _running(settings) is not None


def _running(settings: Settings) -> str | None:
    """Return the name of the running embedded cluster that fits what was asked, None where there is none."""
    from harness.cluster.embedded import lifecycle

    found = lifecycle.status(settings.cluster_name or DEFAULT_NAME)
    if found is None or not found.runs:
        return None
    kind = "fake" if settings.cluster == "fake" else "real"
    as_asked = settings.kubernetes in ("", found.minor) and (not settings.gates or settings.gates == found.state.gates)
    if settings.cluster_name and not as_asked:
        raise _of_another_version(found)
    if settings.cluster_name:
        return found.state.name
    fits = found.state.kind == kind and settings.nodes in (0, found.state.nodes) and not settings.programs
    return found.state.name if fits and as_asked else None


def _of_another_version(running: Status) -> BadInput:
    name, gates = running.state.name, spelled(running.state.gates) or "no gate set"
    remedy = f"leave out what was asked of version and feature gates, or: statefulspec cluster down --name {name}"
    return BadInput(f"cluster {name} runs already, with Kubernetes {running.minor} and {gates}", remedy=remedy)


def _embedded(settings: Settings, progress: Callable[[str], None]) -> Cluster:
    from harness.cluster.embedded.embedded import Embedded
    from harness.cluster.embedded.families import DEFAULT
    from harness.kube.api import Api

    running = _running(settings)
    if running:
        found = Embedded.attach(running)
        with closing(Api.connect(found.kubeconfig, found.context)) as api:
            _give_back(api, progress)
        return found
    if settings.cluster_name and not settings.cluster_keep:
        raise _unknown(settings)
    name = settings.cluster_name or (DEFAULT_NAME if settings.cluster_keep else f"run-{os.getpid()}")
    return Embedded.start(
        name,
        settings.nodes or 1,
        "fake" if settings.cluster == "fake" else "real",
        progress,
        owner_pid=None if settings.cluster_keep else os.getpid(),
        programs=settings.programs,
        kubernetes=settings.kubernetes or DEFAULT,
        gates=settings.gates,
    )


def _unknown(settings: Settings) -> BadInput:
    """Return the error for a name that no running cluster has; it says how to bring one up that does."""
    from harness.cluster.embedded import lifecycle

    running = ", ".join(found.state.name for found in lifecycle.list_clusters() if found.runs) or "none"
    how = [f"--name {settings.cluster_name}", *(["--fake"] if settings.cluster == "fake" else [])]
    how += [f"--nodes {settings.nodes}"] if settings.nodes else []
    how += [f"--kubernetes-version {settings.kubernetes}"] if settings.kubernetes else []
    how += [f"--feature-gates {spelled(settings.gates)}"] if settings.gates else []
    return BadInput(
        f"no cluster of the name {settings.cluster_name!r} runs on this machine; these do: {running}",
        remedy=f"bring it up: statefulspec cluster up {' '.join(how)}",
    )


def _local(settings: Settings, progress: Callable[[str], None]) -> Context:
    name = settings.cluster_name or (f"statefulspec-{DEFAULT_NAME}" if settings.cluster_keep else "")
    return start(settings.cluster, Order(name, settings.nodes, settings.cluster_keep, settings.provider), progress)


def _context(settings: Settings) -> Context:
    from harness.cluster.context import attach, attach_in_cluster

    if settings.in_cluster:
        return attach_in_cluster()
    plugins = settings.allow_credential_plugins
    return attach(settings.kubeconfig, settings.context, settings.allow_contexts, plugins=plugins)


def _learned(cluster: Context, settings: Settings, progress: Callable[[str], None]) -> Context:
    """Return the cluster, all there, which knows now what its server says of it; end its use where that fails."""
    from harness.cluster.containers.reach import reach_of
    from harness.cluster.failing import mend_left_behind
    from harness.cluster.storage import Storage
    from harness.cluster.tested_versions import untried
    from harness.kube.api import Api
    from harness.model import KINDS, takes_pods

    try:
        with closing(Api.connect(cluster.kubeconfig, cluster.context)) as api:
            _review_rights(api, cluster, progress)
            if warning := untried(api.version()):
                progress(warning)
            for what in mend_left_behind(cluster.kubeconfig, cluster.context):
                progress(f"mended {what}, which a killed run had left out")
            _give_back(api, progress)
            cluster.settle(api, progress)
            machines = api.list(KINDS["Node"]).items
            nodes = [node for node in machines if takes_pods(node)]
            storage = Storage(
                drivers=_listed(api, "storage.k8s.io/v1", "CSIDriver"),
                classes=api.list(KINDS["StorageClass"]).items,
                snapshot_classes=_listed(api, "snapshot.storage.k8s.io/v1", "VolumeSnapshotClass"),
                attributes_classes=_listed(api, "storage.k8s.io/v1", "VolumeAttributesClass"),
                csi_nodes=_listed(api, "storage.k8s.io/v1", "CSINode"),
                nodes=nodes,
            )
            allowed = cluster.context in settings.allow_faults
            reach = reach_of(cluster.context, machines, ours=cluster.new, allowed=allowed)
    except BaseException:
        cluster.stop()
        raise
    cluster.learn(nodes, storage, reach)
    if len(nodes) > 1:
        cluster.find_out["needs_common_folder"] = partial(_no_common_folder, cluster, nodes)
    cluster.find_out["needs_recycler"] = partial(_no_recycler, cluster)
    return cluster


def _review_rights(api: Api, cluster: Context, progress: Callable[[str], None]) -> None:
    """Refuse credentials with which no scenario can run; say what else they lack, and what that is for."""
    from harness.cluster.rights import lacking, refuse_lack

    lack = lacking(api)
    refuse_lack(lack, cluster.describe())
    for rule in lack:
        progress(f"without a right: {rule.purpose}; the rule to add is {rule}")


def _give_back(api: Api, progress: Callable[[str], None]) -> None:
    """Give back what killed runs have taken from everybody's use."""
    from harness.scenario.remains import give_back_left_behind

    for line in give_back_left_behind(api):
        progress(f"{line}, which a killed run had taken from use")


def _no_common_folder(cluster: Context, nodes: Sequence[Object]) -> str:
    from harness.kube.api import Api
    from harness.scenario.common_folder import why_not_common

    with closing(Api.connect(cluster.kubeconfig, cluster.context)) as api:
        return why_not_common(api, [str(node["metadata"]["name"]) for node in nodes])


def _no_recycler(cluster: Context) -> str:
    from harness.kube.api import Api
    from harness.scenario.recycler import why_no_recycler

    with closing(Api.connect(cluster.kubeconfig, cluster.context)) as api:
        return why_no_recycler(api)


def _listed(api: Api, api_version: str, kind: str) -> Sequence[Object] | str:
    """Return all objects of a kind, or half a sentence on why it cannot be known what there is."""
    from harness.errors import Forbidden, NotFound

    try:
        return api.list(api.kind(api_version, kind)).items
    except NotFound:
        return f"it does not serve {api_version}: install what serves {kind}"
    except Forbidden as refusal:
        return f"allow {refusal.verb} of {refusal.resource}, which the credentials may not"
