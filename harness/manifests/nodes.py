"""YAML nodes made into plain values, each field's line noted on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from harness.errors import BadInput

__all__ = ["Reading"]

MOST_VALUES = 100_000
"""Values in one document, aliases counted each time they are used; no object of 3 MiB has more."""
DEEPEST = 100
"""Levels of nesting; the API server takes fewer."""

_CORE = "tag:yaml.org,2002:"
_TRUE, _FALSE = ("yes", "true", "on", "y"), ("no", "false", "off", "n")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_DISPUTED = re.compile(r"[-+]?0(o[0-7]+|[0-9]+)")
"""Octal to some readers, text or decimal to others; the octal of YAML 1.1 (`0755`) is no text and not among them."""
_TEXT_FIELDS = re.compile(
    r"(^|\.)(labels|annotations|matchLabels|nodeSelector|stringData|parameters)\[[^\]]*\]$"
    r"|(^|\.)(command|args)\[\d+\]$|(^|\.)env\[\d+\]\.(name|value)$"
    r"|^(items\[\d+\]\.)?(data\[[^\]]*\]|kind|apiVersion|metadata\.name)$"
)
"""Fields that hold text in every API; a number or a boolean there is a forgotten quote."""
_MAPS = re.compile(
    r"(^|\.)(labels|annotations|matchLabels|nodeSelector|stringData|parameters)$|^(items\[\d+\]\.)?(data|binaryData)$"
)
"""Maps whose keys are the user's own: the server spells a path to them with brackets."""


class Reading:
    """The reading of one document: its values, and in `lines` the line of each field path."""

    def __init__(self, file: str) -> None:
        self.lines: dict[str, int] = {}
        self._file = file
        self._count = 0

    def value(self, node: Node, path: str = "", depth: int = 0) -> Any:
        """
        Return the plain value of a node and of all below it.

        Raises BadInput for duplicate keys, keys that are no text, foreign tags, values beyond the limits.
        """
        self._count += 1
        if self._count > MOST_VALUES or depth > DEEPEST:
            problem = f"holds more than {MOST_VALUES} values or {DEEPEST} levels, or an alias to itself"
            raise self._unfit(problem, node, "write it out with fewer aliases")
        if path:
            self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        if isinstance(node, SequenceNode):
            self._require(node, "seq")
            return [self.value(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(node.value)]
        self._require(node, "map")
        return self._mapping(node, path, depth)

    def _mapping(self, node: Node, path: str, depth: int) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.value:
            if key.tag == _CORE + "merge":
                for source in self._merged(value):
                    merged = self._mapping(source, path, depth + 1) | merged
                continue
            name = self._key(key)
            if name in own:
                raise self._unfit(f"the key {name!r} is given twice", key, "keep one of the two")
            place = f"{path}[{name}]" if _MAPS.search(path) else f"{path}.{name}" if path else name
            self.lines[place] = key.start_mark.line + 1
            own[name] = self.value(value, place, depth + 1)
        return merged | own

    def _merged(self, node: Node) -> Iterator[MappingNode]:
        for source in node.value if isinstance(node, SequenceNode) else [node]:
            if not isinstance(source, MappingNode):
                raise self._unfit("`<<` takes a mapping or a list of mappings", node)
            self._count += 1
            yield source

    def _key(self, node: Node) -> str:
        if not isinstance(node, ScalarNode) or _tag(node) != "str":
            raise self._unfit(f"the key {_spell(node)} is not a text", node, "put it in quotes")
        return str(node.value)

    def _scalar(self, node: ScalarNode, path: str) -> Any:
        text, tag = str(node.value), _tag(node)
        if tag == "str":
            if node.style is None and _DISPUTED.fullmatch(text):
                raise self._unfit(
                    f"readers of YAML disagree on {text}", node, "write a plain number or put it in quotes"
                )
            return text
        if tag not in _READERS:
            raise self._unfit(f"the tag {node.tag} is not allowed in a manifest", node, "write a plain value")
        if _TEXT_FIELDS.search(path) and tag != "null":
            problem = f"{path} is text, but readers of YAML take {text} for a {_WORDS[tag]}"
            raise self._unfit(problem, node, f'put it in quotes: "{text}"')
        try:
            return _READERS[tag](text)
        except ValueError as error:
            raise self._unfit(f"{text} is not a {_WORDS[tag]}", node, "put a text in quotes") from error

    def _require(self, node: Node, tag: str) -> None:
        if node.tag != _CORE + tag:
            raise self._unfit(f"the tag {node.tag} is not allowed in a manifest", node, "leave the tag out")

    def _unfit(self, problem: str, node: Node, remedy: str = "") -> BadInput:
        return BadInput(problem, self._file, node.start_mark.line + 1, remedy)


def _tag(node: Node) -> str:
    return str(node.tag).removeprefix(_CORE)


def _spell(node: Node) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else "here"


def _boolean(text: str) -> bool:
    if text.lower() not in _TRUE + _FALSE:
        raise ValueError(text)
    return text.lower() in _TRUE


def _integer(text: str) -> int | str:
    if _SEXAGESIMAL.fullmatch(text):
        return text
    digits = text.replace("_", "").lower()
    sign, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits.removeprefix("+"))
    octal = len(digits) > 1 and digits.isdecimal() and digits.startswith("0")
    return int(sign + digits, 8) if octal else int(sign + digits, 0)


def _number(text: str) -> float | str:
    if _SEXAGESIMAL.fullmatch(text):
        return text
    value = float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
    if value in (float("inf"), float("-inf")) or value != value:  # noqa: PLR0124 - only NaN differs from itself
        raise ValueError(text)
    return value


_READERS: dict[str, Callable[[str], Any]] = {
    "bool": _boolean,
    "int": _integer,
    "float": _number,
    "null": lambda _: None,
    "timestamp": str,
}
_WORDS = {"bool": "boolean", "int": "number", "float": "number", "null": "nothing", "timestamp": "date"}
