"""
For each clause of each promise a change of a recording that breaks just this clause: the proof that it can fail.

Belongs here: mutations, named `promise: clause`, pure functions that work on real recordings; each looks for the newest
occasion that the recording offers. Does not belong here: judging.
"""

from harness.promises.mutations import (
    claims,
    clients,
    dns,
    entries,
    identity,
    init_containers,
    leaving,
    ordering,
    ownership,
    replacement,
    revisions,
    rollouts,
)
from harness.promises.mutations.mutation import MUTATIONS, Mutation, mutate
from harness.promises.mutations.proof import Proof, prove_clause

__all__ = ["MUTATIONS", "Mutation", "Proof", "mutate", "prove_clause"]
