"""
Manifests on their way to the server: made a scenario's own, in the order that they need, each write recorded.

A release has moments, at which hooks run; whatever is no hook is applied in between. New kinds are defined first, for
of an unknown one nobody can say whether it belongs to a namespace.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from harness.actions.target import record_action
from harness.errors import BadInput, Conflict, Invalid, KubeError, NotFound
from harness.history.observation import ACTION, Verb
from harness.kube.api import Api
from harness.manifests.apply_order import in_order
from harness.manifests.hooks import Hook, due, parted
from harness.manifests.host_paths import has_own_folders
from harness.manifests.manifest import Manifest
from harness.manifests.placing import alter, stamp
from harness.manifests.rejection import refused
from harness.manifests.release_changes import dropped, refused_upgrade
from harness.model import Kind, Object
from harness.promises.own_actions import LEAVE_OUT
from harness.scenario.belongings import mark_of, refuse_taking
from harness.scenario.definitions import await_served, is_definition
from harness.scenario.hook_runs import clear, run_hooks

if TYPE_CHECKING:
    from harness.scenario.namespace import ScenarioNamespace

__all__ = ["INSTALL", "ROLLBACK", "UPGRADE", "Applying", "kind_of"]

INSTALL, UPGRADE, ROLLBACK = "install", "upgrade", "rollback"
"""The moments of a release, as Helm calls them in `pre-install` and the like."""


def kind_of(api: Api, manifest: Manifest) -> Kind:
    """Return where the server serves a manifest's kind; raises BadInput with the line where it serves none."""
    try:
        return api.kind(manifest.body["apiVersion"], manifest.kind)
    except KubeError as error:
        raise refused(error, manifest) from error


@dataclass(frozen=True, slots=True)
class Applying:
    """What a scenario's namespace does with manifests."""

    scene: ScenarioNamespace

    def apply(self, manifests: Sequence[Manifest], only: Sequence[str] | None) -> None:
        """Return when the server has accepted the manifests, and the hooks of an installation have run."""
        altered, hooks = self._parted(manifests, only)
        self._release(altered, hooks, INSTALL, only)

    def change(self, old: Sequence[Manifest], new: Sequence[Manifest], moment: str) -> None:
        """Return when the server has accepted another release, and what only the old one has is asked to go."""
        altered, hooks = self._parted(new, None)
        before, _ = parted(alter(old, self.scene.changes))
        self._release(altered, hooks, moment, None, before)

    def _release(
        self,
        altered: list[Manifest],
        hooks: list[Hook],
        moment: str,
        only: Sequence[str] | None,
        before: Sequence[Manifest] = (),
    ) -> None:
        definitions = [one for one in altered if is_definition(one)]
        self._define(definitions, altered)
        plain = [one for one in altered if one not in definitions]
        chosen = plain if only is None else _chosen(plain, only)
        placed = in_order(self._stamped(chosen, altered))
        refuse_taking(self.scene.api, placed, self.scene.token)
        former = {(one.kind, one.name): one for one in before}
        self._run(hooks, f"pre-{moment}", altered)
        for manifest in placed:
            self.send(manifest, former.get((manifest.kind, manifest.name)))
        gone = [one for one in dropped(before, altered) if not is_definition(one)]  # Helm deletes none of its crds
        for manifest in self._stamped(gone, list(before)):
            self._delete(manifest)
        self._run(hooks, f"post-{moment}", altered)

    def _delete(self, manifest: Manifest) -> None:
        """Ask the server to remove an object of the scenario's own that a release has no more."""
        scene, kind = self.scene, kind_of(self.scene.api, manifest)
        namespace = scene.namespace if kind.namespaced else None
        with suppress(NotFound, Conflict):  # gone, or another one of that name by now
            found = scene.api.read(kind, str(manifest.body["metadata"]["name"]), namespace)
            if not kind.namespaced and mark_of(found) != scene.namespace:
                return
            metadata = found["metadata"]
            scene.api.delete(kind, metadata["name"], namespace, uid=metadata["uid"], propagation="Background")
            record_action(scene, "delete", kind.name, found)

    def placed(self, manifests: Sequence[Manifest], only: Sequence[str] | None) -> list[Manifest]:
        """Return the manifests as they would be applied, without hooks."""
        altered, _ = self._parted(manifests, only)
        return in_order(self._stamped(altered if only is None else _chosen(altered, only), altered))

    def send(self, manifest: Manifest, former: Manifest | None = None) -> tuple[Kind, Object]:
        """Return the object that the server has accepted, and its kind; `former` as it was in the release before."""
        scene, kind = self.scene, kind_of(self.scene.api, manifest)
        scene.applied.append(manifest)
        try:
            if kind.namespaced:
                made = scene.api.apply(kind, manifest.body, namespace=scene.namespace)
            else:
                made = scene.belongings.apply(kind, manifest)
        except KubeError as error:
            if former is not None and isinstance(error, Invalid):
                raise refused_upgrade(error, former, manifest) from error
            raise refused(error, manifest) from error
        record_action(scene, "apply", kind.name, made, generation=made["metadata"].get("generation"))
        return kind, made

    def _define(self, definitions: list[Manifest], altered: list[Manifest]) -> None:
        """Have new kinds defined; one that is there already stays as it is, as an installation of Helm's leaves it."""
        for manifest in self._stamped(definitions, altered):
            if self.scene.belongings.has_foreign(kind_of(self.scene.api, manifest), manifest):
                note = f"{manifest.file}:{manifest.line}: left as it is: {manifest.name}, which the cluster has already"
                self.scene.notes[note] = None
            else:
                self.send(manifest)
        await_served(self.scene.api, definitions, self.scene.namespace)

    def _run(self, hooks: Sequence[Hook], moment: str, altered: list[Manifest]) -> None:
        wanted = [hook for hook in due(hooks, moment) if self._is_wanted(hook, moment)]
        for hook in wanted:
            self.scene.hooked.add((moment, hook.manifest.name))
        run_hooks(self.scene.api, wanted, moment, partial(self._make, altered=altered))

    def _is_wanted(self, hook: Hook, moment: str) -> bool:
        """Whether it runs now: what is applied again is not installed again, but every upgrade is one."""
        return not moment.endswith(INSTALL) or (moment, hook.manifest.name) not in self.scene.hooked

    def _make(self, hook: Hook, altered: list[Manifest]) -> tuple[Kind, Object]:
        (manifest,) = self._stamped([hook.manifest], altered)
        clear(self.scene.api, hook, kind_of(self.scene.api, manifest), self.scene.namespace)
        return self.send(manifest)

    def _parted(self, manifests: Sequence[Manifest], only: Sequence[str] | None) -> tuple[list[Manifest], list[Hook]]:
        """Return what is to be applied, and the hooks to run; of the others it is noted that they are left out."""
        scene = self.scene
        altered, hooks = parted(alter(manifests, scene.changes))
        for hook in hooks:
            if only and hook.manifest.name in only:
                raise hook.refused()
            if not hook.is_played and str(hook) not in scene.notes:
                scene.notes[str(hook)] = None
                facts = {"verb": LEAVE_OUT, "kind": hook.manifest.kind}
                scene.recorder.record(ACTION, Verb.DONE, name=hook.manifest.name, data=facts)
        return altered, [hook for hook in hooks if hook.is_played and only is None]

    def _stamped(self, chosen: list[Manifest], among: list[Manifest]) -> list[Manifest]:
        scene = self.scene
        stamped = stamp(
            chosen,
            scene.namespace,
            scene.token,
            scene.classes,
            is_namespaced=lambda manifest: kind_of(scene.api, manifest).namespaced,
            among=among,
        )
        for manifest in stamped:
            scene.secrets.learn(manifest.body)
        if scene.folders and any(map(has_own_folders, chosen)):
            scene.folders.note(scene.namespace)
        return stamped


def _chosen(manifests: Iterable[Manifest], names: Sequence[str]) -> list[Manifest]:
    found = list(manifests)
    unknown = sorted(set(names) - {manifest.name for manifest in found})
    if unknown:
        files = ", ".join(sorted({manifest.file for manifest in found}))
        raise BadInput(f"there is no object named {', '.join(unknown)} among these manifests", files)
    return [manifest for manifest in found if manifest.name in names or manifest.kind == "StorageClass"]
