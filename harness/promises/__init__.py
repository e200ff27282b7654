"""
What a stateful application is promised, as pure functions from a history to a verdict.

Belongs here: the judgements, one module per area, their clauses and sources, and the conditions that a wait looks for.
Does not belong here: clocks, threads, requests; a judgement that needs one is not a judgement over the record.
Importing the package registers every promise.
"""

from harness.promises import (
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
