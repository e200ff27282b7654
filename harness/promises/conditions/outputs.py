"""Conditions about what commands in containers printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.history.history import History
from harness.history.observation import OUTPUT
from harness.promises.condition import Answer, Condition, unmet

__all__ = ["printed", "printed_among"]


def printed(output: str, text: str) -> Condition:
    """The newest command recorded as `output` since the event succeeded and printed this."""

    def ask(history: History, since: int) -> Answer:
        found = history.of(OUTPUT, name=output, since=since)
        if not found:
            return unmet(f"nothing was run as {output}")
        told = str(found[-1].data["stdout"]).strip()
        met = told == text and found[-1].data.get("code") == 0
        return Answer(met, f"{output} printed {told!r}{_error(found[-1].data)}", (found[-1],))

    return Condition(f"{output} prints {text}", (), ask)


def printed_among(output: str, *lines: str) -> Condition:
    """The newest command recorded as `output` since the event printed each of these lines."""

    def ask(history: History, since: int) -> Answer:
        found = history.of(OUTPUT, name=output, since=since)
        if not found:
            return unmet(f"nothing was run as {output}")
        told = str(found[-1].data["stdout"]).splitlines()
        text = f"{output} printed {'; '.join(told) or 'nothing'}{_error(found[-1].data)}"
        return Answer(set(lines) <= set(told), text, (found[-1],))

    return Condition(f"{output} prints {' and '.join(lines)}", (), ask)


def _error(data: Mapping[str, Any]) -> str:
    told = str(data.get("stderr") or data.get("error") or "").strip()
    return f" ({told})" if told else ""
