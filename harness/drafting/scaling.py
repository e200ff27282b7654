"""What a set promises of its scaling: it changes at the high end, and stops from the last replica on."""

from __future__ import annotations

from collections.abc import Iterator

from harness.drafting.case import DraftedCase, Found, NotAsked
from harness.drafting.time_limits import starting, stopping
from harness.drafting.words import pods, ready, replicas
from harness.drafting.workload import Workload

__all__ = ["scaling", "stop_order"]

_SCALES, _STOPS = "scales at the high end only", "stops its replicas from the last one on"


def scaling(one: Workload) -> Iterator[Found]:
    """Yield that the replica which was scaled away is the one that comes back; the others are not touched."""
    name, last = one.name, one.pods[-1]
    if one.autoscaler:
        yield NotAsked(name, f"{_SCALES}; {_STOPS}", one.autoscaler.decides)
        return
    if one.replicas < 2:
        yield NotAsked(name, _SCALES, "it has one replica; whether it bears a second one only you know")
        return
    steps = (
        f'Given StatefulSet "{name}" with {replicas(one.replicas, "ready")}',
        f'And StatefulSet "{name}" has been scaled to {one.replicas - 1}',
        f'When StatefulSet "{name}" is scaled to {one.replicas}',
        f"Then {starting(one, 1)} {ready(name, one.replicas)}",
        f'And pod "{last}" is the only one that was created',
    )
    yield DraftedCase(name, _SCALES, f"Scaling {name} moves its last replica alone", steps)


def stop_order(one: Workload) -> Iterator[Found]:
    """Yield that replicas are stopped one after another, from the last one on."""
    name, number = one.name, one.replicas
    if not one.ordered or number < 3 or one.autoscaler:
        if one.ordered and not one.autoscaler:
            yield NotAsked(name, _STOPS, f"it has {replicas(number)}, and one is to stay: there is no order to see")
        return
    gone = [one.pods[-1], one.pods[-2]]
    left = f'"{name}" has {number - 2} pod{"" if number == 3 else "s"}'
    steps = (
        f'Given StatefulSet "{name}" with {replicas(number, "ready")}',
        f'When StatefulSet "{name}" is scaled to {number - 2}',
        f"Then {stopping(one, 2)} {left}",
        f"And {pods(gone)} were deleted in this order, each after the one before was gone",
    )
    yield DraftedCase(name, _STOPS, f"The replicas of {name} stop from the last one on", steps)
