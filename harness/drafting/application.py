"""What a person names to have it drafted or checked: manifests in a file, a folder, a kustomization or a chart."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from harness.cluster.embedded.families import release_of
from harness.drafting.case import DraftedCase, Found, NotAsked
from harness.drafting.choosing import choose, others
from harness.drafting.feature import feature_text, tags_of
from harness.drafting.upgrading import Releases, upgrade
from harness.drafting.workload import Workload
from harness.errors import BadInput
from harness.manifests.charts import Release, chart_name, is_chart
from harness.manifests.hooks import Hook, parted
from harness.manifests.host_paths import refuse_folders
from harness.manifests.isolation import is_of_cluster, refuse_reach
from harness.manifests.moving import moved
from harness.manifests.rendering import render

__all__ = ["Application", "ManifestSource"]

_PATHS = ("--values", "--set-file")


@dataclass(frozen=True)
class ManifestSource:
    """A path, and for a chart pairs of options and values, with paths relative to the current folder."""

    path: Path
    arguments: tuple[str, ...] = ()

    def read(self) -> Application:
        """Return what is in it; BadInput where it cannot be used, or where no StatefulSet is in it."""
        if not self.path.exists():
            raise BadInput("there is no such file or folder", str(self.path), remedy=_remedy(self.path))
        rendered = moved(render(self.path, Release(version=release_of()), self.arguments), "")
        manifests, hooks = parted(rendered)
        for manifest in rendered:
            refuse_folders(manifest)
            refuse_reach(manifest, namespaced=not is_of_cluster(manifest))
        played = [hook for hook in hooks if _is_played(hook)]
        told = [NotAsked(f"{one.manifest.kind} {one.manifest.name}", "all", _told(one)) for one in hooks]
        chosen = choose(manifests, str(self.path), [hook.manifest for hook in played])
        return Application({"": self}, chosen, [*others(manifests), *told])

    def read_with(self, following: ManifestSource) -> Application:
        """Return what is in it and in the release that follows it; BadInput as `read`."""
        old = self.read()
        if is_chart(following.path) and "--release" not in following.arguments:
            release = ("--release", _release_of(self))
            following = ManifestSource(following.path, (*following.arguments, *release))
        new, names = following.read(), _names(self.path, following.path)
        releases = Releases(*names, {name: workload for name, (workload, _) in new.chosen.items()})
        chosen = {
            name: (workload, [*found, *(upgrade(workload, releases) if workload.replicas else ())])
            for name, (workload, found) in old.chosen.items()
        }
        more = [NotAsked(name, "all", f"only release {names[1]} has it") for name in new.chosen if name not in chosen]
        return Application(dict(zip(names, (self, following), strict=True)), chosen, [*old.spared, *more])

    def said_from(self, folder: Path) -> str:
        """Return the source as a feature in this folder says it."""
        words = [_from(self.path, folder)]
        for name, value in zip(self.arguments[::2], self.arguments[1::2], strict=True):
            key, _, file = value.partition("=") if name == "--set-file" else ("", "", value)
            path = _from(Path(file), folder) if name in _PATHS else value
            words += [name, f"{key}={path}" if key else path]
        return shlex.join(words)


@dataclass(frozen=True)
class Application:
    """
    A source that was read, or two of them: releases, by their names; the only one has none.

    `chosen`: by the name of each set what is asked of it and what is not; `spared`: of what else nothing is asked.
    """

    sources: dict[str, ManifestSource]
    chosen: dict[str, tuple[Workload, list[Found]]]
    spared: list[NotAsked]

    @property
    def stem(self) -> str:
        """What a feature about it may be called."""
        return next(iter(self.sources.values())).path.resolve().name.partition(".")[0] or "app"

    @property
    def tags(self) -> set[str]:
        """The tags of all that is asked."""
        sets = self.chosen.values()
        own = {tag for _, found in sets for one in found if isinstance(one, DraftedCase) for tag in one.tags}
        return own | {tag for workload, _ in sets for tag in tags_of(workload)}

    @property
    def needs_registry(self) -> bool:
        """Whether each of its sets runs an image that has to be pulled."""
        return all("needs_registry" in tags_of(workload) for workload, _ in self.chosen.values())

    def feature(self, folder: Path) -> str:
        """Return the text of the feature that asks for it, as it is to lie in this folder."""
        places = {release: source.said_from(folder) for release, source in self.sources.items()}
        return feature_text(self.chosen, places, self.spared)


def _is_played(hook: Hook) -> bool:
    """Whether a hook runs; what is wrong with it is told before anything is played."""
    _ = hook.weight, hook.policies
    return hook.is_played


def _told(hook: Hook) -> str:
    return hook.told if hook.is_played else str(hook)


def _remedy(path: Path) -> str:
    """Return what to do about a target that is no path, as somebody may name it who is used to helm."""
    if str(path).startswith("oci:") or not path.parent.exists():
        return "fetch a chart that is elsewhere first: helm pull --untar"
    return ""


def _release_of(source: ManifestSource) -> str:
    told = dict(zip(source.arguments[::2], source.arguments[1::2], strict=True))
    return told.get("--release") or chart_name(source.path)


def _names(old: Path, new: Path) -> tuple[str, str]:
    """Return what two releases are called: by the versions of their charts, else as what they lie in, else by time."""
    for called in (_version, _stem):
        names = called(old), called(new)
        if all(names) and names[0] != names[1]:
            return names
    return "old", "new"


def _version(path: Path) -> str:
    file = path / "Chart.yaml"
    found = (
        re.search(r"^version:\s*[\"']?([\w.+-]+)", file.read_text(encoding="utf-8"), re.MULTILINE)
        if file.is_file()
        else None
    )
    return found[1] if found else ""


def _stem(path: Path) -> str:
    return path.resolve().name.partition(".yaml")[0].replace('"', "")


def _from(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
