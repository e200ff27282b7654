"""
The namespace a scenario has to itself, and everything it does there.

Every event goes through the stage: on a cluster it happens and is recorded, in a replay it has happened already.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

from harness.errors import BadInput, KubeError, NotFound
from harness.faults.healing import Healing
from harness.history.observation import ACTION, Observation, Verb
from harness.history.recorder import Recorder
from harness.kube.api import Api
from harness.manifests.loading import Manifest, load
from harness.manifests.order import in_order
from harness.manifests.placing import alter, place
from harness.manifests.refusal import refused
from harness.model import KINDS, Object
from harness.scenario.stage import Stage

__all__ = ["OPTIONAL_KINDS", "REQUIRED_KINDS", "Place", "Sandbox", "open_place"]

REQUIRED_KINDS = (
    "StatefulSet",
    "Pod",
    "ControllerRevision",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "Service",
    "EndpointSlice",
)
OPTIONAL_KINDS = ("Event", "Node")
P = ParamSpec("P")


@dataclass
class Place:
    """
    A namespace of one's own on a cluster, its recorder running.

    `token` makes the names of cluster-scoped objects unique; `changes` are a control's changes to every manifest;
    `systems` holds each system's manifests as the scenario applied them last.
    """

    api: Api
    recorder: Recorder
    namespace: str
    token: str
    changes: tuple[Object, ...] = ()
    systems: dict[str, list[Manifest]] = field(default_factory=dict)
    applied: list[Manifest] = field(default_factory=list)
    healing: Healing = field(default_factory=Healing)

    def apply(self, manifests: list[Manifest]) -> None:
        """
        Have the server accept all manifests, in the order they need; each write is recorded.

        Raises BadInput, with file and line, for a manifest that the server refuses.
        """
        for manifest in in_order(alter(place(manifests, self.namespace, self.token), self.changes)):
            kind = self.api.kind(manifest.body["apiVersion"], manifest.body["kind"])
            self.applied.append(manifest)
            try:
                made = self.api.apply(kind, manifest.body, namespace=self.namespace if kind.namespaced else None)
            except KubeError as error:
                raise refused(error, manifest) from error
            self._record(made)

    def remove(self) -> None:
        """
        Ask the server to remove all that was applied, in reverse order, and the namespace; faults are healed first.

        The server goes on removing after the return: `harness.plugin` waits for the namespaces at the end of the run.
        """
        self.healing.heal()
        self.recorder.stop()
        for manifest in reversed(in_order(self.applied)):
            kind = self.api.kind(manifest.body["apiVersion"], manifest.body["kind"])
            if not kind.namespaced:
                self._delete(kind.name, manifest.body["metadata"]["name"])
        self._delete("Namespace", self.namespace)

    def _delete(self, kind: str, name: str) -> None:
        try:
            self.api.delete(KINDS[kind], name)
        except NotFound:
            return

    def _record(self, made: Object) -> None:
        meta = made["metadata"]
        facts = {"verb": "apply", "kind": made["kind"], "uid": meta["uid"], "generation": meta.get("generation")}
        self.recorder.record(ACTION, Verb.DONE, name=meta["name"], uid=meta["uid"], data=facts)


def open_place(api: Api, run: str, changes: tuple[Object, ...] = ()) -> Place:
    """
    Return a place in a new namespace of this run, everything in it recorded from now on.

    Raises KubeError where the namespace cannot be made or a required kind cannot be watched.
    """
    token = secrets.token_hex(3)
    namespace = f"statefulspec-{token}"
    labels = {"app.kubernetes.io/managed-by": "statefulspec", "statefulspec.dev/run": run}
    api.create(KINDS["Namespace"], {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}})
    recorder = Recorder(api, namespace, REQUIRED_KINDS, OPTIONAL_KINDS)
    recorder.start()
    return Place(api, recorder, namespace, token, changes)


class Sandbox:
    """
    What a step may do: apply systems, let events happen, ask what cannot be watched.

    `folder` is where the feature lies; manifests are looked up beside it and in the `systems` folder above it. Without a
    place (in a replay) nothing is done: the stage goes past what the recording holds.
    """

    def __init__(self, stage: Stage, namespace: str, folder: Path, place: Place | None = None) -> None:
        self.stage = stage
        self.namespace = namespace
        self._folder = folder
        self._place = place

    @property
    def place(self) -> Place:
        """The place on the cluster; only to be asked for inside what `act` and `look` are given."""
        if self._place is None:
            raise RuntimeError("a replay has no cluster. This is a bug in the harness.")
        return self._place

    def manifest(self, system: str) -> Path:
        """
        Return the file that describes a system: `NAME.yaml` beside the feature or in a `systems` folder above it.

        Raises BadInput with the places that were looked at.
        """
        places = [self._folder, *(parent / "systems" for parent in (self._folder, *self._folder.parents[:2]))]
        for path in (place / f"{system}.yaml" for place in places):
            if path.is_file():
                return path
        looked = ", ".join(str(place) for place in places)
        raise BadInput(f"there is no manifest {system}.yaml", remedy=f"looked in {looked}")

    def apply(self, system: str, edit: Callable[[list[Manifest]], list[Manifest]] | None = None) -> None:
        """
        Have a system applied; `edit` is the scenario's change to its manifests as they were applied last.

        Raises BadInput where a manifest cannot be used.
        """
        path = self.manifest(system)

        def deed() -> None:
            manifests = self.place.systems.get(system) or load(path)
            self.place.systems[system] = edit(manifests) if edit else manifests
            self.place.apply(self.place.systems[system])

        self.stage.act(deed)

    def act(self, fault: Callable[Concatenate[Place, P], object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Let an event of `harness.faults` happen at this place."""
        self.stage.act(lambda: fault(self.place, *args, **kwargs))

    def look(self, topic: str, name: str, question: Callable[[Place], Observation]) -> Observation:
        """Return the recorded answer to a question that cannot be watched: a DNS name, a file."""
        return self.stage.look(topic, name, lambda: question(self.place))

    def known(self, kind: str, name: str) -> dict[str, Any]:
        """
        Return the newest state of an object in the record.

        Raises BadInput where the scenario has no such object.
        """
        found = self.stage.history.current(kind, name)
        if found is None:
            raise BadInput(f'this scenario has no {kind} "{name}" at this point')
        return dict(found)
