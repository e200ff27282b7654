"""What a set promises of a replica that is replaced: its identity, its name, its data."""

from __future__ import annotations

from collections.abc import Iterator

from harness.app_container import data_folder
from harness.drafting.case import DraftedCase, Found, NotAsked
from harness.drafting.time_limits import replacing, rolling, starting
from harness.drafting.words import MOST_NAMES, ready, replicas
from harness.drafting.workload import Workload
from harness.promises.services import headless, selects

__all__ = ["data", "names", "replacement", "unready"]

_NAMES, _DATA = "gives each replica a name that leads to it", "keeps its data"
_SETTLED = "within 10 seconds"


def replacement(one: Workload) -> Iterator[Found]:
    """Yield that a deleted pod comes back as the replica that it was."""
    name, pod = one.name, one.pods[-1]
    steps = [
        f'Given StatefulSet "{name}" with {replicas(one.replicas, "ready")}',
        f'When pod "{pod}" is deleted',
        f'Then {replacing(one)} pod "{pod}" is replaced',
        f'And at no time since the scenario began did a pod of "{name}" have the identity of another ordinal',
    ]
    if one.claims:
        steps.append(f'And at no time since the scenario began did a replica of "{name}" lose its claim')
    title = f"A pod of {name} that is deleted comes back as the replica it was"
    yield DraftedCase(name, "replaces a pod by the same replica", title, tuple(steps))


def names(one: Workload) -> Iterator[Found]:
    """Yield that each replica is found by its name, and the deleted one by the same name again."""
    name, service = one.name, one.governing
    if not service:
        yield NotAsked(name, _NAMES, "it names no governing service (serviceName)")
        return
    gone, others = one.pods[-1], one.pods[:-1][:MOST_NAMES]
    steps = [
        f'Given StatefulSet "{name}" with {replicas(one.replicas, "ready")}',
        f'When pod "{gone}" is deleted',
        f'Then {replacing(one)} name "{gone}.{service}" resolves to a new pod "{gone}"',
        *(f'And {_SETTLED} name "{pod}.{service}" resolves to pod "{pod}" alone' for pod in others),
    ]
    yield DraftedCase(
        name, _NAMES, f"Each replica of {name} is found by its name", tuple(steps), advice=_name_advice(one)
    )


def _name_advice(one: Workload) -> str:
    found = one.governing_service()
    if found is None:
        return f"serviceName is {one.governing}, and the manifests have no Service of that name: add a headless one"
    if (found.get("spec") or {}).get("type") == "ExternalName":
        return f"Service {one.governing} is another name for something elsewhere: make it headless, with a selector"
    if not selects(found, one.pod):
        return f"the selector of Service {one.governing} does not select the pods of {one.name}: make it their labels"
    return (
        "" if headless(found) else f"Service {one.governing} has a cluster IP; a governing service is clusterIP: None"
    )


def data(one: Workload) -> Iterator[Found]:
    """Yield that what a replica has written is there after a replacement, a rescaling and a rollout."""
    name = one.name
    if not one.claims:
        yield NotAsked(name, _DATA, "it has no volume claim templates")
        return
    try:
        folder = data_folder(one.pod)
    except ValueError as reason:
        yield NotAsked(name, _DATA, str(reason))
        return
    advice = f"data outlive a pod where a claim is mounted, which is {folder}: the application has to write there"
    yield _kept(one, "when a pod is replaced", _replaced(one), advice)
    if not one.on_demand:
        yield _kept(one, "over a rollout", _restarted(one), advice)
    if one.replicas == 1:
        yield NotAsked(name, f"{_DATA} when it is scaled away and back", "one replica is the least that serves")
    elif one.autoscaler:
        yield NotAsked(name, f"{_DATA} when it is scaled away and back", one.autoscaler.decides)
    elif one.retained("whenScaled"):
        yield _kept(one, "when it is scaled away and back", _rescaled(one), advice)
    else:
        deleted = "persistentVolumeClaimRetentionPolicy deletes the claims of what is scaled away"
        yield NotAsked(name, f"{_DATA} when it is scaled away and back", deleted)


def _kept(one: Workload, when: str, event: tuple[str, ...], advice: str) -> DraftedCase:
    steps = (
        f'Given StatefulSet "{one.name}" with {replicas(one.replicas, "ready")}',
        f'And each replica of "{one.name}" has written its own data',
        *event,
        f'And each replica of "{one.name}" reads its own data',
    )
    title = f"A replica of {one.name} keeps its data {when}"
    return DraftedCase(one.name, f"{_DATA} {when}", title, steps, ("needs_containers",), advice)


def _replaced(one: Workload) -> tuple[str, ...]:
    pod = one.pods[0]
    return f'When pod "{pod}" is deleted', f'Then {replacing(one)} pod "{pod}" is replaced'


def _restarted(one: Workload) -> tuple[str, ...]:
    return f'When StatefulSet "{one.name}" is restarted', f'Then {rolling(one)} the rollout of "{one.name}" is complete'


def _rescaled(one: Workload) -> tuple[str, ...]:
    return (
        f'And StatefulSet "{one.name}" has been scaled to {one.replicas - 1}',
        f'When StatefulSet "{one.name}" is scaled to {one.replicas}',
        f"Then {starting(one, 1)} {ready(one.name, one.replicas)}",
    )


def unready(one: Workload) -> Iterator[Found]:
    """Yield why nothing is asked about a replica that is not ready: that is the application's own affair."""
    reason = (
        "whether a pod is ready only its application decides; say it in a feature of your own, where it can be told"
    )
    yield NotAsked(one.name, "what becomes of a replica that is not ready", reason)
