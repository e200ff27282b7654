"""
What is known about a cluster on this machine, written before each thing is made, so that anything can be removed again.

Root's clusters lie under /run/statefulspec, readable by every user, which forgets them at a reboot just as the kernel
does; a user's own lie under the user's cache.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Literal

from harness.cluster.components import Component
from harness.cluster.embedded.cache import Cache
from harness.cluster.outages import Outage
from harness.errors import BadInput

__all__ = ["ClusterPaths", "ClusterState", "Flavour", "all_paths"]

Flavour = Literal["real", "fake"]

_ROOT_STATE = Path("/run/statefulspec")
_ROOT_DATA = Path("/var/lib/statefulspec")
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class ClusterState:
    """
    All that must be known to use, to judge and to remove a cluster.

    `token` marks the environment of every process of it. `owner` is the process whose end is the cluster's end.
    """

    name: str
    kind: Flavour
    nodes: int
    slot: int = -1
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    server: str = ""
    dns: str = ""
    ready: bool = False
    owner: Component | None = None
    components: tuple[Component, ...] = ()
    missing: dict[str, str] = field(default_factory=dict)
    """Capability → why this cluster lacks it, beyond what its kind says."""
    kubernetes: str = ""
    """The patch release that it was made of; empty where an earlier version of this program has made it."""
    given: dict[str, str] = field(default_factory=dict)
    """Program that somebody chose → its version."""
    gates: dict[str, bool] = field(default_factory=dict)
    """Feature gate → whether somebody has turned it on or off."""
    ports: tuple[int, ...] = ()
    """With fake nodes: where API server, etcd, its peers, the DNS and its readiness are asked on loopback."""
    outages: tuple[Outage, ...] = ()
    """What has been made to fail and is not mended yet, the newest last; written down before it is done."""

    def component(self, name: str) -> Component | None:
        """Return the component of that name, or None."""
        return next((component for component in self.components if component.name == name), None)

    def with_component(self, component: Component) -> ClusterState:
        """Return the state with the component in place of any former one of that name."""
        return replace(self, components=(*(p for p in self.components if p.name != component.name), component))

    def is_out(self, component: str) -> bool:
        """Return whether a component, or the node that it belongs to, has been made to fail."""
        failed = (outage.what for outage in self.outages if outage.how != "upgraded")
        return any(what in (component, component.partition("/")[0]) for what in failed)

    def upgrades(self, component: str) -> int:
        """Return by how many minor releases a component is newer than the cluster was made."""
        return sum(outage.what == component and outage.how == "upgraded" for outage in self.outages)


@dataclass(frozen=True, slots=True)
class ClusterPaths:
    """
    Where a cluster's files lie: `state` is small and can be read by users, `data` is the cluster's own.

    `lock` is held while the cluster is made, changed or removed.
    """

    name: str
    state: Path
    data: Path
    lock: Path

    @classmethod
    def of(cls, name: str, *, root: bool | None = None) -> ClusterPaths:
        """Return the paths of the named cluster of this user; BadInput for a name that cannot be one."""
        if not _NAME.fullmatch(name):
            raise BadInput(
                f"{name!r} cannot be the name of a cluster",
                remedy="use at most 32 lower case letters, digits and dashes, as in dev or run-1234",
            )
        if os.geteuid() == 0 if root is None else root:
            return cls(name, _ROOT_STATE / name, _ROOT_DATA / name, _ROOT_STATE / f".{name}.lock")
        base = Cache.of_user().root / "clusters"
        return cls(name, base / name / "state", base / name / "data", base / f".{name}.lock")

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.state / "kubeconfig"

    @property
    def networks(self) -> Path:
        """The folder that holds one file for each network namespace."""
        return self.state / "networks"

    @property
    def logs(self) -> Path:
        """The folder that holds one log for each component."""
        return self.data / "logs"

    def log(self, component: str) -> Path:
        """Return the log of the component of this name."""
        return self.logs / f"{component.replace('/', '-')}.log"

    def read(self) -> ClusterState | None:
        """Return the state, or None when there is no such cluster; what a newer version wrote beside it is left out."""
        try:
            written = json.loads((self.state / "state.json").read_text())
        except FileNotFoundError:
            return None
        known = {each.name for each in fields(ClusterState)}
        written.setdefault("components", written.get("pieces", ()))  # as they were called in 2026, before 0.1.0
        facts = {name: fact for name, fact in written.items() if name in known}
        owner = facts["owner"]
        return ClusterState(
            **{
                **facts,
                "owner": Component(**owner) if owner else None,
                "components": tuple(Component(**component) for component in facts["components"]),
                "ports": tuple(facts.get("ports", ())),
                "outages": tuple(map(Outage.of, facts.get("outages", ()))),
            }
        )

    def write(self, state: ClusterState) -> ClusterState:
        """Replace the state at once, so that a reader sees the former one or this one; returns it."""
        self.state.mkdir(parents=True, exist_ok=True)
        draft = self.state / f".state.{os.getpid()}"
        draft.write_text(json.dumps(asdict(state), indent=1))
        draft.chmod(0o644)  # every user may read it, whatever the umask of who started the cluster
        draft.replace(self.state / "state.json")
        return state


def all_paths() -> Iterator[ClusterPaths]:
    """Yield the paths of every cluster that this user can see: the user's own first, then root's."""
    users = Cache.of_user().root / "clusters"
    if os.geteuid() != 0 and users.is_dir():
        yield from (
            ClusterPaths.of(path.name, root=False) for path in sorted(users.iterdir()) if (path / "state").is_dir()
        )
    if _ROOT_STATE.is_dir():
        yield from (
            ClusterPaths.of(path.name, root=True)
            for path in sorted(_ROOT_STATE.iterdir())
            if (path / "state.json").exists()
        )
