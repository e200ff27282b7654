"""What a phase means, said of claims and of volumes."""

from __future__ import annotations

from typing import cast

import pytest

from harness.scenario.sandbox import Sandbox
from steps.objects import in_phase
from steps.parsing import Named


class Names:
    """A sandbox of which nothing is asked but the names of volumes."""

    def own_name(self, name: str) -> str:
        return f"{name}-x1"


@pytest.mark.parametrize(
    ("kind", "phase", "told"),
    [
        ("PersistentVolumeClaim", "Bound", "claim a is bound"),
        ("PersistentVolumeClaim", "Pending", "claim a is pending"),
        ("PersistentVolume", "Released", "volume a-x1 is Released"),
    ],
)
def test_a_phase_is_the_one_that_the_sentence_says(kind: str, phase: str, told: str) -> None:
    condition = in_phase(cast(Sandbox, Names()), Named(kind, ["a"]), phase)
    assert condition.expected == told
