"""Pods taken away: deleted, failed; evictions are requests that may be refused."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from harness.actions.target import Target, record_action
from harness.history.observation import Observation
from harness.model import KINDS, Object

__all__ = ["delete_pods", "fail_pod"]

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

    pods = [target.api.read(_POD, name, target.namespace) for name in names]
    with ThreadPoolExecutor(max_workers=max(1, len(pods))) as pool:
        asked = [pool.submit(delete, pod) for pod in pods]
    return [answer.result() for answer in asked]


def fail_pod(target: Target, name: str) -> Observation:
    """Return once the pod's phase is Failed, as that of a pod which its node has evicted."""
    status = {"phase": "Failed", "reason": "Evicted", "message": "evicted on purpose"}
    failed = target.api.patch(_POD, name, target.namespace, {"status": status}, subresource="status")
    return record_action(target, "fail", "Pod", failed)
