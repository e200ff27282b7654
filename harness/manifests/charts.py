"""
Helm charts, rendered by the user's own helm: what a chart means, its own program knows best.

Hooks come out beside all else, as `helm template` prints them, and are dealt with where objects are applied.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from harness import timeouts
from harness.errors import BadInput

__all__ = ["OPTIONS", "chart_name", "is_chart", "rendered_chart"]

OPTIONS = ("--values", "--set", "--set-string", "--set-json", "--set-file", "--release", "--kube-version")
"""What may be said about the rendering of a chart, each with a value; `--release` is the name of the release."""

_ARCHIVES = (".tgz", ".tar.gz")
_DEFINITION = "Chart.yaml"


def is_chart(path: Path) -> bool:
    """Whether a path is a chart: a folder with a Chart.yaml, or an archive."""
    return path.name.endswith(_ARCHIVES) if path.is_file() else (path / _DEFINITION).is_file()


def chart_name(path: Path) -> str:
    """Return what a chart's release is called where nobody says otherwise: as the chart's folder or archive is."""
    if path.is_dir():
        return path.resolve().name
    name, _, version = path.name.removesuffix(".tgz").removesuffix(".tar.gz").rpartition("-")
    return name if version[:1].isdecimal() else path.name.partition(".")[0]


def rendered_chart(chart: Path, namespace: str, arguments: Sequence[str] = (), folder: Path | None = None) -> str:
    """
    Return what `helm template` prints of a chart for a release in this namespace.

    `arguments` are pairs of OPTIONS and values; paths in them are relative to `folder`. Raises BadInput where helm is
    missing or refuses the chart, with its own words.
    """
    helm = shutil.which("helm")
    if helm is None:
        remedy = f"install helm, or render it where helm is: helm template {chart_name(chart)} {chart} > app.yaml"
        raise BadInput("this is a Helm chart, and helm is not on the PATH", str(chart), remedy=remedy)
    release, options = _parted(arguments, chart)
    command = [helm, "template", release, str(chart.resolve()), "--namespace", namespace or "default", *options]
    try:
        ran = subprocess.run(
            command, cwd=folder, capture_output=True, encoding="utf-8", timeout=timeouts.RENDERING.s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BadInput(f"helm template did not end within {timeouts.RENDERING.s:g} s", str(chart)) from error
    if ran.returncode:
        said = ran.stderr.strip().removeprefix("Error: ")
        remedy = "fetch what it depends on: helm dependency build" if "missing in charts/" in said else ""
        raise BadInput(f"helm template failed: {said}", str(chart), remedy=remedy)
    return ran.stdout


def _parted(arguments: Sequence[str], chart: Path) -> tuple[str, list[str]]:
    """Return the name of the release, and what else helm is told."""
    release, options = chart_name(chart), []
    words = iter(arguments)
    for word in words:
        name, joined, value = word.partition("=")
        if name not in OPTIONS:
            raise BadInput(f"{word} is nothing that can be said about a chart", remedy=f"one of {', '.join(OPTIONS)}")
        value = value if joined else next(words, "")
        if not value:
            raise BadInput(f"{name} has no value")
        if name == "--release":
            release = value
        else:
            options += [name, value]
    return release, options
