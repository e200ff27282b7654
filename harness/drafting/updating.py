"""What a set promises of its updates, played by a restart: the same application with new pods."""

from __future__ import annotations

from collections.abc import Iterator

from harness.drafting.case import DraftedCase, Found, NotAsked
from harness.drafting.time_limits import replacing, rolling
from harness.drafting.words import MOST_NAMES, pods, replicas
from harness.drafting.workload import Workload

__all__ = ["canary", "rollout"]

_ROLLS, _CANARY = "rolls out one replica at a time, and serves meanwhile", "keeps a canary to its partition"
_ADVICE = (
    "a readiness probe that succeeds only where the application serves, and minReadySeconds, keep a rollout from going "
    "on too early; an application that loses all its replicas with one of them needs to bear that loss first"
)


def rollout(one: Workload) -> Iterator[Found]:
    """Yield that a restart goes from the last replica to the first, or, where pods are updated on demand, nowhere."""
    name, given = one.name, f'Given StatefulSet "{one.name}" with {replicas(one.replicas, one.settled)}'
    if one.on_demand:
        still = (
            given,
            f'When StatefulSet "{name}" is restarted',
            f'Then within 10 seconds "{name}" has a new update revision',
            f'And for 5 seconds no pod of "{name}" is replaced',
        )
        yield DraftedCase(name, "updates a pod only on demand", f"A restart of {name} moves no pod by itself", still)
        return
    least = one.replicas - one.unavailable
    steps: tuple[str, ...] = (
        given,
        f'When StatefulSet "{name}" is restarted',
        f'Then {rolling(one)} the rollout of "{name}" is complete',
    )
    if one.replicas > 1 and one.unavailable == 1:  # one has no order, and of several at a time none is promised
        steps += (f'And at no time since the scenario began did "{name}" replace a replica out of order',)
    if least > 0:
        steps += (f'And at no time since the event were fewer than {least} pods of "{name}" ready',)
        title = f"A restart of {name} takes one replica at a time"
        yield DraftedCase(name, _ROLLS, title, steps, advice=_ADVICE)
    else:
        yield DraftedCase(name, "rolls out", f"A restart of {name} comes to its end", steps)


def canary(one: Workload) -> Iterator[Found]:
    """Yield that a restart with a partition stays behind it."""
    name, partition = one.name, one.replicas - 1
    if one.on_demand:
        yield NotAsked(name, _CANARY, "updateStrategy is OnDelete, which knows no partition")
        return
    if one.replicas < 2:
        yield NotAsked(name, _CANARY, "it has one replica: a partition opens nothing or all")
        return
    behind = one.pods[:-1][-MOST_NAMES:]
    steps = (
        f'Given StatefulSet "{name}" with {replicas(one.replicas, one.settled)}',
        f'When StatefulSet "{name}" is restarted with partition {partition}',
        f'Then {replacing(one)} pod "{one.pods[-1]}" is replaced',
        f"And for 3 seconds {pods(behind)} {'is' if partition == 1 else 'are'} not replaced",
        f'And at no time since the scenario began did a rollout of "{name}" reach below its partition',
    )
    yield DraftedCase(name, _CANARY, f"A canary of {name} is its last replica alone", steps)
