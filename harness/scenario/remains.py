"""What killed runs have left on a cluster that stays: found by the marks that they set, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from harness.errors import Conflict, Forbidden, NotFound
from harness.kube.api import Api
from harness.manifests.placing import MANAGED_BY, NAMESPACE_LABEL
from harness.model import KINDS, Kind, Object
from harness.scenario.folders import FOLDERS_LABEL, clear, noted
from harness.scenario.place import RUN_LABEL
from harness.scenario.removal import await_removal

__all__ = ["reap"]


def reap(api: Api) -> Iterator[str]:
    """
    Remove all that bears a run's mark, of whatever kind, and its folders on nodes; yield a line for each thing done.

    Returns when all is gone. What a run that is still going on has made goes as well.
    """
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


def _marked(api: Api, kind: Kind, label: str) -> list[Object]:
    selector = ",".join([*(f"{key}={value}" for key, value in MANAGED_BY.items()), label])
    return list(api.list(kind, selector=selector).items)


def _removed(api: Api, kind: Kind, found: list[Object]) -> Iterator[str]:
    for one in found:
        with suppress(NotFound, Conflict):  # gone, or another one of that name by now
            api.delete(kind, one["metadata"]["name"], uid=one["metadata"]["uid"])
            yield f"removed {kind.name} {one['metadata']['name']}"
