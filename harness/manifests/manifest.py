"""One object that the user described, and where each of its fields stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.errors import BadInput

__all__ = ["Manifest"]

_LAST_PART = re.compile(r"\.[^.\[\]]+$|\[[^\[\]]*\]$|^[^.\[\]]+$")


@dataclass(frozen=True, slots=True)
class Manifest:
    """
    One object as it is to be sent to the server.

    `name` is the name that the file gives it; placing may give the body another one. `lines` maps field paths in the
    server's spelling (`spec.template.spec.containers[0].image`, `metadata.labels[app.kubernetes.io/name]`) to lines.
    """

    body: dict[str, Any]
    file: str
    line: int
    lines: Mapping[str, int] = field(default_factory=dict, repr=False)
    name: str = ""

    @property
    def kind(self) -> str:
        """The object's kind, such as `StatefulSet`."""
        return str(self.body["kind"])

    def line_of(self, path: str) -> int:
        """Return the line of a field, or that of the nearest field around it where the file has no such field."""
        path = path.removeprefix(".")
        while path not in self.lines:
            around = _LAST_PART.sub("", path)
            if around == path:
                return self.line
            path = around
        return self.lines[path]

    def unfit(self, problem: str, path: str = "", remedy: str = "") -> BadInput:
        """Return the error that says, with file and line, why this manifest cannot be used."""
        return BadInput(f"{self.kind} {self.name}: {problem}", self.file, self.line_of(path), remedy)
