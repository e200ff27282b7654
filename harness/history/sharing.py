"""
Objects that share what has not changed.

Problem: a pod is sent whole each time that one condition of it changes, and ten thousand such states fill the memory.
Solution: whatever part of a state equals that of the state before it is the very same object in memory. Nothing that
was recorded is ever changed, so that nobody can tell.
"""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["share"]


def share(value: Any, former: Any) -> Any:
    """Return `value`, made of the parts of `former` wherever they are equal and of the same type."""
    if type(value) is not type(former):
        former = type(value)() if isinstance(value, (dict, list)) else None
    if isinstance(value, dict):
        shared = {sys.intern(key): share(part, former.get(key)) for key, part in value.items()}
        same = list(shared) == list(former) and all(part is former[key] for key, part in shared.items())
        return former if same else shared
    if isinstance(value, list):
        parts = [*former, *[None] * (len(value) - len(former))]
        listed = [share(part, old) for part, old in zip(value, parts, strict=False)]
        same = len(listed) == len(former) and all(one is old for one, old in zip(listed, former, strict=True))
        return former if same else listed
    return former if value == former else value
