"""What a set promises of its start: that it comes about, in order, with its init containers first."""

from __future__ import annotations

from collections.abc import Iterator

from harness.drafting.case import DraftedCase, Found, NotAsked
from harness.drafting.time_limits import starting
from harness.drafting.words import ready, replicas
from harness.drafting.workload import Workload

__all__ = ["start", "start_order", "start_preparation"]

_LONGEST = 52
"""Characters of a set's name: of the 63 that a label may have, eleven go to a dash and a hash of ten digits."""
_PREPARES = "runs its init containers first"


def start(one: Workload) -> Iterator[Found]:
    """Yield that the set starts; all other promises hang on that."""
    name = one.name
    steps = [
        f'When StatefulSet "{name}" is applied with {replicas(one.replicas)}',
        f"Then {starting(one, one.replicas)} {ready(name, one.replicas)}",
    ]
    if one.ordered and one.replicas > 1:
        steps.append(f'And at no time since the scenario began did "{name}" start a replica out of order')
        title = f"The replicas of {name} start one after another"
        yield DraftedCase(name, "starts, one replica after another", title, tuple(steps), advice=_advice(one))
        return
    yield DraftedCase(name, "starts", f"{name} starts", tuple(steps), advice=_advice(one))


def start_order(one: Workload) -> Iterator[Found]:
    """Yield why no order is asked of a set that promises none."""
    if not one.ordered:
        yield NotAsked(one.name, "an order of start and stop", "podManagementPolicy is Parallel")


def start_preparation(one: Workload) -> Iterator[Found]:
    """Yield that the init containers of a pod have ended before the application starts."""
    name = one.name
    if not one.init_containers:
        yield NotAsked(name, _PREPARES, "its pods have no init containers that end")
        return
    steps = (
        f'When StatefulSet "{name}" is applied with 1 replica',
        f"Then {starting(one, 1)} {ready(name, 1)}",
        f'And each pod of "{name}" ran its init containers in order before it started',
    )
    yield DraftedCase(name, _PREPARES, f"{name} prepares before it starts", steps, ("needs_containers",))


def _advice(one: Workload) -> str:
    if len(one.name) > _LONGEST:
        return (
            f"shorten the set's name to {_LONGEST} characters: with a hash behind it, it is the value of a label of "
            "its pods (controller-revision-hash), and the server takes none of more than 63"
        )
    if not one.storage_classes:
        return _ADVICE
    return (
        f"{_ADVICE}; its claims need storage class {' and '.join(one.storage_classes)}, which the cluster has to have"
    )


_ADVICE = (
    "see what its pods wait for (events and logs are in the evidence); a replica has to become ready by itself, "
    "without those after it, unless podManagementPolicy is Parallel"
)
