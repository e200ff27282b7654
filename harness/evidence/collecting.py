"""
The evidence of one failed scenario, written before its namespace goes.

Nothing here may replace the failure that it is about: what cannot be collected is noted in the evidence, and no error
gets out.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from harness.errors import HarnessError, Unreachable
from harness.evidence.cleaning import clean, file_name
from harness.evidence.container_states import container_names, container_states, restarted
from harness.history.history import History
from harness.history.redaction import redact
from harness.history.secrets import Secrets
from harness.kube.api import Api
from harness.model import Object
from harness.scenario.recycler import told_of_volumes

__all__ = ["Evidence", "collect"]

LINES = 20
"""Lines kept of each container's log."""
WARNINGS = 20
"""Warnings that are kept, the newest: a crash loop tells the same again and again."""
BUDGET_S = 20.0
"""Seconds for all logs together: the scenario has failed, and the next one waits."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    What is known of a failed scenario beyond its failure.

    `warnings`: the last warning events, oldest first. `containers`: their states. `logs`: `POD/CONTAINER` → last lines.
    `commands` show more while the namespace stands. `notes`: what could not be collected or written. `volumes`:
    what was said of the scenario's volumes, which are in no namespace.
    """

    folder: Path
    warnings: tuple[str, ...]
    containers: tuple[str, ...]
    logs: Mapping[str, str]
    commands: tuple[str, ...]
    notes: tuple[str, ...]
    volumes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The evidence for a reader; lines of a log begin with `| `, so that no CI system takes them for commands."""
        parts = [
            ("last warnings:", self.warnings),
            ("said of its volumes:", self.volumes),
            ("containers:", self.containers),
            *((f"log of {name}:", _marked(text)) for name, text in self.logs.items()),
            ("look further, while the namespace stands:", self.commands),
            ("not in this evidence:", self.notes),
        ]
        return "".join(f"{title}\n" + "".join(f"  {line}\n" for line in lines) for title, lines in parts if lines)


def collect(
    api: Api,
    history: History,
    namespace: str,
    folder: Path,
    *,
    kubectl: str = "kubectl",
    secrets: Secrets | None = None,
) -> Evidence:
    """
    Return the evidence of a scenario as it is now; it is in `folder` too, unless its notes say why not.

    `kubectl` begins the commands shown: program, kubeconfig and context. `secrets`: what must stand nowhere in it.
    Raises nothing.
    """
    mask = (secrets or Secrets()).mask
    notes: list[str] = []

    def part(what: str, ask: Callable[[], Iterable[T]]) -> tuple[T, ...]:
        try:
            return tuple(ask())
        except Exception as error:  # noqa: BLE001 - an error here would hide the failure that the evidence is about
            notes.append(clean(f"{what}: {type(error).__name__}: {error}"))
            return ()

    pods = part("pods", lambda: [life.last.data for life in history.alive("Pod").values()])
    warnings = part("warnings", lambda: map(mask, _warnings(history)))
    volumes = part("events of volumes", lambda: told_of_volumes(api, _volumes(history))[-WARNINGS:])
    containers = part("containers", lambda: [line for pod in pods for line in container_states(pod)])
    logs = part("logs", lambda: _logs(api, namespace, pods, notes))
    commands = part("commands", lambda: _commands(kubectl, namespace, pods))
    found = Evidence(
        folder,
        warnings,
        tuple(clean(mask(line)) for line in containers),
        {name: clean(mask(text)) for name, text in logs},
        commands,
        tuple(map(mask, notes)),
        tuple(clean(mask(line)) for line in volumes),
    )
    part(f"{folder} cannot be written", lambda: _write(found, history, secrets or Secrets()))
    return replace(found, notes=tuple(map(mask, notes)))


def _volumes(history: History) -> set[str]:
    """Return the names of all volumes that the scenario has had; they have no namespace, nor have events of them."""
    return {life.name for life in history.incarnations("PersistentVolume")}


def _warnings(history: History) -> list[str]:
    """Return the last warnings; those that say the same of the same object count as one."""
    lives = [life for life in history.incarnations("Event") if life.last.data.get("type") == "Warning"]
    counts: dict[str, int] = {}
    walls: dict[str, str] = {}
    for life in sorted(lives, key=lambda life: life.last.seq):
        words, count = _warning(life.last.data)
        counts[words] = counts.pop(words, 0) + count
        walls[words] = life.last.wall
    told = (f"{walls[words]} {words}" + (f" ({count} times)" if count > 1 else "") for words, count in counts.items())
    return list(told)[-WARNINGS:]


def _warning(event: Object) -> tuple[str, int]:
    about = event.get("involvedObject") or event.get("regarding") or {}
    count = event.get("count") or (event.get("series") or {}).get("count") or 1
    words = f"{event.get('reason', '')}: {event.get('message') or event.get('note') or ''}"
    return clean(" ".join(f"{about.get('kind', '')} {about.get('name', '')}: {words}".split())), int(count)


def _logs(api: Api, namespace: str, pods: Iterable[Object], notes: list[str]) -> Iterator[tuple[str, str]]:
    deadline = time.monotonic() + BUDGET_S
    asked = [
        (str(pod["metadata"]["name"]), container, previous)
        for pod in pods
        for container, again in container_names(pod)
        for previous in ([True, False] if again else [False])
    ]
    for number, (pod, container, previous) in enumerate(asked):
        name = f"{pod}/{container}" + (" (its former run)" if previous else "")
        if time.monotonic() > deadline:
            notes.append(f"{len(asked) - number} logs: reading the others took more than {BUDGET_S:g} s")
            return
        try:
            text = api.logs(pod, namespace, container, tail=LINES, previous=previous)
        except Unreachable as error:
            notes.append(clean(f"{len(asked) - number} logs: {error}"))
            return
        except HarnessError as error:
            notes.append(clean(f"log of {name}: {error}"))
            continue
        if text.strip():
            yield name, text


def _commands(kubectl: str, namespace: str, pods: Iterable[Object]) -> Iterator[str]:
    base = f"{kubectl} -n {namespace}"
    yield f"{base} get statefulsets,pods,persistentvolumeclaims,services -o wide"
    yield f"{base} get events --sort-by=.lastTimestamp"
    for pod in pods:
        statuses = (pod.get("status") or {}).get("containerStatuses") or ()
        if not statuses or any(not status.get("ready") or restarted(status) for status in statuses):
            yield f"{base} describe pod {pod['metadata']['name']}"


def _write(found: Evidence, history: History, secrets: Secrets) -> Iterator[Path]:
    """Write all files and yield their paths; logs are kept as they are shown, objects as JSON."""
    for name, text in found.logs.items():
        yield _file(found.folder / "logs" / f"{file_name(name)}.log", text)
    for kind in sorted({seen.topic for seen in history if seen.is_state} - {"Event"}):
        for name, life in history.alive(kind).items():
            text = json.dumps(redact(secrets.masked(life.last)), indent=2, sort_keys=True, ensure_ascii=False)
            yield _file(found.folder / "objects" / file_name(kind) / f"{file_name(name)}.json", text + "\n")
    yield _file(found.folder / "evidence.txt", found.text)


def _file(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _marked(text: str) -> list[str]:
    return [f"| {line}" for line in text.splitlines()]
