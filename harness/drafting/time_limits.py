"""
How long an application may take, by what its manifests say of its probes.

A bound costs time only where it is not kept: it is generous, and a person may tighten it in the feature.
"""

from __future__ import annotations

import math
from typing import Any

from harness.drafting.workload import Workload
from harness.model import Object
from harness.promises import statefulsets

__all__ = ["replacing", "rolling", "starting", "stopping"]

_POD_S = 30
"""A pod is scheduled, its volumes are mounted, its image is unpacked, its processes start."""
_MOST_STARTUP_S, _MOST_GRACE_S = 180, 60
"""Seconds: what a probe or a grace period may ask for and yet not use is believed up to here."""
_STEP_S = 30
"""Seconds: bounds are rounded up to half minutes, so that nobody takes them for measured."""


def starting(workload: Workload, replicas: int) -> str:
    """Return the time for so many replicas to start, as a sentence says it."""
    return _said(_ready_s(workload) * (replicas if workload.ordered else 1))


def stopping(workload: Workload, pods: int) -> str:
    """Return the time for so many pods to end."""
    return _said((_POD_S + _grace_s(workload)) * pods)


def replacing(workload: Workload) -> str:
    """Return the time for one pod to end and the next one to be ready."""
    return _said(_ready_s(workload) + _grace_s(workload))


def rolling(workload: Workload) -> str:
    """Return the time for all pods to be replaced, one after another."""
    return _said((_ready_s(workload) + _grace_s(workload)) * max(workload.replicas, 1))


def _ready_s(workload: Workload) -> float:
    pod = workload.pod["spec"]
    probed = max((_probed_s(one) for one in pod["containers"]), default=0.0)
    return _POD_S + 15 * len(workload.init_containers) + probed + statefulsets.min_ready_s(workload.body)


def _probed_s(container: Object) -> float:
    startup, readiness = container.get("startupProbe"), container.get("readinessProbe")
    allowed = 0.0
    if isinstance(startup, dict):
        allowed = _number(startup, "initialDelaySeconds", 0)
        allowed += min(_number(startup, "failureThreshold", 3) * _number(startup, "periodSeconds", 10), _MOST_STARTUP_S)
    if isinstance(readiness, dict):
        allowed += _number(readiness, "initialDelaySeconds", 0) + 2 * _number(readiness, "periodSeconds", 10)
    return allowed


def _grace_s(workload: Workload) -> float:
    return min(_number(workload.pod["spec"], "terminationGracePeriodSeconds", 30), _MOST_GRACE_S)


def _number(fields: Object, name: str, default: float) -> float:
    value: Any = fields.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def _said(span_s: float) -> str:
    return f"within {math.ceil(span_s / _STEP_S) * _STEP_S} seconds"
