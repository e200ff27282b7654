"""Who can make the components and pods of a run's cluster fail: found by the address that the cluster gives."""

from __future__ import annotations

import re
from pathlib import Path

from harness.cluster.containers.health import Health
from harness.cluster.containers.machines import Machines, candidates
from harness.cluster.containers.power import ContainerPower
from harness.cluster.containers.register import FileRegister
from harness.cluster.containers.way import ContainerWay
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.node_access import pod_faults_of
from harness.cluster.embedded.process_outages import outages_of
from harness.cluster.embedded.state import ClusterPaths
from harness.cluster.outages import Outages
from harness.cluster.pod_faults import PodFaults
from harness.cluster.provider import EMBEDDED
from harness.kube.api import Api

__all__ = ["mend_left_behind", "outages_at", "pod_faults_at"]


def outages_at(address: str, kubeconfig: Path, context: str, *, stays: bool) -> Outages:
    """
    Return the outages of the cluster at an address.

    `stays`: whether it outlives the run: what is out is written where the next run finds it, else beside `kubeconfig`,
    which goes with the cluster.
    """
    if address.startswith(EMBEDDED):
        return outages_of(ClusterPaths.of(address.removeprefix(EMBEDDED)))
    machines = Machines.at(address)
    health = Health(machines.cluster, lambda: Api.connect(kubeconfig, context), machines.words)
    path = _register(machines, Cache.of_user().root / "outages" if stays else kubeconfig.parent)
    return Outages(FileRegister(path), ContainerPower(machines, health))


def mend_left_behind(kubeconfig: Path, context: str) -> list[str]:
    """
    Undo what killed runs have left out of a cluster that stays; return what it was of.

    Where nothing is written down no engine is asked anything.
    """
    mended = []
    for machines in candidates(context):
        if _register(machines, Cache.of_user().root / "outages").exists():
            mended += outages_at(machines.address, kubeconfig, context, stays=True).mend(left_behind=True)
    return mended


def _register(machines: Machines, folder: Path) -> Path:
    return folder / f"{re.sub(r'[^A-Za-z0-9._-]', '-', machines.address)}.json"


def pod_faults_at(address: str) -> PodFaults:
    """Return the faults of the pods of the cluster at an address."""
    if address.startswith(EMBEDDED):
        return pod_faults_of(ClusterPaths.of(address.removeprefix(EMBEDDED)))
    return PodFaults(ContainerWay(Machines.at(address)))
