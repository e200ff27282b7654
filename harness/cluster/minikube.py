"""
A cluster that minikube makes: every node is a container or a virtual machine, as its driver has it.

Source of the commands: https://minikube.sigs.k8s.io/docs/commands/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from harness.cluster.local import Commands, Local, ask, bring_up
from harness.cluster.providers import Order
from harness.errors import EnvironmentUnfit

__all__ = ["start"]

_NO_DRIVER = re.compile(r"\b(DRV|PROVIDER)_[A-Z_]+")
"""The codes with which minikube says that it found nothing to run a node with, or nothing that works."""


def start(program: Path, order: Order, progress: Callable[[str], None]) -> Local:
    """
    Return the minikube cluster of the ordered profile and number of nodes.

    One that is there already is started should it be stopped. Raises EnvironmentUnfit for what this machine lacks.
    """
    try:
        return bring_up(program, order, lambda name, _: _commands(name, order.nodes or 1), _existing, progress)
    except EnvironmentUnfit as error:
        if _NO_DRIVER.search(error.observed) is None:
            raise
        raise EnvironmentUnfit(
            "minikube finds no driver here that it can use",
            expected="docker or podman is installed and runs, or another driver is chosen with MINIKUBE_DRIVER",
            observed=error.observed,
            look_at=(
                "https://minikube.sigs.k8s.io/docs/drivers/",
                "--harness-cluster=embedded, which needs no container engine",
            ),
        ) from error


def _commands(name: str, nodes: int) -> Commands:
    profile = ("--profile", name)
    ready = (*profile, "--wait", "all", "--interactive=false")
    return Commands(
        context=name,
        make=("minikube", "start", *ready, "--nodes", str(nodes)),
        use=("minikube", "start", *ready),
        remove=("minikube", "delete", *profile),
        load=("minikube", "image", "load", *profile),
        logs=("minikube", "logs", *profile),
    )


def _existing() -> list[str]:
    command = ("minikube", "profile", "list", "--output", "json", "--light")
    profiles = json.loads(ask(command, "asking minikube for its profiles"))
    return [str(profile["Name"]) for profile in profiles["valid"]]
