"""The server's refusal of a manifest, told in terms of the file."""

from __future__ import annotations

import json
import re
from functools import reduce
from typing import Any

from harness.errors import BadInput, KubeError, TooManyRequests, Unauthorized, Unreachable
from harness.manifests.manifest import Manifest
from harness.model import Object

__all__ = ["refused"]

_NOT_THE_MANIFESTS = (Unauthorized, TooManyRequests, Unreachable)
_FIELD = re.compile(r'unknown field "([^"]+)"|(?:^|\s)((?:spec|metadata|data|rules)(?:\.[\w-]+|\[[^\]]*\])+)')
"""How a message names a field where the server gives no causes: strict decoding, and most admission webhooks."""
_SELECTOR = re.compile(r'\[(\w+)=("[^"]*"|\d+)[^\]]*\]')
"""How server-side apply spells an item of a list: by its key, `containers[name="app"]`."""
_PART = re.compile(r"[^.\[\]]+")


def refused(error: KubeError, manifest: Manifest) -> BadInput | KubeError:
    """
    Return what the user did wrong: each field that the server refuses with its file and line.

    An error that no manifest can be blamed for (unreachable, unauthorized, too many requests) is returned as it is.
    """
    if isinstance(error, _NOT_THE_MANIFESTS):
        return error
    named = error.causes or _named(error.message)
    causes = [(_indexed(path, manifest.body), text) for path, text in named]
    if not causes:
        return manifest.unfit(f"the server refuses it: {error.message}")
    lines = sorted(manifest.line_of(path) for path, _ in causes if path) or [manifest.line]
    told = [f"{path}: {text}" if path else text for path, text in causes]
    if len(told) == 1:
        return BadInput(f"the server refuses {manifest.kind} {manifest.name}: {told[0]}", manifest.file, lines[0])
    listed = "".join(f"\n  {manifest.file}:{manifest.line_of(path)}: {path}: {text}" for path, text in causes)
    return BadInput(f"the server refuses {manifest.kind} {manifest.name}:{listed}", manifest.file, lines[0])


def _named(message: str) -> tuple[tuple[str, str], ...]:
    found = _FIELD.search(message)
    return ((found[1] or found[2], message),) if found else ()


def _indexed(path: str, body: Object) -> str:
    """Return a path whose list items are spelled by number, as far as the body has them."""
    found = _SELECTOR.search(path)
    if found is None:
        return path
    items: Any = reduce(_inner, _PART.findall(path[: found.start()]), body)
    for number, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict) and json.dumps(item.get(found[1])) == found[2]:
            return _indexed(f"{path[: found.start()]}[{number}]{path[found.end() :]}", body)
    return path[: found.start()]


def _inner(value: Any, part: str) -> Any:
    if isinstance(value, list):
        return value[int(part)] if part.isdecimal() and int(part) < len(value) else None
    return value.get(part) if isinstance(value, dict) else None
