"""
Hooks in rendered files: what a tool runs at a moment of its own must not run together with all else.

`helm template` prints hooks along with the chart. Those of a deletion, an upgrade or a test are left out, as an
installation leaves them out; those that an installation runs cannot be, and are refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.errors import BadInput
from harness.manifests.manifest import Manifest

__all__ = ["Hook", "parted"]

_TOOLS = {
    "helm.sh/hook": ("Helm", {"pre-install", "post-install", "crd-install"}),
    "argocd.argoproj.io/hook": ("Argo CD", {"PreSync", "Sync", "PostSync"}),
}
"""Annotation → who runs such a hook, and which moments of it belong to an installation."""


@dataclass(frozen=True, slots=True)
class Hook:
    """An object that some tool runs at moments of its own; `key` is the annotation that says so."""

    manifest: Manifest
    key: str
    moments: tuple[str, ...]

    @property
    def is_installed(self) -> bool:
        """Whether an installation runs it."""
        return not _TOOLS[self.key][1].isdisjoint(self.moments)

    def __str__(self) -> str:
        manifest = self.manifest
        line = manifest.line_of(f"metadata.annotations[{self.key}]")
        what = f"{manifest.kind} {manifest.name}, which is a hook of {_TOOLS[self.key][0]} ({', '.join(self.moments)})"
        return f"{manifest.file}:{line}: left out: {what}"

    def refused(self) -> BadInput:
        """Return the error for a hook that is wanted: it cannot be run as the plain object that it looks like."""
        tool = _TOOLS[self.key][0]
        problem = f"is a hook of {tool} ({', '.join(self.moments)}), and there is no {tool} here that would run it"
        remedy = "leave it out (helm template --no-hooks), and give what it does as a manifest without this annotation"
        return self.manifest.unfit(problem, f"metadata.annotations[{self.key}]", remedy)


def parted(manifests: Iterable[Manifest]) -> tuple[list[Manifest], list[Hook]]:
    """Return what is to be applied, and the hooks to leave out; BadInput, with the line, for one of an installation."""
    plain, hooks = [], []
    for manifest in manifests:
        hook = _hook(manifest)
        if hook is None:
            plain.append(manifest)
        elif hook.is_installed:
            raise hook.refused()
        else:
            hooks.append(hook)
    return plain, hooks


def _hook(manifest: Manifest) -> Hook | None:
    metadata = manifest.body.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    for key in _TOOLS:
        if isinstance(annotations, dict) and key in annotations:
            moments = (moment.strip() for moment in str(annotations[key]).split(","))
            return Hook(manifest, key, tuple(moment for moment in moments if moment))
    return None
