"""Claims that are asked to hold more, or less; `storage.yaml` beside the feature describes those that no set makes."""

from __future__ import annotations

from pytest_bdd import when

from harness.manifests.volumes import asking_for, claims_asking_for
from harness.scenario.sandbox import Sandbox

from .parsing import sentence
from .volumes import STORAGE


@when(sentence('{size:Size} are proposed for claim "{claim:Name}"'))
def size_is_proposed(size: str, claim: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.propose(STORAGE, asking_for(claim, size), only=[claim])


@when(sentence('{size:Size} are proposed for each claim of "{name:Name}"'))
def size_is_proposed_for_set(size: str, name: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.propose(name, claims_asking_for(name, size))
