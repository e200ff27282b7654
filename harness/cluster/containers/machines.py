"""
The containers that are the nodes of one cluster, and the commands of their engine that reach into them.

Everything is done through the engine's own program, so that it also works where its containers run in a virtual
machine, and where a node's network is down.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from harness.cluster.local import ask
from harness.errors import BadInput, EnvironmentUnfit

__all__ = ["Machines", "candidates", "find"]

_ENGINES = ("docker", "nerdctl", "podman")
_LIMIT_S = 60.0
"""Seconds for one word to an engine, which answers in less than one; an engine that hangs must not hang the run."""
_LAST_LINES = 6
"""Lines of each node's boot that an error quotes: systemd says in its last ones what it waits for."""
_PLAIN = re.compile(r"\x1b\[[0-9;]*m|\r")
"""What makes lines coloured, for a terminal."""
_SOURCES = {
    "kind": "https://github.com/kubernetes-sigs/kind/blob/v0.33.0/pkg/cluster/internal/providers/docker/constants.go",
    "minikube": "https://github.com/kubernetes/minikube/blob/v1.37.0/pkg/drivers/kic/oci/types.go",
    "k3d": "https://k3d.io/stable/design/defaults/",
}
"""Where each program says which labels it gives to its containers."""


@dataclass(frozen=True, slots=True)
class Machines:
    """The nodes of one cluster: which engine runs them, which program has made them, and its name there."""

    engine: str
    maker: str
    cluster: str

    @classmethod
    def at(cls, address: str) -> Machines:
        """Return what `address` leads to."""
        return cls(*address.split(":", 2))

    @property
    def address(self) -> str:
        """What leads another process to them."""
        return f"{self.engine}:{self.maker}:{self.cluster}"

    def names(self) -> list[str]:
        """Return the names of the nodes, running or not; none where there is no such cluster."""
        label, name = _mark(self.maker, self.cluster)
        listing = (self.engine, "ps", "--all", "--filter", f"label={label}", "--format", "{{.Names}}")
        found = ask(listing, f"asking {self.engine} for the nodes of {self.cluster}").split()
        return sorted(each for each in found if name.fullmatch(each))

    def enter(self, node: str) -> list[str]:
        """Return the words that, put before a command, run it in a node."""
        return [self.engine, "exec", "--privileged", node]

    def run(self, node: str, script: str, *arguments: str, purpose: str) -> str:
        """Return what a script of the shell prints in a node; raises EnvironmentUnfit with its words if it fails."""
        return ask([*self.enter(node), "sh", "-euc", script, "sh", *arguments], f"{purpose} on {node}", _LIMIT_S)

    def tell(self, verb: Sequence[str], node: str, purpose: str) -> str:
        """Return what the engine says when it is told something about a node."""
        return ask([self.engine, *verb, node], f"{purpose} {node}", _LIMIT_S)

    def words(self) -> dict[str, str]:
        """Return the last lines that each node has said as it booted."""
        asking = (self.engine, "logs", "--tail", str(_LAST_LINES))
        return {node: _PLAIN.sub("", _heard([*asking, node])).strip() for node in self.names()}

    def runs(self, node: str) -> bool:
        """Return whether a node is there and switched on."""
        return self.tell(("inspect", "--format", "{{.State.Running}}"), node, "looking for").strip() == "true"

    def check(self, node: str) -> None:
        """Raise BadInput where the cluster has no such node."""
        known = self.names()
        if node not in known:
            raise BadInput(f"cluster {self.cluster} has no node {node}", remedy=f"it has: {', '.join(known) or 'none'}")

    def planes(self) -> list[str]:
        """Return the nodes, of those that are on, on which an API server runs."""
        return [node for node in self.names() if self.runs(node) and self.is_plane(node)]

    def is_plane(self, node: str) -> bool:
        """Return whether the control plane, or a part of it, runs on a node that is on."""
        told = self.run(node, f"for f in {_PLANE}; do [ ! -e $f ] || echo yes; done", purpose="looking who is")
        return "yes" in told


_PLANE = "/etc/kubernetes/manifests/kube-apiserver.yaml /var/lib/rancher/k3s/server/tls"
"""What only a node of the control plane has: kubeadm's manifest, or the keys of a server of k3s."""


def _heard(command: Sequence[str]) -> str:
    """Return all that a command says; a node's own words are what its engine gives as errors of its own."""
    both = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        timeout=_LIMIT_S,
    )
    return both.stdout


def find(context: str) -> Machines | str:
    """Return the containers that the cluster of a context consists of, or half a sentence on why none are found."""
    installed = [each for each in candidates(context) if shutil.which(each.engine)]
    words = []
    for machines in installed:
        try:
            if machines.names():
                return machines
        except EnvironmentUnfit as error:
            words.append(error.observed)
    if not installed:
        return f"there is no {' and no '.join(each.engine for each in candidates(context))} to command its nodes with"
    heard = f" ({'; '.join(words)})" if words else ""
    return f"none of its nodes is a container of {' or '.join(each.engine for each in installed)} here{heard}"


def candidates(context: str) -> list[Machines]:
    """Return what the cluster of a context may consist of, one for each engine, in the order in which kind looks."""
    maker, cluster = _maker(context)
    asked = os.environ.get("KIND_EXPERIMENTAL_PROVIDER") if maker == "kind" else ""
    return [Machines(engine, maker, cluster) for engine in ([asked] if asked else _ENGINES)]


def _maker(context: str) -> tuple[str, str]:
    """Return which program gives this name to a context, and what it calls the cluster; see `_SOURCES`."""
    for maker in ("kind", "k3d"):
        if context.startswith(f"{maker}-"):
            return maker, context.removeprefix(f"{maker}-")
    return "minikube", context


def _mark(maker: str, cluster: str) -> tuple[str, re.Pattern[str]]:
    """Return the label that the containers of a cluster have, and what those of its nodes are called."""
    name = re.escape(cluster)
    return {
        "kind": (f"io.x-k8s.kind.cluster={cluster}", re.compile(rf"{name}-(control-plane|worker)\d*")),
        "k3d": (f"k3d.cluster={cluster}", re.compile(rf"k3d-{name}-(server|agent)-\d+")),
        "minikube": ("created_by.minikube.sigs.k8s.io=true", re.compile(rf"{name}(-m\d+)?")),
    }[maker]
