"""How numbers of replicas and lists of pods are said in sentences."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["MOST_NAMES", "listed", "pods", "ready", "replicas"]

MOST_NAMES = 5
"""Names that a person still reads in one scenario; the others would be judged alike."""


def replicas(number: int, kind: str = "") -> str:
    """Return `3 replicas`, or with a kind `3 ready replicas`."""
    return " ".join(filter(None, (str(number), kind, "replica" if number == 1 else "replicas")))


def ready(name: str, number: int) -> str:
    """Return `all 3 replicas of "db" are ready`."""
    return f'the only replica of "{name}" is ready' if number == 1 else f'all {number} replicas of "{name}" are ready'


def listed(names: Sequence[str]) -> str:
    """Return `"a", "b" and "c"`."""
    quoted = [f'"{name}"' for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def pods(names: Sequence[str]) -> str:
    """Return `pod "a"`, or `pods "a" and "b"`."""
    return f"{'pod' if len(names) == 1 else 'pods'} {listed(names)}"
