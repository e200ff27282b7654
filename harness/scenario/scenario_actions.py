"""
The namespace a scenario has to itself, and everything it does there.

Every event goes through the run: on a cluster it happens and is recorded, in a replay it has happened already.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

from harness.errors import BadInput
from harness.history.observation import ANSWER, Observation
from harness.manifests.charts import Release, is_chart
from harness.manifests.manifest import Manifest
from harness.manifests.moving import moved
from harness.manifests.rendering import SUFFIXES, render
from harness.scenario.applying import ROLLBACK, UPGRADE
from harness.scenario.namespace import PROPOSAL, ScenarioNamespace
from harness.scenario.run import ScenarioRun

__all__ = ["ScenarioActions"]

P = ParamSpec("P")
_NOWHERE = Release()


@dataclass(frozen=True, slots=True)
class _Source:
    """Where an application's manifests are, as the feature says, and how a chart is rendered."""

    said: str
    arguments: tuple[str, ...]

    @property
    def key(self) -> str:
        """What its manifests are kept under: the same chart with other values is another release."""
        return " ".join((self.said, *self.arguments))


class ScenarioActions:
    """
    What a step may do: apply systems, let events happen, ask what cannot be watched.

    `folder` is where the feature lies; manifests are looked up where the scenario says that they are, beside the
    feature, and in the `systems` folder above it.
    Without a cluster (in a replay) nothing is done: the run goes past what the recording holds.
    """

    def __init__(
        self, run: ScenarioRun, namespace: str, folder: Path, scenario: ScenarioNamespace | None = None
    ) -> None:
        self.run = run
        self.namespace = namespace
        self._folder = folder
        self._scenario = scenario
        self._sources: list[_Source] = []
        self._releases: dict[str, _Source] = {}

    @property
    def scenario(self) -> ScenarioNamespace:
        """The namespace on the cluster; only to be asked for inside what `perform` and `query` are given."""
        if self._scenario is None:
            raise RuntimeError("a replay has no cluster. This is a bug in the harness.")
        return self._scenario

    def look_in(self, path: str, *arguments: str) -> None:
        """
        Have manifests looked up in a file, a folder, a kustomization or a chart first; `path` is relative to `folder`.

        They are one system, whichever of its objects is named, and are played in the scenario's namespace instead of
        the one that they name. `arguments` as `harness.manifests.charts` knows them.
        """
        self._sources.append(_Source(path, arguments))

    def know_release(self, release: str, path: str, *arguments: str) -> None:
        """Have a release's manifests looked up as `look_in` does; of several the first is what is installed."""
        self._releases[release] = _Source(path, arguments)
        if len(self._releases) == 1:
            self._sources.append(self._releases[release])

    def upgrade(self, old: str, new: str) -> None:
        """
        Have an installed release upgraded to another one, as Helm does: its hooks run, and what it has not is deleted.

        Raises BadInput where the old one is not installed or the new one cannot be used; ExpectationNotMet where the
        server refuses a change, with its field, or where a hook fails.
        """

        def deed() -> None:
            before, after = self._release(old), self._release(new)
            manifests = self._read(after, is_upgrade=True)
            self.scenario.change(self._installed(old, before), manifests, UPGRADE)
            self._replace(before, after, manifests)

        self.run.perform(deed)

    def roll_back(self, new: str, old: str) -> None:
        """Have a release rolled back to the one that it was upgraded from, as that was; raises as `upgrade` does."""

        def deed() -> None:
            after, before = self._release(new), self._release(old)
            manifests = self._installed(old, before)
            self.scenario.change(self._installed(new, after), manifests, ROLLBACK)
            self._replace(after, before, manifests)

        self.run.perform(deed)

    def manifest(self, system: str) -> Path:
        """
        Return what describes a system: a file `NAME.yaml` (or yml, json) or a folder NAME.

        It lies beside the feature or in `systems` above it. A folder holds files or a kustomization. Raises BadInput
        with the folders that were looked at.
        """
        folders = [self._folder, *(parent / "systems" for parent in (self._folder, *self._folder.parents[:2]))]
        names = [*(f"{system}{suffix}" for suffix in SUFFIXES), system]
        for path in (folder / name for folder in folders for name in names):
            if path.exists():
                return path
        looked = ", ".join(str(folder) for folder in folders)
        raise BadInput(f"there is no manifest {system}.yaml", remedy=f"looked in {looked}")

    def apply(
        self,
        system: str,
        edit: Callable[[list[Manifest]], list[Manifest]] | None = None,
        *,
        only: Sequence[str] | None = None,
    ) -> None:
        """
        Have a system applied; `edit` is the scenario's change to its manifests as they were applied last.

        `only` names the objects that are wanted now; the others keep their place among the system's manifests. Raises
        BadInput where a manifest cannot be used.
        """

        def deed() -> None:
            key = self._system(system)
            manifests = self.scenario.systems.get(key) or render(self.manifest(system))
            self.scenario.systems[key] = edit(manifests) if edit else manifests
            self.scenario.apply(self.scenario.systems[key], only)

        self.run.perform(deed)

    def dry_run(
        self,
        system: str,
        edit: Callable[[list[Manifest]], list[Manifest]],
        *,
        only: Sequence[str] | None = None,
    ) -> Observation:
        """
        Return the recorded answer of the server to a change of a system that it is not asked to make.

        `only` names the objects that it is asked about, by default all of the system.
        """
        return self.query(
            ANSWER, PROPOSAL, lambda scenario: scenario.dry_run(edit(scenario.systems[self._system(system)]), only)
        )

    def perform(
        self, fault: Callable[Concatenate[ScenarioNamespace, P], object], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Let an event of `harness.actions` happen in this namespace."""
        self.run.perform(lambda: fault(self.scenario, *args, **kwargs))

    def query(self, topic: str, name: str, question: Callable[[ScenarioNamespace], Observation]) -> Observation:
        """Return the recorded answer to a question that cannot be watched: a DNS name, a file."""
        return self.run.query(topic, name, lambda: question(self.scenario))

    def own_name(self, name: str) -> str:
        """Return the name that a cluster-scoped object of this scenario has on the cluster."""
        return f"{name}-{self.namespace.rpartition('-')[2]}"

    def latest(self, kind: str, name: str) -> dict[str, Any]:
        """
        Return the newest state of an object in the record.

        Raises BadInput where the scenario has no such object.
        """
        found = self.run.history.current(kind, name)
        if found is None:
            raise BadInput(f'this scenario has no {kind} "{name}" at this point')
        return dict(found)

    def _system(self, name: str) -> str:
        """Return what a system is kept under: the source that has an object of this name, else the name itself."""
        for source in self._sources:
            if source.key not in self.scenario.systems:
                self.scenario.systems[source.key] = self._read(source)
            if any(manifest.name == name for manifest in self.scenario.systems[source.key]):
                return source.key
        return name

    def _release(self, name: str) -> _Source:
        if name not in self._releases:
            known = ", ".join(self._releases) or "none"
            remedy = f'say before: Given release "{name}" is in "…"'
            raise BadInput(f'the scenario knows no release "{name}", but {known}', remedy=remedy)
        return self._releases[name]

    def _installed(self, name: str, source: _Source) -> list[Manifest]:
        """Return the manifests of a release as they were applied last."""
        if source.key not in self.scenario.systems:
            remedy = "let something of it be applied before, as a StatefulSet with ready replicas"
            raise BadInput(f'release "{name}" was not installed', remedy=remedy)
        return self.scenario.systems[source.key]

    def _replace(self, before: _Source, after: _Source, manifests: list[Manifest]) -> None:
        self.scenario.systems[after.key] = manifests
        self._sources = [after if source == before else source for source in self._sources]

    def _read(self, source: _Source, *, is_upgrade: bool = False) -> list[Manifest]:
        path = Path(os.path.relpath(self._folder / source.said))  # as somebody would say it who reads an error
        if not path.exists():
            raise BadInput(f"there are no manifests in {source.said}", remedy=f"looked for {path.absolute()}")
        release = _NOWHERE
        if is_chart(path):
            api = self.scenario.api
            where = (api.kubeconfig, api.context) if is_upgrade else (None, "")  # to look up what it has made
            release = Release(self.namespace, api.version(), is_upgrade, *where)
        return moved(render(path, release, source.arguments, self._folder), self.namespace)
