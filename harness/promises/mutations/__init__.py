"""
For each clause of each promise a change of a recording that breaks just this clause: the proof that it can fail.

Belongs here: mutations, named `promise: clause`, pure functions that work on real recordings; each looks for the newest
occasion that the recording offers. Does not belong here: judging.
"""

from harness.promises.mutations import (
    entries,
    identity,
    leaving,
    names,
    order,
    ownership,
    preparation,
    revisions,
    series,
    storage,
    updates,
)
from harness.promises.mutations.mutation import MUTATIONS, Mutation, mutate
from harness.promises.mutations.proof import Proof, prove_clause

__all__ = [
    "MUTATIONS",
    "Mutation",
    "Proof",
    "entries",
    "identity",
    "leaving",
    "mutate",
    "names",
    "order",
    "ownership",
    "preparation",
    "prove_clause",
    "revisions",
    "series",
    "storage",
    "updates",
]
