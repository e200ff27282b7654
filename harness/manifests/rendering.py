"""Manifests that are not one plain file: a folder of files, a kustomization, a chart; whoever renders them is asked."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from harness import timeouts
from harness.errors import BadInput
from harness.manifests.charts import is_chart, rendered_chart
from harness.manifests.loading import load, parse
from harness.manifests.manifest import Manifest

__all__ = ["SUFFIXES", "render"]

SUFFIXES = (".yaml", ".yml", ".json")
"""Endings of manifests, as kubectl takes them from a folder."""
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def render(
    path: Path, namespace: str = "", arguments: Sequence[str] = (), folder: Path | None = None
) -> list[Manifest]:
    """
    Return the objects of a file, of all files of a folder in order of their names, of a kustomization, or of a chart.

    `namespace`, `arguments` and `folder` are for a chart: see `rendered_chart`. Raises BadInput where a file cannot be
    used, where there is no object, or where kubectl or helm is missing or fails.
    """
    if is_chart(path):
        found = parse(rendered_chart(path, namespace, arguments, folder), f"{path} (as rendered by helm template)")
    elif arguments:
        raise BadInput(f"{arguments[0]} is said about charts, and this is none", str(path), remedy="leave it out")
    else:
        found = _rendered(path)
    if not found:
        raise BadInput("there is no object in it, only empty documents and comments", str(path))
    return found


def _rendered(path: Path) -> list[Manifest]:
    if not path.is_dir():
        return load(path)
    if any((path / name).is_file() for name in _KUSTOMIZATIONS):
        return parse(_kustomized(path), f"{path} (as rendered by kubectl kustomize)")
    files = sorted(file for file in path.iterdir() if file.suffix in SUFFIXES)
    if not files:
        raise BadInput("there is no YAML or JSON file in this folder", str(path))
    return [manifest for file in files for manifest in load(file)]


def _kustomized(folder: Path) -> str:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        remedy = "install kubectl, or give a plain YAML file"
        raise BadInput("this folder is a kustomization, and kubectl is not on the PATH", str(folder), remedy=remedy)
    try:
        ran = subprocess.run(
            [kubectl, "kustomize", str(folder)],
            capture_output=True,
            encoding="utf-8",
            timeout=timeouts.RENDERING.s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BadInput(f"kubectl kustomize did not end within {timeouts.RENDERING.s:g} s", str(folder)) from error
    if ran.returncode:
        said = ran.stderr.strip().removeprefix("error: ")
        raise BadInput(f"kubectl kustomize failed: {said}", str(folder))
    return ran.stdout
