"""
How long the harness waits for a machine or a cluster before it says that something does not come: one table, one scale.

A slow machine gets more time by `--harness-timeout-scale`, which multiplies every entry. What a feature says (`within`,
`for`) is no entry: it is what the application promises, and the same recording must get the same verdict everywhere.
Nor are the paces of protocols and programs (how often something is asked, how long a cache lives), which a slow machine
does not change.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

__all__ = ["GIVEN", "REST", "Timeout", "factor", "scale", "set_scale"]


@dataclass(slots=True)
class _Scale:
    factor: float = 1.0


_SCALE = _Scale()


def scale() -> float:
    """Return by what every entry of the table is multiplied in this process."""
    return _SCALE.factor


def factor(text: str) -> float:
    """Return the scale that a text gives; raises ValueError for what is no positive, finite number."""
    given = float(text)
    if not 0 < given < inf:
        raise ValueError(f"{text} is no positive number")
    return given


def set_scale(times: float) -> None:
    """Multiply every entry of the table by `times` from now on, in this process."""
    _SCALE.factor = times


@dataclass(frozen=True, slots=True)
class Timeout:
    """An entry of the table: seconds on a machine of two cores with nothing else to do."""

    plain_s: float

    @property
    def s(self) -> float:
        """The seconds to wait, with the scale."""
        return self.plain_s * _SCALE.factor


GIVEN = Timeout(120)
"""What a Given says has not come true, and nothing has moved on towards it."""
REST = Timeout(60)
"""A set comes to rest before an `at no time` is judged; long enough for five slow replicas."""
