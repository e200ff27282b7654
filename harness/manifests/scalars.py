"""
What a plain word of YAML means to kubectl: the rules of the Go library that it reads manifests with.

They are YAML 1.1's with exceptions: no sexagesimals, dates stay texts, `0o17` is octal as well (sigs.k8s.io/yaml, of
Kubernetes 1.36). A table in the tests holds them against a kubectl.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["READERS", "WORDS", "as_key", "is_disputed", "kind_of"]

_TRUE = frozenset(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"])
_FALSE = frozenset(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"])
_NULL = frozenset(["", "~", "null", "Null", "NULL"])
_NAMED = {
    "<<": "merge",
    **dict.fromkeys(_NULL, "null"),
    **dict.fromkeys(_TRUE | _FALSE, "bool"),
}
_ENDLESS = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)")
_FLOAT = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_DISPUTED = re.compile(r"[-+]?0[0-9]*[89][0-9]*|\..*_.*")
"""
A decimal that looks like an octal: `010` is 8 and `09` is 9. Of a fraction that begins with its dot Go takes `.5_0` and
not `.5_`. Octals are none of these: a mode is written `0755`, or `0o755` as in YAML 1.2, and kubectl takes both.
"""
_INT64, _UINT64 = 1 << 63, 1 << 64
"""Where the numbers of Go end; what is beyond becomes a float."""
_WHOLE = 1e21
"""From here on Go writes a whole number with an exponent."""


def kind_of(text: str) -> str:
    """Return what kubectl takes a plain word for: `bool`, `null`, `int`, `float`, `merge` or `str`."""
    if text in _NAMED:
        return _NAMED[text]
    if text[0] not in "+-.0123456789":
        return "str"
    digits = text.replace("_", "")
    if _INTEGER.fullmatch(digits):
        return "int"
    if _ENDLESS.fullmatch(text):
        return "float"
    return "float" if _FLOAT.fullmatch(digits) and abs(float(digits)) != float("inf") else "str"


def is_disputed(text: str) -> bool:
    """Return whether other readers take this number for another one, or for a text."""
    return bool(_DISPUTED.fullmatch(text))


def as_key(text: str) -> str | None:
    """Return the text that kubectl makes of a plain key, None where it takes none."""
    kind = kind_of(text)
    if kind == "str":
        return text
    if kind == "bool":
        return "true" if text in _TRUE else "false"
    return str(READERS[kind](text)) if kind in ("int", "float") else None


def _boolean(text: str) -> bool:
    if text not in _TRUE and text not in _FALSE:
        raise ValueError(text)
    return text in _TRUE


def _integer(text: str) -> int:
    digits = text.replace("_", "")
    if not _INTEGER.fullmatch(digits):
        raise ValueError(text)
    sign = -1 if digits[0] == "-" else 1
    digits = digits.lstrip("+-").lower()
    octal = len(digits) > 1 and digits.isdecimal() and digits[0] == "0"
    value = sign * (int(digits, 8) if octal else int(digits, 0))
    if not -_INT64 <= value < _INT64:
        raise OverflowError(text)
    return value


def _number(text: str) -> float | int:
    digits = text.replace("_", "")
    if not _FLOAT.fullmatch(digits) and not _INTEGER.fullmatch(digits):
        raise ValueError(text)
    value = float(digits) if _FLOAT.fullmatch(digits) else float(_integer(text))
    return int(value) if value.is_integer() and abs(value) < _WHOLE else value


def _nothing(text: str) -> None:
    if text not in _NULL:
        raise ValueError(text)


READERS: dict[str, Callable[[str], object]] = {
    "bool": _boolean,
    "int": _integer,
    "float": _number,
    "null": _nothing,
    "merge": str,
    "timestamp": str,
}
"""
What is read of a word of each kind. Raise ValueError where it is none of that kind or what JSON has no number for, and
OverflowError where kubectl would round it.
"""
WORDS = {"bool": "boolean", "int": "number", "float": "number", "null": "nothing", "timestamp": "date"}
