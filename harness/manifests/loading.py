"""
Manifest files read strictly: what would mean something else to another reader is refused, with its line.

Problem: kubectl reads YAML 1.1, most editors think in 1.2, and both take the second of two equal keys. Solution: values
mean what they mean to kubectl, and what is ambiguous (duplicate keys, `no` in a text field) is an error.
"""

from __future__ import annotations

import copy
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from harness.errors import BadInput
from harness.manifests.documents import documents
from harness.manifests.exported import as_written
from harness.manifests.manifest import Manifest
from harness.manifests.yaml_nodes import Reading

__all__ = ["Manifest", "load", "parse"]

LARGEST_FILE = 4 << 20
"""Bytes; the API server takes no object of more than 3 MiB."""
MOST_TOLD = 20
"""Unfit places of one document that an error tells of."""


def load(path: Path) -> list[Manifest]:
    """
    Return the objects that a YAML file describes, in its order; empty documents are left out, lists taken apart.

    Raises BadInput with file, line and remedy for a file that cannot be read or that is ambiguous.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", str(path)) from error
    if len(raw) > LARGEST_FILE:
        problem = f"has {len(raw)} bytes; {LARGEST_FILE} are the most that is read"
        raise BadInput(problem, str(path), remedy="split the file")
    try:
        text = raw.decode("utf-16" if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadInput("is not UTF-8", str(path), line, "save the file as UTF-8") from error
    return parse(text, str(path))


def parse(text: str, file: str) -> list[Manifest]:
    """Return the objects that a YAML text describes, as `load` does; `file` is named in errors."""
    return [replace(manifest, body=copy.deepcopy(manifest.body)) for manifest in _parsed(text, file)]


@lru_cache(maxsize=64)
def _parsed(text: str, file: str) -> tuple[Manifest, ...]:
    """Return them, to be shared: a run applies the same few systems again and again, and reading YAML is slow."""
    found: list[Manifest] = []
    for document in documents(text, file):
        reading = Reading(file, document)
        body = reading.value(document.node)
        if reading.unfit:
            raise _together(reading.unfit)
        if body is not None:
            found += _objects(body, Manifest({}, file, document.line(document.node), reading.lines))
    return tuple(as_written(found))


def _together(unfit: list[BadInput]) -> BadInput:
    """Return one error that tells of several: who mends a file wants to know of all."""
    if len(unfit) == 1:
        return unfit[0]
    told = [str(one).replace("\n  ", "; ") for one in unfit[:MOST_TOLD]]
    more = [f"and {len(unfit) - MOST_TOLD} more"] if len(unfit) > MOST_TOLD else []
    problem = f"{len(unfit)} places cannot be taken as they are:" + "".join(f"\n  {line}" for line in [*told, *more])
    return BadInput(problem, unfit[0].file, unfit[0].line)


def _objects(body: Any, at: Manifest, path: str = "") -> list[Manifest]:
    line = at.line_of(path) if path else at.line
    if not isinstance(body, dict):
        raise BadInput("an object is a mapping with apiVersion, kind and metadata", at.file, line)
    for key in ("apiVersion", "kind"):
        if not isinstance(body.get(key), str) or not body[key]:
            raise BadInput(f"this object has no {key}", at.file, line, f"add `{key}: …`")
    items = _items(body)
    if items is None and isinstance(body.get("items"), list) and all(_is_object(item) for item in body["items"]):
        problem = f"kubectl takes this {body['kind']} for a list of its items, and others for an object"
        raise BadInput(problem, at.file, at.line_of(f"{path}.items"), "apply its items by themselves")
    if items is not None:
        inner = f"{path}.items" if path else "items"
        return [found for index, item in enumerate(items) for found in _objects(item, at, f"{inner}[{index}]")]
    metadata = body.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(name, str) or not name:
        remedy = "add `metadata: {name: …}`; a name that the server makes up (generateName) cannot be applied again"
        raise BadInput(f"this {body['kind']} has no metadata.name", at.file, line, remedy)
    prefix = f"{path}." if path else ""
    lines = {key.removeprefix(prefix): value for key, value in at.lines.items() if key.startswith(prefix)}
    return [Manifest(body, at.file, line, lines, name)]


def _is_object(item: Any) -> bool:
    return isinstance(item, dict) and "apiVersion" in item and "kind" in item


def _items(body: dict[str, Any]) -> list[Any] | None:
    """Return the objects of a `List` (or `PodList`…), None where the kind merely ends so, as an AllowList does."""
    items = body["items"] or [] if "items" in body else None
    if not isinstance(items, list) or not body["kind"].endswith("List") or (body.get("metadata") or {}).get("name"):
        return None
    kind = body["kind"].removesuffix("List")
    types = {"apiVersion": body["apiVersion"], "kind": kind} if kind else {}
    return [types | item if isinstance(item, dict) else item for item in items]
