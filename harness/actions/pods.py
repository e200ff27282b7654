"""Pods taken away: deleted, evicted, failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from harness.actions.target import Target, record_action
from harness.history.observation import Observation
from harness.model import KINDS, Object

__all__ = ["delete_pods", "evict_pods", "fail_pod"]

_POD = KINDS["Pod"]


def delete_pods(target: Target, names: Sequence[str], *, grace: int | None = None) -> list[Observation]:
    """
    Return once the server has accepted the deletion of all these pods, asked for at the same time.

    `grace`: seconds, by default the pod's own; 0 removes a pod while its containers still run, so that a command may
    reach them instead of their successor's. Exactly the pods that are there now are deleted, by their uid. Raises
    NotFound for a pod that is not there, before any is deleted; Conflict for one that was replaced meanwhile.
    """

    def delete(pod: Object) -> Observation:
        metadata = pod["metadata"]
        target.api.delete(_POD, metadata["name"], target.namespace, uid=metadata["uid"], grace=grace)
        return record_action(target, "delete", "Pod", pod, grace=grace)

    return _at_once(target, names, delete)


def evict_pods(target: Target, names: Sequence[str]) -> list[Observation]:
    """
    Return once the server has accepted the eviction of all these pods, asked for at the same time.

    Raises TooManyRequests, without trying again, for a pod that a disruption budget protects.
    """

    def evict(pod: Object) -> Observation:
        target.api.evict(pod["metadata"]["name"], target.namespace)
        return record_action(target, "evict", "Pod", pod)

    return _at_once(target, names, evict)


def fail_pod(target: Target, name: str) -> Observation:
    """Return once the pod's phase is Failed, as that of a pod which its node has evicted."""
    status = {"phase": "Failed", "reason": "Evicted", "message": "evicted on purpose"}
    failed = target.api.patch(_POD, name, target.namespace, {"status": status}, subresource="status")
    return record_action(target, "fail", "Pod", failed)


def _at_once(target: Target, names: Sequence[str], deed: Callable[[Object], Observation]) -> list[Observation]:
    pods = [target.api.read(_POD, name, target.namespace) for name in names]
    with ThreadPoolExecutor(max_workers=max(1, len(pods))) as pool:
        asked = [pool.submit(deed, pod) for pod in pods]
    return [answer.result() for answer in asked]
