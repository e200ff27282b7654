"""
Hooks in rendered files: what a tool runs at a moment of its own must not run together with all else.

`helm template` prints hooks along with the chart. Those of an installation, an upgrade and a roll back are run as Helm
runs them (see `scenario/hook_runs.py`); those of a deletion or a test are left out. What Argo CD would run in an
installation cannot be, and is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.errors import BadInput
from harness.manifests.manifest import Manifest

__all__ = ["Hook", "due", "parted"]

_HELM, _ARGO = "helm.sh/hook", "argocd.argoproj.io/hook"
_TOOLS = {_HELM: "Helm", _ARGO: "Argo CD"}
"""Annotation → who runs such a hook."""
_WEIGHT, _POLICY = "helm.sh/hook-weight", "helm.sh/hook-delete-policy"
_BEFORE = "before-hook-creation"
_POLICIES = (_BEFORE, "hook-succeeded", "hook-failed")
_PLAYED = {f"{when}-{event}" for when in ("pre", "post") for event in ("install", "upgrade", "rollback")}
_REFUSED = {"crd-install", "PreSync", "Sync", "PostSync"}
"""Moments of an installation that nobody here plays: of Argo CD, and of Helm 2."""


@dataclass(frozen=True, slots=True)
class Hook:
    """An object that some tool runs at moments of its own; `key` is the annotation that says so."""

    manifest: Manifest
    key: str
    moments: tuple[str, ...]

    @property
    def is_played(self) -> bool:
        """Whether an installation, an upgrade or a roll back runs it."""
        return self.key == _HELM and not _PLAYED.isdisjoint(self.moments)

    @property
    def weight(self) -> int:
        """Its place among those of one moment: lighter ones first; BadInput, with the line, for what is no number."""
        told = _annotations(self.manifest).get(_WEIGHT, "0")
        try:
            return int(str(told))
        except ValueError:
            field = f"metadata.annotations[{_WEIGHT}]"
            raise self.manifest.unfit(f"the weight {told} is no number", field, 'write a whole number: "5"') from None

    @property
    def policies(self) -> tuple[str, ...]:
        """When it is deleted; BadInput, with the line, for what Helm does not know."""
        told = str(_annotations(self.manifest).get(_POLICY) or "")
        found = tuple(word for word in (word.strip() for word in told.split(",")) if word)
        if unknown := sorted(set(found) - set(_POLICIES)):
            field = f"metadata.annotations[{_POLICY}]"
            raise self.manifest.unfit(f"{unknown[0]} is no policy of Helm", field, f"one of {', '.join(_POLICIES)}")
        return found or (_BEFORE,)

    def __str__(self) -> str:
        return f"{self._place}: left out: {self._what}"

    @property
    def told(self) -> str:
        """What is said of one that is played: where it stands and when it runs."""
        return f"{self._place}: {self._what}"

    def refused(self) -> BadInput:
        """Return the error for a hook that is wanted: it cannot be run as the plain object that it looks like."""
        tool = _TOOLS[self.key]
        problem = f"is a hook of {tool} ({', '.join(self.moments)}), and there is no {tool} here that would run it"
        remedy = "leave it out (helm template --no-hooks), and give what it does as a manifest without this annotation"
        return self.manifest.unfit(problem, f"metadata.annotations[{self.key}]", remedy)

    @property
    def _place(self) -> str:
        return f"{self.manifest.file}:{self.manifest.line_of(f'metadata.annotations[{self.key}]')}"

    @property
    def _what(self) -> str:
        one = self.manifest
        return f"{one.kind} {one.name}, which is a hook of {_TOOLS[self.key]} ({', '.join(self.moments)})"


def parted(manifests: Iterable[Manifest]) -> tuple[list[Manifest], list[Hook]]:
    """
    Return what is to be applied, and the hooks.

    Raises BadInput, with the line, for one of an installation that nobody here can run.
    """
    plain, hooks = [], []
    for manifest in manifests:
        hook = _hook(manifest)
        if hook is None:
            plain.append(manifest)
        elif hook.is_played or _REFUSED.isdisjoint(hook.moments):
            hooks.append(hook)
        else:
            raise hook.refused()
    return plain, hooks


def due(hooks: Iterable[Hook], moment: str) -> list[Hook]:
    """Return the hooks of a moment, as `pre-install`, in the order in which Helm runs them."""
    found = [hook for hook in hooks if hook.is_played and moment in hook.moments]
    return sorted(found, key=lambda hook: (hook.weight, hook.manifest.name))


def _annotations(manifest: Manifest) -> dict[str, object]:
    metadata = manifest.body.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    return annotations if isinstance(annotations, dict) else {}


def _hook(manifest: Manifest) -> Hook | None:
    annotations = _annotations(manifest)
    for key in _TOOLS:
        if key in annotations:
            moments = (moment.strip() for moment in str(annotations[key]).split(","))
            return Hook(manifest, key, tuple(moment for moment in moments if moment))
    return None
