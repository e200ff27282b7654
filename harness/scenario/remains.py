"""What killed runs have left on a cluster that stays: found by the marks that they set, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product

from harness.actions.commons import is_left_behind
from harness.actions.infrastructure import DECLARED_OUT
from harness.actions.nodes import CLOSED
from harness.actions.volumes import WITHDRAWN
from harness.errors import Conflict, Forbidden, NotFound
from harness.kube.api import Api
from harness.manifests.placing import MANAGED_BY, NAMESPACE_LABEL
from harness.model import KINDS, Kind, Object
from harness.scenario.folders import FOLDERS_LABEL, clear, noted
from harness.scenario.namespace import RUN_LABEL
from harness.scenario.removal import await_removal

__all__ = ["give_back_left_behind", "reap"]

_TAKINGS = (WITHDRAWN, CLOSED, DECLARED_OUT)
_NOT_LOOKED_FOR = "not looked for: "


def reap(api: Api) -> Iterator[str]:
    """
    Undo all that bears a run's mark, of whatever kind, and its folders on nodes; yield a line for each thing done.

    Returns when all is gone. What a run that is still going on has made goes as well.
    """
    yield from _given_back(api, bool)
    space = KINDS["Namespace"]
    marked = _marked(api, space, RUN_LABEL)
    ledgers = [one for one in marked if FOLDERS_LABEL in one["metadata"]["labels"]]
    namespaces = [one for one in marked if one not in ledgers]
    for kind in api.kinds("list", "delete"):
        if not kind.namespaced and kind != space:
            try:
                found = _marked(api, kind, NAMESPACE_LABEL)
            except Forbidden as refusal:
                yield f"{_NOT_LOOKED_FOR}{refusal}"
                continue
            yield from _removed(api, kind, found)
    yield from _removed(api, space, namespaces)
    await_removal(api, [one["metadata"]["name"] for one in namespaces])
    for ledger in ledgers:
        clear(api, ledger["metadata"]["name"], noted(ledger))
        yield f"removed from all nodes: {', '.join(noted(ledger))}"


def give_back_left_behind(api: Api) -> list[str]:
    """
    Give back what is everybody's and killed runs of this machine have taken from use; return a line for each.

    What may not be looked for is not: who may not write to nodes has taken none.
    """
    return [line for line in _given_back(api, is_left_behind) if not line.startswith(_NOT_LOOKED_FOR)]


def _given_back(api: Api, chosen: Callable[[str], bool]) -> Iterator[str]:
    """Give back what is everybody's and was taken from use with such a mark."""
    for kind in dict.fromkeys(taking.kind for taking in _TAKINGS):
        try:
            found = api.list(kind).items
        except Forbidden as refusal:
            yield f"{_NOT_LOOKED_FOR}{refusal}"
            continue
        for one, taking in product(found, (taking for taking in _TAKINGS if taking.kind == kind)):
            name, mark = one["metadata"]["name"], taking.of(one)
            if mark and chosen(mark) and taking.give_back(api, name, mark):
                yield f"restored {kind.name} {name}"


def _marked(api: Api, kind: Kind, label: str) -> list[Object]:
    selector = ",".join([*(f"{key}={value}" for key, value in MANAGED_BY.items()), label])
    return list(api.list(kind, selector=selector).items)


def _removed(api: Api, kind: Kind, found: list[Object]) -> Iterator[str]:
    for one in found:
        with suppress(NotFound, Conflict):  # gone, or another one of that name by now
            api.delete(kind, one["metadata"]["name"], uid=one["metadata"]["uid"])
            yield f"removed {kind.name} {one['metadata']['name']}"
