"""What a phase means, said of claims and of volumes."""

from __future__ import annotations

from typing import cast

import pytest

from harness.errors import BadInput
from harness.plugin.vocabulary import sentences
from harness.scenario.scenario_actions import ScenarioActions
from steps.objects import in_phase
from steps.parsing import Named, sentence


class Names:
    """The actions of a scenario of which nothing is asked but the names of volumes."""

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
    condition = in_phase(cast(ScenarioActions, Names()), Named(kind, ["a"]), phase)
    assert condition.expected == told


def test_a_claim_in_a_phase_of_volumes_is_refused() -> None:
    with pytest.raises(BadInput, match="a claim is never released"):
        in_phase(cast(ScenarioActions, Names()), Named("PersistentVolumeClaim", ["a"]), "Released")


@pytest.mark.parametrize("text", ['disruption budget "a" is deleted', 'snapshot "a" is deleted', 'pod "a" is bound'])
def test_nothing_else_is_taken_for_a_claim(text: str) -> None:
    """A budget of a claim's name must not cost the claim."""
    events = {known.text for known in sentences() if known.type in ("when", "given")}
    assert not [known for known in events if sentence(known).is_matching(text)]
