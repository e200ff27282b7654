"""What a budget promises of a set: how many replicas can be evicted, and how its nodes are drained."""

from __future__ import annotations

from collections.abc import Iterator

from harness.drafting.case import DraftedCase, Found, NotAsked
from harness.drafting.shares import share
from harness.drafting.time_limits import rolling
from harness.drafting.words import listed, pods, replicas
from harness.drafting.workload import Workload
from harness.model import Object

__all__ = ["drain", "eviction"]

_EVICTS, _DRAINS = "gives up no more replicas than its budget allows", "leaves nodes that are drained, and serves on"


def eviction(one: Workload) -> Iterator[Found]:
    """Yield how many of evictions at once are granted."""
    budget, reason = _budget(one)
    if budget is None:
        yield NotAsked(one.name, _EVICTS, reason)
        return
    allowed, number, name = _allowed(budget, one.replicas), one.replicas, one.name
    covered = (
        f'Given StatefulSet "{name}" with {replicas(number, "ready")}',
        f'And disruption budget "{budget["metadata"]["name"]}" covers "{name}"',
    )
    if number == 1 or allowed >= number:
        answer = "granted" if allowed else "refused"
        steps = (*covered, f'When the eviction of pod "{one.pods[0]}" is requested', f"Then the eviction is {answer}")
    else:
        granted = f"{allowed} eviction{'' if allowed == 1 else 's'} {'is' if allowed == 1 else 'are'} granted"
        refused = f"{number - allowed} {'is' if number - allowed == 1 else 'are'} refused"
        steps = (*covered, f"When the eviction of {pods(one.pods)} is requested", f"Then {granted} and {refused}")
    advice = "" if allowed else "as long as the budget allows no eviction, a drain of a node waits for ever"
    yield DraftedCase(name, _EVICTS, f"The budget of {name} is kept", steps, ("needs_containers",), advice)


def drain(one: Workload) -> Iterator[Found]:
    """Yield that two nodes drained at once give up their replicas as the budget asks."""
    budget, reason = _budget(one)
    allowed = _allowed(budget, one.replicas) if budget else 0
    if budget and not allowed:
        reason = "its budget allows no eviction"
    elif budget and one.replicas < 2:
        reason = "it has one replica"
    elif budget and one.replicas > 2 and one.keeps_apart:
        reason = f"{one.replicas} replicas that refuse to share a node cannot leave two of three nodes"
    if budget is None or reason:
        yield NotAsked(one.name, _DRAINS, reason)
        return
    left, least = [one.pods[0], one.pods[-1]], one.replicas - allowed
    steps: tuple[str, ...] = (
        f'Given StatefulSet "{one.name}" with {replicas(one.replicas, "ready")}',
        f'And disruption budget "{budget["metadata"]["name"]}" covers "{one.name}"',
        f"When the nodes of pods {listed(left)} are drained at once",
        f"Then {rolling(one)} {pods(left)} have moved to another node",
    )
    if least > 0:
        steps += (f'And at no time since the event were fewer than {least} pods of "{one.name}" ready',)
    tags = ("exclusive", "needs_containers", "needs_three_nodes", *(("needs_roaming_volumes",) if one.claims else ()))
    yield DraftedCase(
        one.name, _DRAINS, f"Nodes of {one.name} are drained no faster than its budget allows", steps, tags
    )


def _budget(one: Workload) -> tuple[Object | None, str]:
    """Return the budget of a set's pods, or why there is none to ask."""
    if not one.budgets:
        return None, "no PodDisruptionBudget selects its pods"
    if len(one.budgets) > 1:
        named = ", ".join(str(budget["metadata"]["name"]) for budget in one.budgets)
        return None, f"several budgets select its pods ({named}), and then no eviction is answered: leave one"
    return one.budgets[0], ""


def _allowed(budget: Object, number: int) -> int:
    """Return how many of so many healthy replicas can be spared; shares are rounded up, as the controller does."""
    spec = budget["spec"]
    if spec.get("maxUnavailable") is not None:
        return min(share(spec["maxUnavailable"], number), number)
    return max(0, number - share(spec.get("minAvailable", 1), number))
