"""
The configuration of a cluster for kind: what the user has written, and what the harness needs besides.

Source of its fields: https://kind.sigs.k8s.io/docs/user/configuration. Whatever is not spoken of here is passed on as
it stands, and judged by kind.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from harness.cluster.local import SHARED
from harness.errors import BadInput
from harness.model import ZONE

__all__ = ["complete", "open_nodes", "read_config", "write_config"]

Config = dict[str, Any]

_OLD_CGROUPS = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfailCgroupV1: false\n"


def read_config(path: Path | None, nodes: int) -> Config:
    """
    Return the configuration in a file, or an empty one, with so many nodes that pods may use.

    `nodes`: 0 where nothing was ordered; the file decides then, and one node is what it decides by saying nothing.
    Raises BadInput where the file is none, or where it has another number of nodes than was ordered.
    """
    config: Config = {"kind": "Cluster", "apiVersion": "kind.x-k8s.io/v1alpha4"} | (_read(path) if path else {})
    if not config.get("nodes"):
        # Beside others, the node of the control plane is closed to pods.
        workers = nodes if nodes > 1 else 0
        config["nodes"] = [{"role": "control-plane"}, *({"role": "worker"} for _ in range(workers))]
        return config
    found = open_nodes(config)
    if nodes not in (0, found):
        raise BadInput(
            f"pods may use {found} of its {len(config['nodes'])} nodes, and --harness-nodes={nodes} asks for {nodes}",
            str(path),
            remedy="leave out one of the two: kind closes the control plane to pods wherever there is another node",
        )
    if not found:
        raise BadInput("pods may use none of its nodes", str(path), remedy="add a node with the role worker")
    return config


def open_nodes(config: Config) -> int:
    """Return how many nodes pods may use: the only one, else those that are no control plane."""
    return len(_open(config))


def _open(config: Config) -> list[dict[str, Any]]:
    nodes = config["nodes"]
    return nodes if len(nodes) == 1 else [node for node in nodes if node.get("role") == "worker"]


def complete(config: Config, shared: Path | None, *, old_cgroups: bool) -> Config:
    """
    Return the configuration with the folder `shared` at SHARED on every node that has nothing else there.

    The nodes that pods may use are in two zones by turns, unless they are in others.
    `old_cgroups`: let kubelets run on cgroup v1, unless a patch has said something about that.
    """
    made = {**config, "nodes": [dict(node) for node in config["nodes"]]}
    for number, node in enumerate(_open(made)):
        node["labels"] = {ZONE: f"zone-{1 + number % 2}"} | (node.get("labels") or {})
    for node in made["nodes"] if shared else ():
        mounts = list(node.get("extraMounts") or ())
        if not any(mount.get("containerPath") == SHARED for mount in mounts):
            node["extraMounts"] = [*mounts, {"hostPath": str(shared), "containerPath": SHARED}]
    patches = list(made.get("kubeadmConfigPatches") or ())
    if old_cgroups and not any("failCgroupV1" in patch for patch in patches):
        made["kubeadmConfigPatches"] = [*patches, _OLD_CGROUPS]
    return made


def write_config(config: Config, path: Path) -> None:
    """Write a configuration as kind reads it."""
    writer: Callable[..., None] = YAML(typ="safe", pure=True).dump
    with path.open("w") as file:
        writer(config, file)


def _read(path: Path) -> Config:
    try:
        content = YAML(typ="safe", pure=True).load(path.read_text())
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BadInput(f"the configuration for kind is not YAML: {error.problem}", str(path), line) from error
    except (OSError, UnicodeError, YAMLError) as error:
        raise BadInput(f"the configuration for kind cannot be read: {error}", str(path)) from error
    nodes = content.get("nodes") or [] if isinstance(content, dict) else None
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise BadInput(
            "this is no configuration for kind",
            str(path),
            remedy="it begins with kind: Cluster and apiVersion: kind.x-k8s.io/v1alpha4, and its nodes are a list",
        )
    return dict(content)
