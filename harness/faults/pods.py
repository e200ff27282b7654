"""Pods taken away, and pods made unready without taking them away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from harness.errors import EnvironmentUnfit
from harness.faults.target import Target, record_action
from harness.history.observation import Observation
from harness.model import KINDS, Object

__all__ = ["READINESS_FILE", "delete_pods", "evict_pods", "fail_pod", "make_ready", "make_unready"]

READINESS_FILE = "/tmp/ready"  # noqa: S108 - a path inside a container
"""The file whose absence makes a pod of our systems unready: their readiness probe asks for it."""

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


def make_unready(target: Target, name: str, *, container: str | None = None) -> Observation:
    """Return once the readiness file of a pod is gone; its next probe will fail."""
    return _touch(target, name, container, "make unready", ["rm", "-f", READINESS_FILE], until="make ready")


def make_ready(target: Target, name: str, *, container: str | None = None) -> Observation:
    """Return once the readiness file of a pod is there; its next probe will succeed."""
    return _touch(target, name, container, "make ready", ["touch", READINESS_FILE])


def _touch(
    target: Target, name: str, container: str | None, verb: str, argv: list[str], *, until: str | None = None
) -> Observation:
    pod = target.api.read(_POD, name, target.namespace)
    ran = target.api.exec(name, target.namespace, argv, container=container)
    if ran.code != 0:
        raise EnvironmentUnfit(
            f'pod "{name}" could not be {verb.replace("make", "made")}',
            expected=f"{' '.join(argv)} ends with code 0 in its container",
            observed=ran.error or f"code {ran.code}: {ran.stderr.strip()}",
            look_at=(f"kubectl -n {target.namespace} describe pod {name}",),
        )
    return record_action(target, verb, "Pod", pod, until=until)


def _at_once(target: Target, names: Sequence[str], deed: Callable[[Object], Observation]) -> list[Observation]:
    pods = [target.api.read(_POD, name, target.namespace) for name in names]
    with ThreadPoolExecutor(max_workers=max(1, len(pods))) as pool:
        asked = [pool.submit(deed, pod) for pod in pods]
    return [answer.result() for answer in asked]
