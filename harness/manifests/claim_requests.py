"""The claims that manifests make, and which of the volumes that are there already they would take."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.manifests.placing import CLASS_ANNOTATION
from harness.model import Object, amount

__all__ = ["ClaimRequest", "wishes"]

_MODE = "Filesystem"


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """What a claim of a manifest asks for; `at` is the path of its spec."""

    at: str
    spec: Mapping[str, Any]
    class_name: str | None

    def takes(self, volume: Object, defaults: Collection[str]) -> bool:
        """
        Whether the server may bind a claim of this wish to a volume that nobody has yet.

        `defaults` are the classes for claims that name none. A selector is left out of account.
        """
        spec, status = volume["spec"], volume.get("status") or {}
        if spec.get("claimRef") or status.get("phase", "Available") not in ("Available", "Pending"):
            return False
        if self.spec.get("volumeName"):
            return bool(self.spec["volumeName"] == volume["metadata"]["name"])
        wanted = defaults or {""} if self.class_name is None else {self.class_name}
        same_mode = (spec.get("volumeMode") or _MODE) == (self.spec.get("volumeMode") or _MODE)
        modes = set(self.spec.get("accessModes") or ()) <= set(spec.get("accessModes") or ())
        return (_class_of(volume) or "") in wanted and same_mode and modes and self._fits(spec)

    def _fits(self, volume: Mapping[str, Any]) -> bool:
        try:
            asked = amount(str(self.spec["resources"]["requests"]["storage"]))
            return asked <= amount(str(volume["capacity"]["storage"]))
        except (KeyError, TypeError, ValueError):
            return False  # such a claim is the server's to refuse


def wishes(body: Any, at: str = "") -> Iterator[ClaimRequest]:
    """Yield the claims that an object is or has made: a claim, the templates of a set, those of a pod's own volumes."""
    if isinstance(body, list):
        for number, item in enumerate(body):
            yield from wishes(item, f"{at}[{number}]")
    if not isinstance(body, dict):
        return
    if body.get("kind") == "PersistentVolumeClaim":
        yield from _wish(body, at)
    for key, item in body.items():
        below = f"{at}.{key}".lstrip(".")
        if key == "volumeClaimTemplate":
            yield from _wish(item, below)
        elif key == "volumeClaimTemplates" and isinstance(item, list):
            for number, template in enumerate(item):
                yield from _wish(template, f"{below}[{number}]")
        else:
            yield from wishes(item, below)


def _wish(claim: Any, at: str) -> Iterator[ClaimRequest]:
    if isinstance(claim, dict) and isinstance(claim.get("spec"), dict):
        yield ClaimRequest(f"{at}.spec".lstrip("."), claim["spec"], _class_of(claim))


def _class_of(found: Object) -> str | None:
    annotations = (found.get("metadata") or {}).get("annotations") or {}
    name = annotations.get(CLASS_ANNOTATION, found["spec"].get("storageClassName"))
    return None if name is None else str(name)
