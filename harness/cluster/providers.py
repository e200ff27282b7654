"""
The programs that make clusters on this machine, one row each: all that is said of them anywhere comes from here.

A row `NAME` has its commands in `harness.cluster.NAME`, which is imported when such a cluster is wanted.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from harness.errors import EnvironmentUnfit

if TYPE_CHECKING:
    from harness.cluster.local import Local

__all__ = ["LOCAL", "Order", "Provider", "start"]


@dataclass(frozen=True, slots=True)
class Order:
    """
    What a run wants of a local cluster.

    `name`: empty for one of its own. `nodes`: how many pods shall be able to use, 0 where nothing was said. `keep`:
    whether it stays. `told`: the values of the provider's own options, by their names in its row.
    """

    name: str = ""
    nodes: int = 0
    keep: bool = False
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Provider:
    """
    One program: what it makes, in words, where to get it, and how it loads an archive of images.

    `options`: the name of an option of its own → its help and what its value is called, FILE for a path.
    """

    name: str
    makes: str
    source: str
    loads: tuple[str, ...]
    options: Mapping[str, tuple[str, str]] = field(default_factory=dict)


_ROWS = (
    Provider(
        "kind",
        "a cluster that kind makes (docker or podman)",
        "https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
        ("kind", "load", "image-archive"),
        {
            "image": ("node image of the cluster that kind makes, in place of the one that it chooses", "IMAGE"),
            "config": ("kind's configuration of that cluster: what stands there is kept", "FILE"),
        },
    ),
    Provider(
        "minikube",
        "a cluster that minikube makes",
        "https://minikube.sigs.k8s.io/docs/start/",
        ("minikube", "image", "load"),
    ),
    Provider(
        "k3d",
        "a cluster that k3d makes: k3s in containers (docker)",
        "https://k3d.io/stable/#installation",
        ("k3d", "image", "import", "--cluster", "NAME"),
        {"image": ("k3s image of the cluster that k3d makes, in place of the one that it chooses", "IMAGE")},
    ),
)

LOCAL = {row.name: row for row in _ROWS}
"""Every provider by its name, which is that of its program and of its module."""


class _Module(Protocol):
    def start(self, program: Path, order: Order, progress: Callable[[str], None]) -> Local: ...


def start(name: str, order: Order, progress: Callable[[str], None]) -> Local:
    """
    Return the ordered cluster of a provider, running; one that is there already under that name is taken as it is.

    Raises EnvironmentUnfit for what this machine lacks, and says what to do about it.
    """
    module = cast(_Module, import_module(f"harness.cluster.{name}"))
    return module.start(_program(LOCAL[name]), order, progress)


def _program(provider: Provider) -> Path:
    found = shutil.which(provider.name)
    if found is None:
        raise EnvironmentUnfit(
            f"{provider.name} is not installed",
            expected=f"a program called {provider.name} on PATH",
            observed="there is none",
            look_at=(provider.source, "--harness-cluster=embedded, which needs no container engine"),
        )
    return Path(found)
