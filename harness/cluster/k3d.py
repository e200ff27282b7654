"""
A cluster that k3d makes: every node is a container with k3s in it.

Source of the commands: https://k3d.io/stable/usage/commands/.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from harness.cluster.engine import find_engine
from harness.cluster.local import SHARED, Commands, Local, ask, bring_up
from harness.cluster.providers import Order

__all__ = ["start"]

_ENGINES = ("docker", "podman")
_LEFT_OUT = ("--no-lb", "--k3s-arg", "--disable=traefik@server:0")
"""What no feature uses, and whose images would have to be pulled: balancers before the API server and for requests."""


def start(program: Path, order: Order, progress: Callable[[str], None]) -> Local:
    """
    Return the ordered k3d cluster, of the k3s image that the order names; pods may use its server as well.

    One that is there already is taken as it is. Raises EnvironmentUnfit for what this machine lacks.
    """
    engine, nodes = find_engine("k3d", _ENGINES), order.nodes or 1
    image = ("--image", order.told["image"]) if "image" in order.told else ()

    def commands(name: str, folder: Path) -> Commands:
        # What is shared goes with this run: a cluster that stays would be left without it.
        shared = folder / "shared" if nodes > 1 and not order.keep else None
        if shared:
            shared.mkdir()
        volume = ("--volume", f"{shared}:{SHARED}@server:*;agent:*") if shared else ()
        # Else it listens on every address of this machine.
        where = ("--agents", str(nodes - 1), "--api-port", "127.0.0.1:random")
        return Commands(
            context=f"k3d-{name}",
            make=("k3d", "cluster", "create", name, *where, *image, *volume, *_LEFT_OUT),
            use=("k3d", "kubeconfig", "merge", name, "--output", str(folder / "kubeconfig")),
            remove=("k3d", "cluster", "delete", name),
            # In the other mode k3d runs a container of an image of its own, which would have to be pulled.
            load=("k3d", "image", "import", "--mode", "direct", "--cluster", name),
            logs=(engine.program, "logs", f"k3d-{name}-server-0"),
            empty=(lambda: engine.emptying(shared, f"k3d-{name}-server-0")) if shared else None,
        )

    return bring_up(program, order, commands, _existing, progress)


def _existing() -> list[str]:
    clusters = json.loads(ask(("k3d", "cluster", "list", "--output", "json"), "asking k3d for its clusters"))
    return [str(cluster["name"]) for cluster in clusters]
