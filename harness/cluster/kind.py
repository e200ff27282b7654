"""
A cluster that kind makes: every node is a container of docker, podman or nerdctl.

Source of the commands: https://kind.sigs.k8s.io/docs/user/quick-start.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from harness.cluster.engine import find_engine
from harness.cluster.kind_config import complete, open_nodes, read_config, write_config
from harness.cluster.local import Commands, Local, ask, bring_up
from harness.cluster.providers import Order

__all__ = ["start"]

_ENGINES = ("docker", "nerdctl", "podman")
"""In the order in which kind looks for them."""
_WAIT = "120s"


def start(program: Path, order: Order, progress: Callable[[str], None]) -> Local:
    """
    Return the ordered kind cluster, of the node image and with the configuration that the order names.

    One that is there already is taken as it is. Raises EnvironmentUnfit for what this machine lacks, BadInput for a
    configuration that is none or does not go with the order.
    """
    file = order.told.get("config")
    config = read_config(Path(file) if file else None, order.nodes)
    image = ("--image", order.told["image"]) if "image" in order.told else ()
    engine = find_engine("kind", _ENGINES, os.environ.get("KIND_EXPERIMENTAL_PROVIDER"))
    old_cgroups = engine.has_cgroup_v1()

    def commands(name: str, folder: Path) -> Commands:
        where = ("--name", name, "--kubeconfig", str(folder / "kubeconfig"))
        # What is shared goes with this run: a cluster that stays would be left without it.
        path, shared = folder / "nodes.yaml", folder / "shared" if open_nodes(config) > 1 and not order.keep else None
        if shared:
            shared.mkdir()
        write_config(complete(config, shared, old_cgroups=old_cgroups), path)
        return Commands(
            context=f"kind-{name}",
            make=("kind", "create", "cluster", *where, "--config", str(path), *image, "--wait", _WAIT),
            use=("kind", "export", "kubeconfig", *where),
            remove=("kind", "delete", "cluster", "--name", name),
            load=("kind", "load", "image-archive", "--name", name),
            logs=("kind", "export", "logs", "--name", name),
            empty=(lambda: engine.emptying(shared, f"{name}-control-plane")) if shared else None,
        )

    def existing() -> list[str]:
        return ask(("kind", "get", "clusters"), "asking kind for its clusters").split()

    # Of a cluster that is there only an ordered number is awaited, of a new one what its configuration has.
    made = replace(order, nodes=order.nodes or (open_nodes(config) if file else 0))
    return bring_up(program, made, commands, existing, progress)
