"""What killed runs have left on a cluster that stays: found by the marks that they set, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product

from harness.errors import Conflict, Forbidden, NotFound
from harness.faults.nodes import CLOSED, open_again
from harness.faults.outages import DECLARED_OUT, take_into_service
from harness.faults.volumes import WITHDRAWN, make_default_again
from harness.kube.api import Api
from harness.manifests.placing import MANAGED_BY, NAMESPACE_LABEL
from harness.model import KINDS, Kind, Object
from harness.scenario.folders import FOLDERS_LABEL, clear, noted
from harness.scenario.place import RUN_LABEL
from harness.scenario.removal import await_removal

__all__ = ["reap"]

_RESTORERS: dict[str, dict[str, Callable[[Api, str], Object]]] = {
    "StorageClass": {WITHDRAWN: make_default_again},
    "Node": {CLOSED: open_again, DECLARED_OUT: take_into_service},
}
"""Kind → the annotation of a scenario that has taken one from use, and what gives it back."""


def reap(api: Api) -> Iterator[str]:
    """
    Undo all that bears a run's mark, of whatever kind, and its folders on nodes; yield a line for each thing done.

    Returns when all is gone. What a run that is still going on has made goes as well.
    """
    yield from _restored(api)
    space = KINDS["Namespace"]
    marked = _marked(api, space, RUN_LABEL)
    ledgers = [one for one in marked if FOLDERS_LABEL in one["metadata"]["labels"]]
    namespaces = [one for one in marked if one not in ledgers]
    for kind in api.kinds("list", "delete"):
        if not kind.namespaced and kind != space:
            try:
                found = _marked(api, kind, NAMESPACE_LABEL)
            except Forbidden as refusal:
                yield f"not looked for: {refusal}"
                continue
            yield from _removed(api, kind, found)
    yield from _removed(api, space, namespaces)
    await_removal(api, [one["metadata"]["name"] for one in namespaces])
    for ledger in ledgers:
        clear(api, ledger["metadata"]["name"], noted(ledger))
        yield f"removed from all nodes: {', '.join(noted(ledger))}"


def _restored(api: Api) -> Iterator[str]:
    """Give back what is everybody's and was taken from use."""
    for kind, restorers in _RESTORERS.items():
        try:
            found = api.list(KINDS[kind]).items
        except Forbidden as refusal:
            yield f"not looked for: {refusal}"
            continue
        for one, (mark, restore) in product(found, restorers.items()):
            name = one["metadata"]["name"]
            if mark in (one["metadata"].get("annotations") or {}):
                restore(api, name)
                yield f"restored {kind} {name}"


def _marked(api: Api, kind: Kind, label: str) -> list[Object]:
    selector = ",".join([*(f"{key}={value}" for key, value in MANAGED_BY.items()), label])
    return list(api.list(kind, selector=selector).items)


def _removed(api: Api, kind: Kind, found: list[Object]) -> Iterator[str]:
    for one in found:
        with suppress(NotFound, Conflict):  # gone, or another one of that name by now
            api.delete(kind, one["metadata"]["name"], uid=one["metadata"]["uid"])
            yield f"removed {kind.name} {one['metadata']['name']}"
