"""What a set promises while its application is upgraded to another release, and rolled back from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.app_container import data_folder
from harness.drafting.case import DraftedCase, Found, NotAsked
from harness.drafting.time_limits import rolling
from harness.drafting.words import ready, replicas
from harness.drafting.workload import Workload

__all__ = ["Releases", "upgrade"]

_UPGRADE, _ROLLBACK = "is upgraded to {new}, and serves meanwhile", "is rolled back to {old}, and serves meanwhile"


@dataclass(frozen=True, slots=True)
class Releases:
    """Two releases of an application by their names; `sets` are the StatefulSets of the new one, by their names."""

    old: str
    new: str
    sets: dict[str, Workload]


def upgrade(one: Workload, releases: Releases) -> Iterator[Found]:
    """Yield what is asked of a set while its release changes, there and back."""
    old, new, name = releases.old, releases.new, one.name
    promise, back = _UPGRADE.format(new=new), _ROLLBACK.format(old=old)
    next_one = releases.sets.get(name)
    if next_one is None:
        yield NotAsked(name, promise, f"release {new} has no StatefulSet of that name, so that the upgrade deletes it")
        return
    given = f'Given StatefulSet "{name}" with {replicas(one.replicas, one.settled)}'
    written = _data(one)
    first = (given, *([f'And each replica of "{name}" has written its own data'] if written else []))
    then = tuple(_then(one, next_one, reads=written))
    then_back = tuple(_then(next_one, one, reads=written))
    tags = tuple({need for need in next_one.images.values() if need} | ({"needs_containers"} if written else set()))
    there = f'release "{old}" is upgraded to "{new}"'
    title = f"An upgrade of {name} to {new} keeps what it promises"
    yield DraftedCase(name, promise, title, (*first, f"When {there}", *then), tags)
    before = f'And release "{old}" has been upgraded to "{new}"'
    steps = (*first, before, f'When release "{new}" is rolled back to "{old}"', *then_back)
    yield DraftedCase(name, back, f"A roll back of {name} to {old} keeps what it promises", steps, tags)


def _then(one: Workload, next_one: Workload, *, reads: bool) -> Iterator[str]:
    longest = max((one, next_one), key=lambda each: each.replicas)
    if one.on_demand or next_one.on_demand:
        yield f"Then within 10 seconds {ready(one.name, next_one.replicas)}"
        return
    yield f'Then {rolling(longest)} the rollout of "{one.name}" is complete'
    least = min(one.replicas, next_one.replicas) - max(one.unavailable, next_one.unavailable)
    if least > 0:
        yield f'And at no time since the event were fewer than {least} pods of "{one.name}" ready'
    if reads and one.replicas == next_one.replicas:
        yield f'And each replica of "{one.name}" reads its own data'


def _data(one: Workload) -> bool:
    """Whether the application has a place of its own to write to that outlives its pods."""
    try:
        return bool(one.claims) and bool(data_folder(one.pod))
    except ValueError:
        return False
