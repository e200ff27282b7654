"""Numbers of replicas that a manifest may give as a percentage of all."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["share"]


def share(told: Any, number: int) -> int:
    """Return a number, or a percentage of so many replicas, rounded up as controllers do; 0 for anything else."""
    if isinstance(told, str) and told.endswith("%") and told[:-1].isdecimal():
        return math.ceil(number * int(told[:-1]) / 100)
    return told if isinstance(told, int) else 0
