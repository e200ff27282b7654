"""What the API server of a cluster says of itself: its version, and the feature gates that are on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ApiServer", "Minor", "minor_of", "short"]

Minor = tuple[int, int]
"""A minor release, as in (1, 37): releases compare by it."""

_VERSION = re.compile(r"v?(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class ApiServer:
    """
    A server at a moment; an upgrade makes another one of it.

    `version` as /version has it: `v1.36.3`, a provider may add to it. `gates`: every gate that the server knows and
    whether it is on, None where that is not known. In a recording those that are off are left out.
    """

    version: str
    gates: Mapping[str, bool] | None = None

    @property
    def minor(self) -> Minor:
        """The minor release; (0, 0) where the version is none that can be read."""
        return minor_of(self.version) or (0, 0)

    def is_on(self, gate: str) -> bool:
        """Return whether a gate is on; False where nothing is known of it."""
        return (self.gates or {}).get(gate, False)


def minor_of(text: str) -> Minor | None:
    """Return the minor release that a version, full or short, belongs to: (1, 37) of `1.37` and of `v1.37.2`."""
    found = _VERSION.match(text)
    return (int(found[1]), int(found[2])) if found else None


def short(version: str) -> str:
    """Return the minor release as people write it, `1.37` of `v1.37.2`; empty where there is no version."""
    found = minor_of(version)
    return f"{found[0]}.{found[1]}" if found else ""
