"""Requests that the server may refuse, where its answer is the point; each answer is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from harness.errors import TooManyRequests
from harness.faults.target import Target, record_action
from harness.history.observation import ANSWER, Observation, Verb
from harness.model import KINDS

__all__ = ["EVICTION", "ask_evictions"]

EVICTION = "eviction"
"""What the answers to evictions are found by."""


def ask_evictions(target: Target, pods: Sequence[str]) -> list[Observation]:
    """
    Return the answers, found by `eviction`, to evictions of these pods that were asked for at the same time.

    Each is an ANSWER of type `eviction` about one pod, whose `rcode` is `granted` or `refused` (by a disruption
    budget); `records` holds the reason of a refusal.
    """
    with ThreadPoolExecutor(max_workers=max(1, len(pods))) as pool:
        return list(pool.map(lambda pod: _ask(target, pod), pods))


def _ask(target: Target, name: str) -> Observation:
    pod = target.api.read(KINDS["Pod"], name, target.namespace)
    data = {"question": name, "type": EVICTION, "rcode": "granted", "records": []}
    try:
        target.api.evict(name, target.namespace)
    except TooManyRequests as refusal:
        data |= {"rcode": "refused", "records": [refusal.message]}
    else:
        record_action(target, "evict", "Pod", pod)
    return target.recorder.record(ANSWER, Verb.DONE, name=EVICTION, data=data)
