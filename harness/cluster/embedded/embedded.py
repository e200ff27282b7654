"""An embedded cluster as the rest of the harness sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from harness.cluster.embedded import interposing, lifecycle, newer_releases, real, servers
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.families import DEFAULT, GO_BETWEEN, release_of
from harness.cluster.embedded.gates import spelled
from harness.cluster.embedded.go_modules import GoModules
from harness.cluster.embedded.node_access import why_no_slow_line, why_no_slow_volume
from harness.cluster.embedded.sources import Programs
from harness.cluster.embedded.state import ClusterPaths, Flavour
from harness.cluster.provider import CAPABILITIES, EMBEDDED, FAULTS
from harness.cluster.storage import STORAGE_CAPABILITIES
from harness.errors import BadInput, EnvironmentUnfit

__all__ = ["Embedded"]

_NO_DRIVER = (
    "its volumes are folders on this machine: take a cluster with a CSI driver, "
    "such as minikube with its addons volumesnapshots and csi-hostpath-driver"
)
_REASONS = {
    "needs_containers": "its nodes are fake: pods are scheduled and become ready, but nothing of them is executed",
    "needs_zones": "its nodes are fake, and in no zone",
}
"""Why fake nodes lack it; they need no image for what they do not run."""
_DRIVERS = dict.fromkeys(STORAGE_CAPABILITIES, _NO_DRIVER)
_NO_REGISTRY = "its images are made on this machine and no registry is asked: take kind, or a cluster that pulls images"

_MACHINE: dict[str, Callable[[], str]] = {
    "needs_slow_lines": why_no_slow_line,
    "needs_slow_volumes": why_no_slow_volume,
}
"""What faults need of the machine: functions that return what is missing."""


class Embedded:
    """A running embedded cluster; made by `start` or `attach`."""

    def __init__(self, running: lifecycle.Status, *, keep: bool) -> None:
        self._paths, self._state, self._keep = running.paths, running.state, keep

    @classmethod
    def start(
        cls,
        name: str,
        nodes: int,
        kind: Flavour,
        progress: Callable[[str], None],
        owner_pid: int | None = None,
        programs: Mapping[str, Path] | None = None,
        kubernetes: str = DEFAULT,
        gates: Mapping[str, bool] | None = None,
    ) -> Embedded:
        """
        Return the named cluster, started now if it does not run already.

        With `owner_pid` it is gone as soon as that process is, and `stop` removes it; without, it outlives `stop`.
        Raises what `lifecycle.up` raises.
        """
        running = lifecycle.up(
            name,
            nodes,
            kind,
            progress=progress,
            owner_pid=owner_pid,
            programs=programs,
            kubernetes=kubernetes,
            gates=gates,
        )
        return cls(running, keep=owner_pid is None)

    @classmethod
    def attach(cls, name: str) -> Embedded:
        """Return the named cluster, which runs already and stays; BadInput when there is none that runs."""
        running = lifecycle.status(name)
        if running is None:
            known = ", ".join(found.state.name for found in lifecycle.list_clusters()) or "none"
            raise BadInput(
                f"no embedded cluster is called {name}", remedy=f"there are: {known}; statefulspec cluster up"
            )
        if not running.runs:
            ended = ", ".join(running.ended) or "it was never completely up"
            raise EnvironmentUnfit(
                f"cluster {name} is broken",
                expected="every component of it runs",
                observed=f"ended: {ended}" if running.ended else ended,
                look_at=(f"statefulspec cluster up --name {name}", str(running.paths.logs)),
            )
        return cls(lifecycle.mended(running), keep=True)

    @property
    def name(self) -> str:
        """The name it was started under."""
        return self._state.name

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self._paths.kubeconfig

    @property
    def context(self) -> str:
        """The one context of the kubeconfig."""
        return f"statefulspec-{self._state.name}"

    @property
    def capabilities(self) -> frozenset[str]:
        """Real nodes can do all but CSI and registries; fake ones execute nothing."""
        return frozenset(capability for capability in CAPABILITIES if not self._reason(capability))

    @property
    def classes(self) -> dict[str, str]:
        """None: no CSI driver is there."""
        return {}

    @property
    def dns(self) -> str | None:
        """Where CoreDNS answers directly, with fake nodes; None with real ones."""
        return self._state.dns or None

    @property
    def faults(self) -> str:
        """What leads to its components, where this user may make them fail."""
        return "" if all(map(self._reason, FAULTS)) else f"{EMBEDDED}{self._state.name}"

    def missing_reason(self, capability: str) -> str:
        """Return why the cluster lacks a capability."""
        return self._reason(capability) or f"nothing: it has {capability}"

    def _reason(self, capability: str) -> str:
        if capability not in CAPABILITIES:
            return "no cluster says that it has this"
        if capability in self._state.missing:
            return self._state.missing[capability]
        if capability == "needs_three_nodes":
            return "" if self._state.nodes >= 3 else f"it has {self._state.nodes} of three nodes"
        if capability in FAULTS:
            return self._no_faults(capability) or _MACHINE.get(capability, str)() or self._no_upgrades(capability)
        known = _REASONS if self._state.kind == "fake" else {"needs_registry": _NO_REGISTRY}
        if capability == "needs_servers" and self._state.kind == "real":
            return servers.missing_reason(self._paths)
        return known.get(capability, "") or _DRIVERS.get(capability, "")

    def _no_upgrades(self, capability: str) -> str:
        return newer_releases.missing_reason(self._state, _stock()) if capability == "needs_upgrades" else ""

    def _no_faults(self, capability: str) -> str:
        if self._state.kind == "fake" and capability != "needs_go_between":
            return "its nodes are fake: there is nothing of them that could fail"
        mine = ClusterPaths.of(self._state.name) == self._paths
        return "" if mine else "it is another user's: only who started it can make its components fail"

    def describe(self) -> str:
        """Return name, version, number and kind of nodes, the programs of another version, the gates that were set."""
        nodes = f"{self._state.nodes} {self._state.kind} node{'s' if self._state.nodes > 1 else ''}"
        others = "".join(f", {program} {version}" for program, version in sorted(self._state.given.items()))
        others += f", {spelled(self._state.gates)}" if self._state.gates else ""
        release = self._state.kubernetes or release_of()
        return f"embedded cluster {self._state.name}: Kubernetes {release}, {nodes}{others}"

    def provide(self, capability: str, progress: Callable[[str], None]) -> None:
        """
        Make the images of real servers, once, and load them into every node, once for the cluster.

        Likewise build the go-between, and put it before every program that is a client of the API server;
        have the programs of newer releases at hand.
        """
        if reason := self._reason(capability):
            raise EnvironmentUnfit(f"cluster {self.name} cannot have {capability}", observed=reason)
        if capability == "needs_servers" and self._state.kind == "real":
            cache = Cache.of_user()
            for archive in servers.archives(Programs(GoModules(cache, progress)), cache, progress):
                servers.load_once(self._paths, archive, self.load_image)
        if capability == "needs_go_between":
            program = GoModules(Cache.of_user(), progress).ensure(GO_BETWEEN) / "go-between"
            interposing.put_between(self._paths, program)
        if capability == "needs_upgrades":
            newer_releases.provide(self._paths, self._state, _stock())

    def load_image(self, archive: Path) -> None:
        """Load an archive as `ctr images import` takes it into every node; needs the user who started the cluster."""
        if self._state.kind == "fake":
            raise EnvironmentUnfit("no image can be loaded", observed=_REASONS["needs_containers"])
        real.load_image(self._paths, self._state, archive)

    def stop(self) -> None:
        """Remove the cluster, unless it was started to stay."""
        if not self._keep:
            lifecycle.down(self._state.name)


def _stock() -> GoModules:
    return GoModules(Cache.of_user(), lambda _: None)
