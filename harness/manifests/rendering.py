"""Manifests that are not one plain file: a folder of files, a kustomization, a chart; whoever renders them is asked."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from harness import timeouts
from harness.errors import BadInput
from harness.manifests.charts import Release, is_chart, rendered_chart
from harness.manifests.loading import load, parse
from harness.manifests.manifest import Manifest

__all__ = ["SUFFIXES", "render"]

SUFFIXES = (".yaml", ".yml", ".json")
"""Endings of manifests, as kubectl takes them from a folder."""
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_KUSTOMIZERS = (("kubectl", "kustomize"), ("kustomize", "build"))
"""Who renders a kustomization: the first that is there."""


_NOWHERE = Release()


def render(
    path: Path, release: Release = _NOWHERE, arguments: Sequence[str] = (), folder: Path | None = None
) -> list[Manifest]:
    """
    Return the objects of a file, of all files of a folder in order of their names, of a kustomization, or of a chart.

    `release`, `arguments` and `folder` are for a chart: see `rendered_chart`. Raises BadInput where a file cannot be
    used, where there is no object, or where kubectl or helm is missing or fails.
    """
    if is_chart(path):
        found = rendered_chart(path, release, arguments, folder)
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
        return _kustomized(path)
    files = sorted(file for file in path.iterdir() if file.suffix in SUFFIXES)
    if not files:
        charts = sorted(inner.name for inner in path.iterdir() if is_chart(inner))
        remedy = f"name the chart in it: {', '.join(str(path / name) for name in charts[:3])}" if charts else ""
        raise BadInput("there is no YAML or JSON file in this folder", str(path), remedy=remedy)
    return [manifest for file in files for manifest in load(file)]


def _kustomized(folder: Path) -> list[Manifest]:
    command = next((words for words in _KUSTOMIZERS if shutil.which(words[0])), None)
    if command is None:
        remedy = "install kubectl, or give a plain YAML file"
        problem = "this folder is a kustomization, and neither kubectl nor kustomize is on the PATH"
        raise BadInput(problem, str(folder), remedy=remedy)
    told = " ".join(command)
    try:
        ran = subprocess.run(
            [*command, str(folder)], capture_output=True, encoding="utf-8", timeout=timeouts.RENDERING.s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BadInput(f"{told} did not end within {timeouts.RENDERING.s:g} s", str(folder)) from error
    if ran.returncode:
        said = ran.stderr.strip().removeprefix("error: ").removeprefix("Error: ")
        remedy = (
            f"render it yourself: kustomize build --enable-helm {folder} > app.yaml" if "enable-helm" in said else ""
        )
        raise BadInput(f"{told} failed: {said}", str(folder), remedy=remedy)
    return parse(ran.stdout, f"{folder} (as rendered by {told})")
