"""Tells failures apart: two runs that failed in the same way have the same signature, whatever their ids and times."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from harness.reports.results import ScenarioResult

__all__ = ["append_history", "signature", "stable"]

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
_SPAN = r"\b\d+ min \d+ s\b|\b\d+(?:\.\d+)? ?(?:ms|s|min|seconds?|minutes?)\b"
_ADDRESS = r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"
_TOKEN = r"\b0x[0-9a-f]+\b|(?<=[-_/])(?=[a-z0-9]*\d)[a-z0-9]{5,10}\b|\b(?=[0-9a-f]*\d)[0-9a-f]{6,}\b"  # noqa: S105 - of a name
_PATH = r"(?<![\w.])/[^\s:'\"]+"
_VOLATILE = re.compile(f"{_UUID}|{_TIME}|{_SPAN}|{_ADDRESS}|{_PATH}|{_TOKEN}")


def signature(result: ScenarioResult) -> str:
    """Return twelve hexadecimal digits for how a scenario failed, empty for one that did not."""
    if not result.is_broken:
        return ""
    step = next((step.text for step in result.steps if step.outcome in ("failed", "undefined")), "")
    headline = stable(result.message.partition("\n")[0])
    facts = (f"{name}={text}" for name, text in sorted(result.facts.items()))
    told = [result.id, result.outcome, step, headline, *facts]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


def stable(text: str) -> str:
    """Return a text with a star for each id, time, address and path: what another run would have said, too."""
    return _VOLATILE.sub("*", text)


def append_history(results: list[ScenarioResult], path: Path, began: str) -> None:
    """Append one JSON line for each scenario to a file that grows from run to run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        for result in results:
            file.write(json.dumps(_line(result, began)) + "\n")


def _line(result: ScenarioResult, began: str) -> dict[str, Any]:
    return {
        "run": began,
        "id": result.id,
        "outcome": result.outcome,
        "seconds": round(result.seconds, 3),
        "signature": signature(result),
        "headline": result.message.partition("\n")[0] if result.is_broken else "",
    }
