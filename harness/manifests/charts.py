"""
Helm charts, rendered by the user's own helm: what a chart means, its own program knows best.

Hooks come out beside all else, as `helm template` prints them, and are dealt with where objects are applied; so do the
definitions of a chart's folder `crds`, which an installation applies first.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness import timeouts
from harness.errors import BadInput
from harness.manifests.loading import parse
from harness.manifests.manifest import Manifest

__all__ = ["OPTIONS", "Release", "chart_name", "is_chart", "rendered_chart"]

OPTIONS = (
    "--values",
    "--set",
    "--set-string",
    "--set-json",
    "--set-file",
    "--release",
    "--kube-version",
    "--api-versions",
)
"""What may be said about the rendering of a chart, each with a value; `--release` is the name of the release."""

_ARCHIVES = (".tgz", ".tar.gz")
_DEFINITION = "Chart.yaml"
_SOURCE = re.compile(r"^# Source: (\S.*)$")
_UNFIT = re.compile(r"[^a-z0-9.-]+")
"""What the name of a release may not have in it."""


@dataclass(frozen=True, slots=True)
class Release:
    """
    What a chart is told of the release that it is rendered for.

    `namespace`: where it is played, empty where nobody knows yet. `version`: the server's, which the chart may ask for.
    `is_upgrade`: it is there already. `kubeconfig`: its cluster, where the chart may look up what it has made before,
    in context `context`; None where there is none.
    """

    namespace: str = ""
    version: str = ""
    is_upgrade: bool = False
    kubeconfig: Path | None = None
    context: str = ""

    def options(self, given: Sequence[str]) -> list[str]:
        """Return what helm is told of it, beside what somebody has said already."""
        told = ["--namespace", self.namespace or "default", "--include-crds"]
        if self.version and "--kube-version" not in given:
            told += ["--kube-version", self.version]
        if self.is_upgrade:
            told.append("--is-upgrade")
        if self.kubeconfig:
            told += ["--dry-run=server", "--kubeconfig", str(self.kubeconfig)]
            told += ["--kube-context", self.context] if self.context else []
        return told


def is_chart(path: Path) -> bool:
    """Whether a path is a chart: a folder with a Chart.yaml, or an archive."""
    return path.name.endswith(_ARCHIVES) if path.is_file() else (path / _DEFINITION).is_file()


def chart_name(path: Path) -> str:
    """Return what a chart's release is called where nobody says otherwise: as the chart's folder or archive is."""
    if path.is_dir():
        return _UNFIT.sub("-", path.resolve().name.lower()).strip("-.") or "app"
    name, _, version = path.name.removesuffix(".tgz").removesuffix(".tar.gz").rpartition("-")
    return name if version[:1].isdecimal() else path.name.partition(".")[0]


def rendered_chart(
    chart: Path, release: Release, arguments: Sequence[str] = (), folder: Path | None = None
) -> list[Manifest]:
    """
    Return what `helm template` prints of a chart for a release, each object with the template that it comes from.

    `arguments` are pairs of OPTIONS and values; paths in them are relative to `folder`. Lines count in what helm
    prints. Raises BadInput where helm is missing or refuses the chart, with its own words.
    """
    helm = shutil.which("helm")
    if helm is None:
        remedy = f"install helm, or render it where helm is: helm template {chart_name(chart)} {chart} > app.yaml"
        raise BadInput("this is a Helm chart, and helm is not on the PATH", str(chart), remedy=remedy)
    name, options = _parted(arguments, chart)
    command = [helm, "template", name, str(chart.resolve()), *release.options(options), *options]
    try:
        ran = subprocess.run(
            command, cwd=folder, capture_output=True, encoding="utf-8", timeout=timeouts.RENDERING.s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BadInput(f"helm template did not end within {timeouts.RENDERING.s:g} s", str(chart)) from error
    if ran.returncode:
        said = ran.stderr.strip().removeprefix("Error: ")
        raise BadInput(f"helm template failed: {said}", str(chart), remedy=_remedy(said))
    return _objects(ran.stdout, chart)


def _objects(text: str, chart: Path) -> list[Manifest]:
    rendered = f"{chart} (as rendered by helm template)"
    try:
        found = parse(text, rendered)
    except BadInput as error:
        source = _source(text, error.line)
        raise BadInput(error.problem, _told(chart, source) if source else rendered, error.line, error.remedy) from error
    return [replace(one, file=_told(chart, source)) if (source := _source(text, one.line)) else one for one in found]


def _source(text: str, line: int) -> str:
    """Return the template that a line of helm's output comes from, relative to the chart; empty where it says none."""
    for told in reversed(text.splitlines()[:line]):
        if found := _SOURCE.match(told):
            return found[1].partition("/")[2]
        if told == "---":
            break
    return ""


def _told(chart: Path, source: str) -> str:
    return f"{chart}/{source} (as rendered by helm template)"


def _remedy(said: str) -> str:
    if "missing in charts/" in said:
        return "fetch what it depends on: helm dependency build"
    if "incompatible with Kubernetes" in said:
        return "say which Kubernetes it is for: --kube-version"
    if "YAML parse error" in said or "error converting YAML" in said:
        return "see what it renders: helm template --debug"
    return "give the values that it asks for: --values, --set" if "execution error" in said else ""


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
