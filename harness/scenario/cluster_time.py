"""
The part of a scenario's time that was not ours: what any harness would have had to wait for.

Problem: a slow run may be the cluster's slowness or ours, and nobody can tell. Solution: whoever waits says what for;
all the rest of a scenario's time is the harness's own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["ClusterTime"]


@dataclass(slots=True)
class ClusterTime:
    """
    Seconds of one scenario, so far, that went by while it could do nothing.

    `waited_s`: from the begin of each wait to the arrival of the observation that ended it; what came later, such as
    the proof that the record is complete, is ours. `windows_s`: what was left of each `for`, which the specification
    asks for. `answered_s`: events and questions of the scenario under way, without the computing of our thread.
    """

    waited_s: float = 0.0
    windows_s: float = 0.0
    answered_s: float = 0.0

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Count the time in which this thread does nothing as time that an answer took."""
        began, computed = time.monotonic(), time.thread_time()
        try:
            yield
        finally:
            took_s, computed_s = time.monotonic() - began, time.thread_time() - computed
            self.answered_s += max(0.0, took_s - computed_s)
