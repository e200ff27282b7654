"""
The sentences that features were written in before 0.1.0, and what each is now: they are still understood.

Features and recordings of that time keep their verdicts. `former.txt` has one sentence a line, the former one and the
present one; `statefulspec steps` does not list the former ones, and no new one is added.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from harness.model import Since, seconds

__all__ = ["present"]

_TABLE = Path(__file__).with_name("former.txt")
_POLICIES = {
    "always": "AlwaysAllow",
    "if enough others are healthy": "IfHealthyBudget",
    "as it does by default": "unset",
}
_SPAN = r"\d+ (?:second|minute)s?"
_KINDS = {
    "": r'[^"]+',
    "demand": r"at (?:least \d+%? healthy|most \d+%? missing)",
    "names": r'"[^"]+"(?:, "[^"]+")* and "[^"]+"',
    "number": r"\d+",
    "policy": "|".join(_POLICIES),
    "program": "API server|controller manager|scheduler",
    "replicas": r"\d+ (?:ready )?replicas?",
    "seconds": _SPAN,
    "size": r"\d+[MG]i",
    "since": "|".join(Since),
    "span": _SPAN,
    "time": rf"(?:within|for) {_SPAN}",
    "word": r"\w+",
}


def _demand(text: str) -> str:
    _, bound, amount, _ = text.split()
    return f"{'minAvailable' if bound == 'least' else 'maxUnavailable'} {amount}"


_READ: dict[str, Callable[[str], str]] = {
    "demand": _demand,
    "policy": _POLICIES.__getitem__,
    "seconds": lambda text: f"{seconds(text):.0f}",
}
"""What is said otherwise now, of the kinds of words that are."""

_PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")


@cache
def present(text: str) -> tuple[str, ...]:
    """Return what a step in former words is said as now; more than one where it depends on the keyword, none if new."""
    return tuple(now for pattern, kinds, form in _rules() if (now := _said(text, pattern, kinds, form)))


def _said(text: str, pattern: re.Pattern[str], kinds: dict[str, str], form: str) -> str:
    found = pattern.fullmatch(text)
    if found is None:
        return ""
    return form.format(**{name: _READ.get(kinds[name], str)(word) for name, word in found.groupdict().items()})


@cache
def _rules() -> list[tuple[re.Pattern[str], dict[str, str], str]]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return [_rule(*line.split(" => ")) for line in lines]


def _rule(former: str, form: str) -> tuple[re.Pattern[str], dict[str, str], str]:
    kinds = dict(_PLACEHOLDER.findall(former))
    literals = _PLACEHOLDER.split(former)[::3]
    names = [f"(?P<{name}>{_KINDS[kind]})" for name, kind in kinds.items()]
    pattern = "".join(re.escape(literal) + name for literal, name in zip(literals, [*names, ""], strict=True))
    return re.compile(pattern), kinds, form
