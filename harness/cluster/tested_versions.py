"""Which minor releases of Kubernetes the features were tried on, and what to think of a server of another one."""

from __future__ import annotations

from harness.api_server import minor_of
from harness.cluster.embedded.families import kubernetes_versions

__all__ = ["untried"]


def untried(version: str) -> str:
    """Return in a sentence that a server's release is not among those that were tried; empty where it is."""
    oldest, *_, newest = kubernetes_versions()
    minor, first, last = minor_of(version), minor_of(oldest), minor_of(newest)
    if minor and first and last and first <= minor <= last:
        return ""
    tried = f"the features were tried on {oldest} to {newest}"
    if not minor or not first:
        return f"Kubernetes {version or 'of a version that it does not tell'}: {tried}"
    age, which = ("older", "fail for want of what came later") if minor < first else ("newer", "no longer hold")
    return f"Kubernetes {version} is {age}: {tried}; a promise may {which}"
