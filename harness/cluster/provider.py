"""The one interface that every cluster has, started here or attached to, and the words for what a cluster can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

__all__ = ["CAPABILITIES", "DEFAULT_NAME", "EMBEDDED", "FAULTS", "ON_DEMAND", "Cluster", "Faults", "Reach"]

DEFAULT_NAME = "default"
"""The name of the embedded cluster that `statefulspec cluster up` and --harness-cluster-keep start."""

CAPABILITIES = {
    "needs_containers": "containers really run: data, exec and probes",
    "needs_three_nodes": "three nodes or more",
    "needs_dynamic_volumes": "a default storage class that makes volumes on demand",
    "needs_common_folder": "one folder that all nodes have, where volumes that are folders lie",
    "needs_roaming_volumes": "a default storage class whose volumes can be used on every node",
    "needs_recycler": "volumes of policy Recycle are emptied for their next owner",
    "needs_servers": "images of real servers: pulled from a registry, or made here and loaded",
    "needs_pod_faults": "the packets that reach one pod can be dropped",
    "needs_slow_lines": "the packets of one pod can be held up",
    "needs_slow_volumes": "the writes of one pod can be slowed",
    "needs_csi": "a storage class whose volumes a CSI driver makes",
    "needs_growing_volumes": "a CSI driver's storage class that lets volumes grow",
    "needs_snapshots": "snapshots of a CSI driver's volumes, and a class of them",
    "needs_attached_volumes": "a CSI driver that attaches its volumes to nodes",
    "needs_moving_volumes": "a CSI driver that attaches one volume to this node or that",
    "needs_volume_attributes": "a class of attributes for a CSI driver's volumes",
    "needs_node_faults": "kubelets can be stopped and frozen, and processes of containers killed",
    "needs_lost_nodes": "nodes can be switched off and cut off the network, none of which carries the control plane",
    "needs_zones": "nodes that take pods are in zones called zone-1, zone-2 and so on",
    "needs_control_plane_faults": "the programs of the control plane can be killed, frozen and restarted",
    "needs_go_between": "what a program sees of the API server, and what becomes of its requests, can be decided",
    "needs_upgrades": "control plane and nodes can be upgraded to the next minor release of Kubernetes",
    "needs_registry": "images can be pulled from a registry",
}
"""What a feature may ask of a cluster, named as the tags of features are, and what it means."""

ON_DEMAND = ("needs_servers", "needs_common_folder", "needs_recycler", "needs_go_between", "needs_upgrades")
"""What a cluster has, or finds out that it lacks, once it was asked to provide it."""

FAULTS = frozenset(
    {
        "needs_node_faults",
        "needs_lost_nodes",
        "needs_control_plane_faults",
        "needs_pod_faults",
        "needs_slow_lines",
        "needs_slow_volumes",
        "needs_go_between",
        "needs_upgrades",
    }
)
"""The capabilities that take power over the cluster's processes."""


EMBEDDED = "embedded:"
"""How the address of an embedded cluster begins, before its name; any other is that of `harness.cluster.containers`."""


@dataclass(frozen=True, slots=True)
class Reach:
    """
    How far a run can command a cluster's nodes.

    `address`: what leads to them, empty where nothing does. `lacks`: of FAULTS, a capability → why they lack it.
    """

    address: str
    lacks: Mapping[str, str]


class Faults(Protocol):
    """
    Outages of a cluster's components (`kube-scheduler`, `node-1/kubelet`) and nodes, until they are restored.

    Each method raises BadInput for what there is not or what is out already.
    """

    def stop(self, component: str) -> None:
        """Kill a component and let nobody start it."""

    def freeze(self, component: str) -> None:
        """Halt a component where it stands."""

    def restart(self, component: str) -> None:
        """Kill a component and start it anew."""

    def upgrade(self, component: str) -> None:
        """End a component and start it as what it is in the next minor release."""

    def switch_off(self, node: str) -> None:
        """End everything that runs on a node, as a power cut does."""

    def cut_off(self, node: str) -> None:
        """Let no packet reach or leave a node."""

    def steer(self, component: str, said: str, rule: Mapping[str, Any]) -> None:
        """Let a component see or reach less of the API server, as a rule of its go-between says; `said` in words."""

    def met(self, what: str, timeout_s: float = 0) -> tuple[int, bool]:
        """Return how much the rule of `COMPONENT: SAID` has met, and whether that was all that it waits for."""

    def kill_container(self, node: str, container: str) -> None:
        """Kill the first process of a container, known by its id."""

    def restore(self, what: str) -> None:
        """Undo all outages of a component or node."""

    def mend(self) -> list[str]:
        """Undo all outages that this process has made; return what they were of."""

    def await_well(self) -> None:
        """Return when the cluster is well again: server, nodes, DNS."""


class Cluster(Protocol):
    """A cluster that runs, for as long as the object is in use."""

    @property
    def name(self) -> str:
        """What the cluster is called in reports."""
        ...

    @property
    def kubeconfig(self) -> Path:
        """A kubeconfig that holds this cluster's context."""
        ...

    @property
    def context(self) -> str:
        """The context to use in it."""
        ...

    @property
    def capabilities(self) -> frozenset[str]:
        """Which of CAPABILITIES the cluster has."""
        ...

    @property
    def classes(self) -> dict[str, str]:
        """Kind of class → the name of the cluster's own class of a CSI driver that STAND_IN stands for here."""
        ...

    @property
    def dns(self) -> str | None:
        """HOST:PORT where the cluster's DNS answers directly; None where the way leads through the API server."""
        ...

    @property
    def faults(self) -> str:
        """What leads another process of this user to the cluster's Faults; empty where it has none of FAULTS."""
        ...

    def missing_reason(self, capability: str) -> str:
        """Return why the cluster lacks a capability, as half a sentence."""
        ...

    def describe(self) -> str:
        """Return one line about the cluster for the head of a report."""
        ...

    def provide(self, capability: str, progress: Callable[[str], None]) -> None:
        """
        Have one of ON_DEMAND, which the cluster says that it has; at once where nothing is left to be done for it.

        What turns out to be lacking is no longer among the capabilities then.
        Raises EnvironmentUnfit where it cannot be made or brought here.
        """
        ...

    def load_image(self, archive: Path) -> None:
        """Make the images of an archive available on every node; raises EnvironmentUnfit where that cannot be done."""
        ...

    def stop(self) -> None:
        """End the use of the cluster; whatever was started for it is gone afterwards."""
        ...
