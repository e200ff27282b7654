"""
What a scenario has on the cluster outside of its namespace.

Problem: an object of the whole cluster has one name for everybody; one that is there may be anybody's. Solution: such
an object is created, which the server refuses where one is there; it bears the scenario's mark, and only what bears it
is ever changed or removed, by its uid.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from itertools import product

import tenacity

from harness import timeouts
from harness.actions.volumes import is_default
from harness.errors import BadInput, Conflict, NotFound
from harness.kube.api import Api
from harness.manifests.claim_requests import wishes
from harness.manifests.manifest import Manifest
from harness.manifests.placing import MANAGED_BY, NAMESPACE_LABEL
from harness.model import KINDS, Kind, Object

__all__ = ["Belongings", "mark_of", "refuse_taking"]


class Belongings:
    """The cluster-scoped objects of the scenario in `namespace`."""

    def __init__(self, api: Api, namespace: str) -> None:
        self._api = api
        self._namespace = namespace
        self._uids: dict[tuple[Kind, str], str] = {}

    @property
    def names(self) -> list[str]:
        """What the scenario has made, each as `resource/name`, in the order in which it was made."""
        return [f"{kind.plural}{f'.{kind.group}' if kind.group else ''}/{name}" for kind, name in self._uids]

    def apply(self, kind: Kind, manifest: Manifest) -> Object:
        """
        Return the object, which the server has created or, where it is this scenario's already, changed.

        Raises BadInput with the line where one of its name is there that is not this scenario's.
        """
        body, name = manifest.body, str(manifest.body["metadata"]["name"])
        if (kind, name) not in self._uids:
            try:
                made = self._create(kind, body)
            except Conflict as error:
                there = self._read(kind, name)
                if error.reason != "AlreadyExists" or there is None:
                    raise
                if mark_of(there) != self._namespace:
                    raise _not_ours(manifest, there) from error
                self._uids[kind, name] = there["metadata"]["uid"]  # its creation was answered to nobody
            else:
                self._uids[kind, name] = made["metadata"]["uid"]
                return made
        # With a uid the server refuses to apply it over, or to create anew, what is another object meanwhile.
        metadata = {**body["metadata"], "uid": self._uids[kind, name]}
        return self._api.apply(kind, {**body, "metadata": metadata})

    def has_foreign(self, kind: Kind, manifest: Manifest) -> bool:
        """Whether an object of that name is there which no scenario has made."""
        there = self._read(kind, str(manifest.body["metadata"]["name"]))
        return there is not None and not mark_of(there)

    def remove(self, kinds: list[Kind]) -> None:
        """Ask the server to remove all of these kinds that bears the scenario's mark, kind by kind."""
        selector = ",".join(f"{key}={value}" for key, value in _mark(self._namespace).items())
        for kind in kinds:
            for one in self._api.list(kind, selector=selector).items:
                with suppress(NotFound, Conflict):  # gone, or another one of that name by now
                    self._api.delete(kind, one["metadata"]["name"], uid=one["metadata"]["uid"])

    def _create(self, kind: Kind, body: Object) -> Object:
        """Create an object; wait for the end of one of its name that a former scenario has left to its finalizers."""

        def in_the_way(error: BaseException) -> bool:
            if not (isinstance(error, Conflict) and error.reason == "AlreadyExists"):
                return False
            there = self._read(kind, body["metadata"]["name"])
            return there is None or bool(mark_of(there) and there["metadata"].get("deletionTimestamp"))

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(in_the_way),
            wait=tenacity.wait_fixed(0.25),
            stop=tenacity.stop_after_delay(timeouts.BELONGINGS.s),
            reraise=True,
        )
        return retrying(self._api.create, kind, body)

    def _read(self, kind: Kind, name: str) -> Object | None:
        try:
            return self._api.read(kind, name)
        except NotFound:
            return None


def refuse_taking(api: Api, placed: Iterable[Manifest], token: str) -> None:
    """
    Raise BadInput, with the line, where a claim would be bound to a volume that is there for somebody else.

    Such a volume is never again what it was. Claims of the scenario's own classes, which end in `token`, cannot.
    """
    wanted = [(manifest, wish) for manifest in placed for wish in wishes(manifest.body)]
    shared = [(manifest, wish) for manifest, wish in wanted if not (wish.class_name or "").endswith(f"-{token}")]
    free = [one for one in api.list(KINDS["PersistentVolume"]).items if not mark_of(one)] if shared else []
    classes = api.list(KINDS["StorageClass"]).items if free else ()
    defaults = {one["metadata"]["name"] for one in classes if is_default(one)}
    for volume, (manifest, wish) in product(free, shared):
        if wish.takes(volume, defaults):
            problem = f"would take volume {volume['metadata']['name']}, which was on the cluster before"
            remedy = "name a class of which no volume waits there, or that a volume of these manifests has"
            raise manifest.unfit(problem, f"{wish.at}.storageClassName", remedy)


def mark_of(found: Object) -> str:
    """Return the namespace of the scenario that has made a cluster-scoped object, empty where none has."""
    labels = found["metadata"].get("labels") or {}
    ours = all(labels.get(key) == value for key, value in MANAGED_BY.items())
    return str(labels.get(NAMESPACE_LABEL, "")) if ours else ""


def _mark(namespace: str) -> dict[str, str]:
    return {**MANAGED_BY, NAMESPACE_LABEL: namespace}


def _not_ours(manifest: Manifest, there: Object) -> BadInput:
    owner = mark_of(there)
    problem = "belongs to the whole cluster, and one of this name is there that this scenario has not made"
    remedy = "leave it out here: the one that is there stays as it is; or give this one a name that nothing has"
    if owner:
        problem = f"belongs to the whole cluster, and the scenario in namespace {owner} has one of this name"
        remedy = "let the two run one after the other (@exclusive); if that run was killed: statefulspec reap"
    return manifest.unfit(problem, "metadata.name", remedy)
