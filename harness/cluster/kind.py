"""
A cluster that kind makes: every node is a container of docker, podman or nerdctl.

Source of the commands and of the file: https://kind.sigs.k8s.io/docs/user/configuration.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from harness.cluster.local import Commands, Local, ask, bring_up
from harness.cluster.providers import Order
from harness.errors import EnvironmentUnfit

__all__ = ["start"]

_ENGINES = ("docker", "nerdctl", "podman")
"""In the order in which kind looks for them."""
_WAIT = "120s"


def start(program: Path, order: Order, progress: Callable[[str], None]) -> Local:
    """
    Return the ordered kind cluster, with so many nodes that pods may use.

    One that is there already is taken as it is. Raises EnvironmentUnfit for what this machine lacks.
    """
    _check_engine()

    def commands(name: str, folder: Path) -> Commands:
        where = ("--name", name, "--kubeconfig", str(folder / "kubeconfig"))
        config = folder / "nodes.yaml"
        config.write_text(_config(order.nodes or 1))
        return Commands(
            context=f"kind-{name}",
            make=("kind", "create", "cluster", *where, "--config", str(config), "--wait", _WAIT),
            use=("kind", "export", "kubeconfig", *where),
            remove=("kind", "delete", "cluster", "--name", name),
            load=("kind", "load", "image-archive", "--name", name),
            logs=("kind", "export", "logs", "--name", name),
        )

    def existing() -> list[str]:
        return ask(("kind", "get", "clusters"), "asking kind for its clusters").split()

    return bring_up(program, order, commands, existing, progress)


def _config(nodes: int) -> str:
    # Beside others, the node of the control plane is closed to pods.
    workers = nodes if nodes > 1 else 0
    roles = ["control-plane", *["worker"] * workers]
    lines = ["kind: Cluster", "apiVersion: kind.x-k8s.io/v1alpha4", "nodes:", *(f"- role: {role}" for role in roles)]
    return "\n".join(lines) + "\n"


def _check_engine() -> None:
    asked = os.environ.get("KIND_EXPERIMENTAL_PROVIDER")
    engine = next((each for each in ([asked] if asked else _ENGINES) if shutil.which(each)), None)
    if engine is None:
        raise EnvironmentUnfit(
            "kind has no container engine here",
            expected=f"{asked or 'docker or podman'} is installed",
            observed="it is not on PATH" if asked else "neither is on PATH",
            look_at=(
                "https://docs.docker.com/engine/install/",
                "--harness-cluster=embedded, which needs no container engine",
            ),
        )
    try:
        ask((engine, "ps", "--quiet"), f"asking {engine} for its containers")
    except EnvironmentUnfit as error:
        raise EnvironmentUnfit(
            f"{engine} is installed, but does not answer",
            expected=error.expected,
            observed=error.observed,
            look_at=(f"is its service running, and may you use it? {engine} info",),
        ) from error
