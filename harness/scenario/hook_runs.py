"""
Hooks of a chart, run as Helm runs them: one after another, each awaited, and deleted as its policy says.

Problem: an installation goes on only when a Job has prepared it, and nobody here but us would run it. Solution: what
Helm does at such a moment is little: create, wait for Jobs and Pods to end, delete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TypeVar

from tenacity import Retrying, retry_if_result, stop_before_delay, wait_fixed

from harness import timeouts
from harness.errors import Conflict, ExpectationNotMet, KubeError, NotFound
from harness.kube.api import Api
from harness.manifests.hooks import Hook
from harness.model import KINDS, Kind, Object

__all__ = ["clear", "run_hooks"]

T = TypeVar("T")
_Made = tuple[Hook, Kind, Object]
_POD = KINDS["Pod"]
_JOB_OF = "batch.kubernetes.io/job-name"
_JOB_API = "batch/v1"
_WELL = "succeeded"
_LOG_LINES = 5
"""Lines of a failed hook's log that an error quotes."""


def run_hooks(api: Api, hooks: Sequence[Hook], moment: str, make: Callable[[Hook], tuple[Kind, Object]]) -> None:
    """
    Return when all hooks of a moment have run; `make` has the server create one, and returns it.

    Raises ExpectationNotMet, with what its pods say, where a Job or a Pod of theirs fails or does not end within
    timeouts.HOOK.
    """
    done: list[_Made] = []
    for hook in hooks:
        kind, made = make(hook)
        try:
            _await_end(api, hook, moment, kind, made)
        except ExpectationNotMet:
            _delete(api, "hook-failed", [(hook, kind, made)])
            _delete(api, "hook-succeeded", done)
            raise
        done.append((hook, kind, made))
    _delete(api, "hook-succeeded", reversed(done))


def clear(api: Api, hook: Hook, kind: Kind, namespace: str) -> None:
    """Return when what a hook has made at a moment before is gone, where its policy says so."""
    if "before-hook-creation" not in hook.policies:
        return
    name = hook.manifest.name

    def gone() -> bool | None:
        try:
            found = api.read(kind, name, namespace)
        except NotFound:
            return True
        if not found["metadata"].get("deletionTimestamp"):
            _delete(api, "before-hook-creation", [(hook, kind, found)])
        return None

    if not _first(gone):
        title = f"{kind.name} {name} of a moment before does not go"
        raise ExpectationNotMet(title, expected=f"it is gone within {timeouts.HOOK.s:g} s", look_at=(hook.told,))


def _await_end(api: Api, hook: Hook, moment: str, kind: Kind, made: Object) -> None:
    """Return when a Job or a Pod has succeeded; anything else has run when it is there."""
    ended = {(_JOB_API, "Job"): _end_of_job, ("v1", "Pod"): _end_of_pod}.get((kind.api_version, kind.name))
    if ended is None:
        return
    metadata = made["metadata"]
    how = _first(lambda: ended(api.read(kind, metadata["name"], metadata["namespace"])))
    if how == _WELL:
        return
    name = f"{kind.name} {metadata['name']}"
    raise ExpectationNotMet(
        f"hook {moment} has failed: {name}",
        expected=f"{name} succeeds within {timeouts.HOOK.s:g} s, as Helm waits for it",
        observed="\n".join([how or "it has not ended", *_said(api, kind, made)]),
        look_at=(hook.told,),
    )


def _end_of_job(job: Object) -> str | None:
    """Return how a job has ended, None while it runs."""
    for condition in (job.get("status") or {}).get("conditions") or ():
        if condition["status"] == "True" and condition["type"] == "Complete":
            return _WELL
        if condition["status"] == "True" and condition["type"] == "Failed":
            return f"{condition.get('reason')}: {condition.get('message')}"
    return None


def _end_of_pod(pod: Object) -> str | None:
    phase = (pod.get("status") or {}).get("phase")
    return {"Succeeded": _WELL, "Failed": "it has failed"}.get(str(phase))


def _said(api: Api, kind: Kind, made: Object) -> list[str]:
    """Return what the pods of a hook wait for, or have written last."""
    metadata = made["metadata"]
    try:
        pods = (
            [api.read(_POD, metadata["name"], metadata["namespace"])]
            if kind == _POD
            else api.list(_POD, metadata["namespace"], selector=f"{_JOB_OF}={metadata['name']}").items
        )
        return [line for pod in pods for line in _lines(api, pod)]
    except KubeError as error:
        return [f"what its pods say is not known: {error.message}"]


def _lines(api: Api, pod: Object) -> Iterable[str]:
    name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
    status = pod.get("status") or {}
    for one in [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]:
        state = one.get("state") or {}
        waiting, ended = state.get("waiting"), state.get("terminated")
        if waiting:
            yield f"{name}/{one['name']} waits: {waiting.get('reason')} {waiting.get('message') or ''}".rstrip()
        elif ended and ended.get("exitCode"):
            yield f"{name}/{one['name']} ended with {ended['exitCode']}"
            yield from (f"  {line}" for line in _log(api, name, namespace, one["name"]))


def _log(api: Api, pod: str, namespace: str, container: str) -> list[str]:
    try:
        return api.logs(pod, namespace, container, tail=_LOG_LINES).splitlines()
    except KubeError as error:
        return [f"its log is not known: {error.message}"]


def _delete(api: Api, policy: str, hooks: Iterable[_Made]) -> None:
    for hook, kind, made in hooks:
        if policy in hook.policies:
            metadata = made["metadata"]
            with suppress(NotFound, Conflict):  # gone, or another one of that name by now
                namespace = metadata.get("namespace")
                api.delete(kind, metadata["name"], namespace, uid=metadata["uid"], propagation="Background")


def _first(ask: Callable[[], T | None]) -> T | None:
    """Return the first answer that is one, None where there is none within timeouts.HOOK."""
    waiting = Retrying(
        retry=retry_if_result(lambda answer: answer is None),
        wait=wait_fixed(0.25),
        stop=stop_before_delay(timeouts.HOOK.s),
        retry_error_callback=lambda _state: None,
    )
    return waiting(ask)
