"""
Manifests that name a namespace, made for another one: an application is played in a namespace of the scenario's own.

Problem: who deploys an application writes its namespace into each object, and into names by which its parts find each
other. Solution: where all objects name the same one it can be told what belongs to it; what is more is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from harness.manifests.manifest import Manifest

__all__ = ["home_of", "moved"]


def home_of(manifests: Iterable[Manifest]) -> str:
    """Return the one namespace that the objects name, empty where none does; BadInput, with the line, for a second."""
    home = ""
    for manifest in manifests:
        found = _metadata(manifest).get("namespace")
        if not isinstance(found, str) or not found:
            continue
        if home and found != home:
            problem = f"is in the namespace {found}, and other objects are in {home}: a scenario has one of its own"
            remedy = "give the objects of one namespace at a time"
            raise manifest.unfit(problem, "metadata.namespace", remedy)
        home = found
    return home


def moved(manifests: Sequence[Manifest], namespace: str) -> list[Manifest]:
    """
    Return the manifests as they would be written for this namespace; those that name none are left as they are.

    The object of the namespace itself is left out, and names such as `web-0.web.HOME.svc` move along, wherever they
    stand. Raises BadInput as `home_of` does.
    """
    home = home_of(manifests)
    if not home:
        return list(manifests)
    services = [re.escape(manifest.name) for manifest in manifests if manifest.kind == "Service"]
    names = _names(home, services)
    return [
        replace(manifest, body=_body(manifest, names, namespace))
        for manifest in manifests
        if (manifest.kind, manifest.name) != ("Namespace", home)
    ]


def _names(home: str, services: Sequence[str]) -> re.Pattern[str]:
    """Return what finds the namespace in the names of its services; what merely looks like it is somebody's domain."""
    spelled, after = re.escape(home), r"(?![\w-])"
    full = rf"(?<=\.){spelled}(?=\.svc{after})"
    short = rf"(?P<service>(?<![\w-])(?:{'|'.join(services)})\.){spelled}(?![\w.-])"
    return re.compile(f"{full}|{short}" if services else f"{full}(?P<service>)")


def _body(manifest: Manifest, names: re.Pattern[str], namespace: str) -> dict[str, Any]:
    body: dict[str, Any] = _told(manifest.body, names, namespace)
    if isinstance(body.get("metadata"), dict):
        body["metadata"] = {key: value for key, value in body["metadata"].items() if key != "namespace"}
    return body


def _told(value: Any, names: re.Pattern[str], namespace: str) -> Any:
    if isinstance(value, dict):
        return {key: _told(item, names, namespace) for key, item in value.items()}
    if isinstance(value, list):
        return [_told(item, names, namespace) for item in value]
    if not isinstance(value, str):
        return value
    return names.sub(lambda found: f"{found['service'] or ''}{namespace}", value)


def _metadata(manifest: Manifest) -> dict[str, Any]:
    found = manifest.body.get("metadata")
    return found if isinstance(found, dict) else {}
