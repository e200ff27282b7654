"""Requests that the server may refuse, where its answer is the point; each answer is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from harness.actions.target import Target, record_action
from harness.errors import TooManyRequests
from harness.history.observation import ANSWER, Observation, Verb
from harness.model import KINDS, Object

__all__ = ["EVICTION", "ask_evictions"]

EVICTION = "eviction"
"""What the answers to evictions are found by."""

_ASKED_AGAIN = 5
"""A pod that has changed each time has been refused for something else as well."""


def ask_evictions(target: Target, pods: Sequence[str]) -> list[Observation]:
    """
    Return the answers, found by `eviction`, to evictions of these pods that were asked for at the same time.

    Each is an ANSWER of type `eviction` about one pod, whose `rcode` is `granted` or `refused` (by a disruption
    budget); `records` holds the reason of a refusal. One in whose course the pod has changed is asked for again: the
    server refuses the eviction of an unready pod for that alone, for a client to come back (pod/storage/eviction.go).
    """
    with ThreadPoolExecutor(max_workers=max(1, len(pods))) as pool:
        return list(pool.map(lambda pod: _ask(target, pod), pods))


def _ask(target: Target, name: str) -> Observation:
    pod, refusal = _read(target, name), _refusal(target, name)
    for _ in range(_ASKED_AGAIN):
        if refusal is None:
            break
        before, pod = pod, _read(target, name)
        if pod["metadata"].get("resourceVersion") == before["metadata"].get("resourceVersion"):
            break
        refusal = _refusal(target, name)
    if refusal is None:
        record_action(target, "evict", "Pod", pod)
    data = {"question": name, "type": EVICTION, "rcode": "refused" if refusal else "granted"}
    records = [refusal.message] if refusal else []
    return target.recorder.record(ANSWER, Verb.DONE, name=EVICTION, data=data | {"records": records})


def _read(target: Target, name: str) -> Object:
    return target.api.read(KINDS["Pod"], name, target.namespace)


def _refusal(target: Target, name: str) -> TooManyRequests | None:
    try:
        target.api.evict(name, target.namespace)
    except TooManyRequests as refusal:
        return refusal
    return None
