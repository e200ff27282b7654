"""One promise of an application: asked for by a scenario, or not asked for, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DraftedCase", "Found", "NotAsked"]


@dataclass(frozen=True, slots=True)
class DraftedCase:
    """
    A scenario: its title, its steps with their keywords, the tags that it needs beside those of its feature.

    `promise` says in a few words what is promised, without the set's name. `advice`: what to change in the manifests
    where it is broken, empty where that depends on how it is.
    """

    subject: str
    promise: str
    title: str
    steps: tuple[str, ...]
    tags: tuple[str, ...] = ()
    advice: str = ""


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A promise that the application does not make, or that cannot be asked for, and why."""

    subject: str
    promise: str
    reason: str


Found = DraftedCase | NotAsked
