"""
Why a cluster did not come up, from the logs of its own components.

Problem: what was waited for in vain says what is missing, not why; and each start has errors in the logs, of components
that ask for others before these are there. Solution: what a component complains of again and again is what keeps it; of
several, the component counts on which the others rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from harness.cluster.embedded.state import ClusterPaths

__all__ = ["complaint", "pod_logs"]

_FROM_BELOW = ("etcd", "containerd", "kube-apiserver", "kubelet", "kube-proxy")
"""The components whose complaints count, first those that need the fewest others."""

_ERROR = re.compile(r'^[EF]\d{4} |level=(?:error|fatal|panic)|"level":"(?:error|fatal|panic)"|\[(?:ERROR|FATAL)\]')
_CAUSE = re.compile(r'(?:\berr|\berror|"error")[=:]"((?:\\.|[^"\\])*)"')
_VARYING = re.compile(r"\b[0-9a-f]{8,}\b|\d+")
_OFTEN = 3
"""Seen in starts that succeed: twice, once for each family of addresses."""
_TAIL = 1 << 18
"""Bytes of each log that are looked through."""
_SHOWN = 400
"""Characters of a complaint that are shown."""


def complaint(paths: ClusterPaths) -> str:
    """Return what the deepest component of a cluster keeps complaining of, as `COMPONENT: …`; empty where none does."""
    told = [(log.stem, _repeated(log)) for log in _logs(paths)]
    ended = [(log.parent.name, _last_words(log)) for log in pod_logs(paths) if _life(log) and _last_words(log)]
    found = [f"{component}: {words[:_SHOWN]}" for component, words in (*ended[-1:], *told) if words]
    return found[0] if found else ""


def pod_logs(paths: ClusterPaths) -> Iterator[Path]:
    """Yield the logs of the cluster's own pods, one of each life of a container, the oldest of each first."""
    for folder in sorted(paths.data.glob("nodes/*/logs/kube-system_*/*")):
        yield from sorted(folder.glob("*.log"), key=_life)


def _life(log: Path) -> int:
    """Return how many containers of this name have ended before the one whose log this is."""
    return int(log.stem)


def _last_words(log: Path) -> str:
    """Return what a container said last; each line begins with a time, a stream and a mark."""
    lines = [line.split(" ", 3)[-1].strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    return next((line for line in reversed(lines) if line), "")


def _logs(paths: ClusterPaths) -> list[Path]:
    ranks = {name: rank for rank, name in enumerate(_FROM_BELOW)}
    known = [(_rank(log.stem, ranks), log) for log in sorted(paths.logs.glob("*.log"))]
    return [log for rank, log in sorted(known) if rank < len(ranks)]


def _rank(stem: str, ranks: dict[str, int]) -> int:
    return min((rank for name, rank in ranks.items() if stem.endswith(name)), default=len(ranks))


def _repeated(log: Path) -> str:
    """Return the last error of a log that has come often in the same words, empty where none has."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL))
        errors = [line for line in file.read().decode("utf-8", "replace").splitlines() if _ERROR.search(line)]
    causes = [_cause(line) for line in errors]
    counts = Counter(map(_shape, causes))
    return next((cause for cause in reversed(causes) if counts[_shape(cause)] >= _OFTEN), "")


def _shape(cause: str) -> str:
    return _VARYING.sub("#", cause)


def _cause(line: str) -> str:
    """Return what a line gives as the cause, without what wraps it; the whole line where it gives none."""
    found = _CAUSE.search(line)
    return found[1].replace('\\"', '"') if found else line
