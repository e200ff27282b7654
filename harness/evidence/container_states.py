"""The states of a pod's containers in words: what runs, what waits for what, what ended how."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model import Object

__all__ = ["container_names", "container_states", "restarted"]

_STATUSES = ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")


def container_states(pod: Object) -> Iterator[str]:
    """Yield one line for each container that has a state, and one for a pod whose containers have none."""
    name, status = pod["metadata"]["name"], pod.get("status") or {}
    known = list(_known(pod))
    if not known:
        yield f"{name}: {status.get('phase', 'Unknown')}, no container yet{_blamed(status)}"
    for container in known:
        ready = "ready" if container.get("ready") else "not ready"
        words = [_state(container.get("state") or {}), ready]
        if restarted(container):
            words.append(f"restarted {container.get('restartCount', 0)} times")
            words.append(f"before that {_state(container.get('lastState') or {})}")
        yield f"{name}/{container.get('name', '')}: {', '.join(words)}"


def container_names(pod: Object) -> Iterator[tuple[str, bool]]:
    """Yield the name of each container that has run, and whether it has run before, too."""
    for container in _known(pod):
        if "waiting" not in (container.get("state") or {}) or restarted(container):
            yield str(container.get("name", "")), restarted(container)


def restarted(container: Object) -> bool:
    """Return whether a container status tells of a former run."""
    return bool(container.get("lastState"))


def _known(pod: Object) -> Iterator[Object]:
    for statuses in _STATUSES:
        yield from (pod.get("status") or {}).get(statuses) or ()


def _state(state: Object) -> str:
    if "running" in state:
        return f"running since {state['running'].get('startedAt', '?')}"
    if "terminated" in state:
        ended = state["terminated"]
        code, reason = ended.get("exitCode", "?"), ended.get("reason", "no reason given")
        return f"ended with code {code} ({reason}) at {ended.get('finishedAt', '?')}"
    waiting = state.get("waiting") or {}
    message = f": {waiting['message']}" if waiting.get("message") else ""
    return f"waiting, {waiting.get('reason', 'no reason given')}{message}"


def _blamed(status: Object) -> str:
    unmet = [condition for condition in status.get("conditions") or () if condition.get("status") == "False"]
    told = [f"{condition.get('reason', condition.get('type'))}: {condition.get('message', '')}" for condition in unmet]
    return f" ({'; '.join(told)})" if told else ""
