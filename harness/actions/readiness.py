"""
Pods made unready without taking them away, by the file that their readiness probe asks for.

Problem: only the application decides whether it is ready, and most probes ask for what nobody can take away. Solution:
a convention, READINESS_FILE; a pod that does not keep it is told so at once, before anything is changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from harness.actions.target import Target, record_action
from harness.app_container import app_container, app_name
from harness.errors import BadInput, EnvironmentUnfit
from harness.history.history import History
from harness.history.observation import ACTION, Observation
from harness.model import KINDS, Object
from harness.promises.causes import Cause
from harness.promises.pods import ready

__all__ = ["READINESS_FILE", "make_ready", "make_unready", "unsteerable", "untouched"]

READINESS_FILE = "/tmp/ready"  # noqa: S108 - a path inside a container
"""The file whose absence makes the pods of our systems unready: their readiness probe asks for it."""

_PATH = "/ready"
"""The path under which a web server that serves the file's folder shows it."""
_SOON_S = 8.0
"""A probe that takes no longer has had its time before a wait is ended for any cause (STUCK_S)."""
_NAMED = re.compile(rf"(?<![\w./-]){re.escape(READINESS_FILE)}(?![\w./-])")
_UNREADY, _READY = "make unready", "make ready"
_REMEDY = (
    f"the readiness probe of that container has to ask for the file {READINESS_FILE}, as exec: "
    f"{{command: [test, -f, {READINESS_FILE}]}} does, or httpGet: {{path: {_PATH}}} of a server of that folder, "
    "and the application has to make the file when it is ready"
)


def make_unready(target: Target, name: str) -> Observation:
    """
    Return once the readiness file of a pod is gone; its next probe will fail.

    Raises BadInput, before anything is done, for a pod whose probe does not ask for that file, or that is ready
    without it.
    """
    pod = _steerable(target, name)
    argv = ["rm", READINESS_FILE] if ready(pod) else ["rm", "-f", READINESS_FILE]
    return _touch(target, pod, _UNREADY, argv, until=_READY)


def make_ready(target: Target, name: str) -> Observation:
    """
    Return once the readiness file of a pod is there; its next probe will succeed.

    Raises BadInput for a pod whose probe does not ask for that file.
    """
    return _touch(target, _steerable(target, name), _READY, ["touch", READINESS_FILE])


def unsteerable(pod: Object) -> str:
    """Return why no file decides whether a pod is ready, in words; empty where READINESS_FILE may."""
    container = app_container(pod)
    probe: Mapping[str, Any] = container.get("readinessProbe") or {}
    own = f'container "{container.get("name", "")}"'
    if not probe:
        return f"{own} has no readiness probe: it is ready as long as it runs"
    if "exec" in probe:
        command = [str(word) for word in (probe["exec"] or {}).get("command") or ()]
        named = any(_NAMED.search(word) for word in command)
        return "" if named else f"the readiness probe of {own} runs `{' '.join(command)}`, without a word of that file"
    if "httpGet" in probe:
        path = "/" + str((probe["httpGet"] or {}).get("path") or "").lstrip("/")
        return "" if path.partition("?")[0] == _PATH else f"the readiness probe of {own} asks for {path} by httpGet"
    kind = next((kind for kind in ("tcpSocket", "grpc") if kind in probe), "something else")
    return f"the readiness probe of {own} is {kind}, which no file decides"


def untouched(pod: str) -> Callable[[History], list[Cause]]:
    """Return what looks for a pod that goes on being ready for longer than its probe may take, without its file."""

    def look(history: History) -> list[Cause]:
        life = history.alive("Pod").get(pod)
        done = [act for act in history.of(ACTION, name=pod) if act.data["verb"] in (_UNREADY, _READY)]
        if life is None or not done or done[-1].data["verb"] != _UNREADY or done[-1].uid != life.uid:
            return []
        late_s = _round_s(app_container(life.last.data).get("readinessProbe") or {})
        if not ready(life.last.data) or (late_s > _SOON_S and history.now < done[-1].at + late_s):
            return []
        text = f"{pod} goes on being ready without {READINESS_FILE}: {_REMEDY}"
        return [Cause(text, done[-1].at, (life.last, done[-1]), heals=inf)]

    return look


def _round_s(probe: Mapping[str, Any]) -> float:
    """Return after how many seconds, at the latest, a probe that fails has made its pod unready."""
    period_s, timeout_s = float(probe.get("periodSeconds") or 10), float(probe.get("timeoutSeconds") or 1)
    return (period_s + timeout_s) * float(probe.get("failureThreshold") or 3)


def _steerable(target: Target, name: str) -> Object:
    pod = target.api.read(KINDS["Pod"], name, target.namespace)
    missing_reason = unsteerable(pod)
    if missing_reason:
        raise BadInput(f'pod "{name}" cannot be made ready or unready: {missing_reason}', remedy=_REMEDY)
    return pod


def _touch(target: Target, pod: Object, verb: str, argv: list[str], *, until: str | None = None) -> Observation:
    name, container = pod["metadata"]["name"], app_name(pod)
    ran = target.api.exec(name, target.namespace, argv, container=container)
    if ran.code != 0:
        raise EnvironmentUnfit(
            f'pod "{name}" could not be {verb.replace("make", "made")}',
            expected=f"`{' '.join(argv)}` ends with code 0 in container {container}; {_REMEDY}",
            observed=ran.error or f"code {ran.code}: {ran.stderr.strip()}",
            look_at=(f"kubectl -n {target.namespace} describe pod {name}",),
        )
    return record_action(target, verb, "Pod", pod, until=until)
