"""Disruption budgets told of what is about to happen, and taken away by the group."""

from __future__ import annotations

from datetime import UTC, datetime

from harness.actions.statefulsets import GROUP
from harness.actions.target import Target, record_action
from harness.history.observation import Observation
from harness.model import KINDS

__all__ = ["delete_budgets", "record_disruption"]

_BUDGET = KINDS["PodDisruptionBudget"]


def record_disruption(target: Target, budget: str, pod: str) -> Observation:
    """
    Return once the server has accepted, in the budget's status, that a pod is about to go.

    That is what the server itself notes when it grants an eviction; for two minutes the pod counts as gone
    (DisruptedPods in the API of policy/v1).
    """
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    status = {"status": {"disruptedPods": {pod: now}}}
    told = target.api.patch(_BUDGET, budget, target.namespace, status, subresource="status")
    return record_action(target, "announce", "PodDisruptionBudget", told)


def delete_budgets(target: Target, group: str) -> list[Observation]:
    """Return once the server has accepted, in one request, the deletion of all budgets whose GROUP is this one."""
    selector = f"{GROUP}={group}"
    found = target.api.list(_BUDGET, target.namespace, selector=selector).items
    target.api.delete_all(_BUDGET, target.namespace, selector)
    return [record_action(target, "delete", "PodDisruptionBudget", one) for one in found]
