"""What a person names to have it drafted or checked: manifests in a file, a folder, a kustomization or a chart."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from harness.cluster.embedded.families import release_of
from harness.drafting.case import Found, NotAsked
from harness.drafting.choosing import choose, others
from harness.drafting.feature import feature_text
from harness.drafting.workload import Workload
from harness.errors import BadInput
from harness.manifests.charts import Release
from harness.manifests.hooks import Hook, parted
from harness.manifests.host_paths import refuse_folders
from harness.manifests.isolation import is_of_cluster, refuse_reach
from harness.manifests.manifest import Manifest
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
            raise BadInput("there is no such file or folder", str(self.path))
        rendered = moved(render(self.path, Release(version=release_of()), self.arguments), "")
        manifests, hooks = parted(rendered)
        for manifest in rendered:
            refuse_folders(manifest)
            refuse_reach(manifest, namespaced=not is_of_cluster(manifest))
        played = [hook for hook in hooks if _is_played(hook)]
        told = [NotAsked(f"{one.manifest.kind} {one.manifest.name}", "all", _told(one)) for one in hooks]
        chosen = choose(manifests, str(self.path), [hook.manifest for hook in played])
        return Application(self, manifests, chosen, [*others(manifests), *told])

    @property
    def stem(self) -> str:
        """What a feature about it may be called."""
        return self.path.resolve().name.partition(".")[0] or "app"

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
    A source that was read.

    `chosen`: by the name of each set what is asked of it and what is not; `spared`: of what else nothing is asked.
    """

    target: ManifestSource
    manifests: list[Manifest]
    chosen: dict[str, tuple[Workload, list[Found]]]
    spared: list[NotAsked]

    def feature(self, folder: Path) -> str:
        """Return the text of the feature that asks for it, as it is to lie in this folder."""
        return feature_text(self.chosen, self.target.said_from(folder), self.spared)


def _is_played(hook: Hook) -> bool:
    """Whether a hook runs; what is wrong with it is told before anything is played."""
    _ = hook.weight, hook.policies
    return hook.is_played


def _told(hook: Hook) -> str:
    return hook.told if hook.is_played else str(hook)


def _from(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
