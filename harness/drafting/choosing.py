"""Which promises apply to an application: all that are known, for each of its sets, in the order of their playing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from harness.drafting.case import Found, NotAsked
from harness.drafting.draining import drain, eviction
from harness.drafting.replacing import data, names, replacement, unready
from harness.drafting.scaling import scaling, stop_order
from harness.drafting.starting import start, start_order, start_preparation
from harness.drafting.updating import canary, rollout
from harness.drafting.workload import Workload, workloads_of
from harness.errors import BadInput
from harness.manifests.manifest import Manifest

__all__ = ["choose", "others"]

_PROMISES: tuple[Callable[[Workload], Iterator[Found]], ...] = (
    *(start, start_order, start_preparation, names, replacement, data),
    *(scaling, stop_order, rollout, canary, eviction, drain, unready),
)
_OTHERS = ("Deployment", "DaemonSet", "ReplicaSet", "Job", "CronJob")


def choose(
    manifests: Sequence[Manifest], place: str, hooks: Sequence[Manifest] = ()
) -> dict[str, tuple[Workload, list[Found]]]:
    """
    Return by the name of each set what is asked of it and what is not.

    `hooks`: what is to run before. Raises BadInput where there is no set; `place` is what the error names.
    """
    found = {one.name: (one, _found(one)) for one in workloads_of(manifests, hooks)}
    if not found:
        told = ", ".join(map(_named, manifests[:_FEW])) or "nothing"
        more = f" and {len(manifests) - _FEW} more" if len(manifests) > _FEW else ""
        remedy = "statefulspec judges StatefulSets; a set that an operator makes is not among what it is made from"
        raise BadInput(f"there is no StatefulSet in it, but {told}{more}", place, remedy=remedy)
    return found


def _named(one: Manifest) -> str:
    """Return kind and name, and the API of what is only called a StatefulSet."""
    return f"{one.kind} {one.name}" + (f" of {one.body['apiVersion']}" if one.kind == "StatefulSet" else "")


_FEW = 10
"""Names that an error lists; of more it says how many there are."""


def others(manifests: Sequence[Manifest]) -> list[NotAsked]:
    """Return the workloads that are applied with the sets and of which nothing is asked."""
    reason = "only StatefulSets are judged; it is applied with them"
    return [NotAsked(f"{one.kind} {one.name}", "all", reason) for one in manifests if one.kind in _OTHERS]


def _found(one: Workload) -> list[Found]:
    if not one.replicas:
        reason = "it has no replicas: give them in the manifests (replicas, or the values of the chart)"
        return [NotAsked(one.name, "all", reason)]
    if one.autoscaler and not one.autoscaler.bears(one.replicas):
        reason = f"{one.autoscaler} at once: write a number between these into replicas"
        return [NotAsked(one.name, "all", reason)]
    return [found for promise in _PROMISES for found in promise(one)]
