"""
Objects that share what has not changed.

Problem: a pod is sent whole each time that one condition of it changes, and ten thousand such states fill the memory.
Solution: whatever part of a state equals that of the state before it is the very same object in memory. Nothing that
was recorded is ever changed, so that nobody can tell.
"""

from __future__ import annotations

import marshal
import sys
from typing import Any

__all__ = ["share"]

_PLAIN = 2
"""A format of marshal that says the same of the same values: later ones tell of objects that occur twice."""


def share(value: Any, former: Any) -> Any:
    """Return `value`, made of the parts of `former` wherever they are equal and of the same type."""
    alike = type(former) is type(value) and value == former
    if not isinstance(value, (dict, list)):
        return former if alike else value
    if alike and marshal.dumps(value, _PLAIN) == marshal.dumps(former, _PLAIN):
        return former
    if isinstance(value, dict):
        return _share_mapping(value, former if type(former) is type(value) else {})
    return _share_list(value, former if type(former) is type(value) else [])


def _share_mapping(value: dict[str, Any], former: dict[str, Any]) -> dict[str, Any]:
    shared, same = {}, len(value) == len(former)
    for key, part in value.items():
        old = former.get(key)
        if isinstance(part, (dict, list)):
            part = share(part, old)  # noqa: PLW2901 - ten thousand of these a second: a call for each leaf is too much
        elif type(part) is type(old) and part == old:
            part = old  # noqa: PLW2901
        same = same and part is old
        shared[sys.intern(key)] = part
    return former if same and list(shared) == list(former) else shared


def _share_list(value: list[Any], former: list[Any]) -> list[Any]:
    parts = [*former, *[None] * (len(value) - len(former))]
    listed = [share(part, old) for part, old in zip(value, parts, strict=False)]
    same = len(listed) == len(former) and all(one is old for one, old in zip(listed, former, strict=True))
    return former if same else listed
