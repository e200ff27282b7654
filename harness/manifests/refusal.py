"""The server's refusal of a manifest, told in terms of the file."""

from __future__ import annotations

import re

from harness.errors import BadInput, KubeError, TooManyRequests, Unauthorized, Unreachable
from harness.manifests.manifest import Manifest

__all__ = ["refused"]

_NOT_THE_MANIFESTS = (Unauthorized, TooManyRequests, Unreachable)
_PATHS = (
    re.compile(r'unknown field "([^"]+)"'),
    re.compile(r"(?:^|\s)\.((?:[\w-]+|\[[^\]]*\])(?:\.[\w-]+|\[[^\]]*\])*)"),
    re.compile(r"(?:^|\s)((?:spec|metadata|data|webhooks|rules)(?:\.[\w-]+|\[[^\]]*\])+)"),
)
"""How messages name a field where the server gives no causes: strict decoding, server-side apply, webhooks."""


def refused(error: KubeError, manifest: Manifest) -> BadInput | KubeError:
    """
    Return what the user did wrong: each field that the server refuses with its file and line.

    An error that no manifest can be blamed for (unreachable, unauthorized, too many requests) is returned as it is.
    """
    if isinstance(error, _NOT_THE_MANIFESTS):
        return error
    causes = error.causes or _named(error.message)
    if not causes:
        return manifest.unfit(f"the server refuses it: {error.message}")
    lines = sorted(manifest.line_of(path) for path, _ in causes if path) or [manifest.line]
    told = [f"{path}: {text}" if path else text for path, text in causes]
    if len(told) == 1:
        return BadInput(f"the server refuses {manifest.kind} {manifest.name}: {told[0]}", manifest.file, lines[0])
    listed = "".join(f"\n  {manifest.file}:{manifest.line_of(path)}: {path}: {text}" for path, text in causes)
    return BadInput(f"the server refuses {manifest.kind} {manifest.name}:{listed}", manifest.file, lines[0])


def _named(message: str) -> tuple[tuple[str, str], ...]:
    for spelling in _PATHS:
        found = spelling.search(message)
        if found:
            return ((found[1], message),)
    return ()
