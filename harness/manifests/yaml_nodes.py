"""YAML nodes made into plain values, each field's line noted on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from harness.errors import BadInput
from harness.manifests.documents import Document
from harness.manifests.scalars import READERS, WORDS, as_key, is_disputed

__all__ = ["Reading"]

MOST_VALUES = 100_000
"""Values in one document, aliases counted each time they are used; no object of 3 MiB has more."""
DEEPEST = 100
"""Levels of nesting; the API server takes fewer."""

_CORE = "tag:yaml.org,2002:"
_QUOTE = "put it in quotes"
_CONFIDENTIAL = re.compile(r"(^|\.)env\[\d+\]\.value$|(^|\.)(stringData|data)\[[^\]]*\]$")
"""Fields whose value is told to nobody: reports are read by more people than manifests."""
_NO_TEXTS = ("bool", "int", "float")
_TEXT_FIELDS = re.compile(
    r"(^|\.)(labels|annotations|matchLabels|nodeSelector|stringData|parameters)\[[^\]]*\]$"
    r"|(^|\.)(command|args)\[\d+\]$|(^|\.)env\[\d+\]\.(name|value)$"
    r"|^(items\[\d+\]\.)*(data\[[^\]]*\]|kind|apiVersion|metadata\.name)$"
)
"""Fields that hold text in every API; a number or a boolean there is a forgotten quote."""
_MAPS = re.compile(
    r"(^|\.)(labels|annotations|matchLabels|nodeSelector|stringData|parameters)$|^(items\[\d+\]\.)*(data|binaryData)$"
)
"""Maps whose keys are the user's own: the server spells a path to them with brackets."""


class Reading:
    """
    The reading of one document: its values, and in `lines` the line of each field path.

    `unfit`: what no value could be read of, which is then left out; who asks for a value looks at it afterwards.
    """

    def __init__(self, file: str, document: Document) -> None:
        self.lines: dict[str, int] = {}
        self.unfit: list[BadInput] = []
        self._file, self._line = file, document.line
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
            self.lines.setdefault(path, self._line(node))
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        if isinstance(node, SequenceNode):
            self._require(node, "seq")
            items = [self._part(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(node.value)]
            return [value for item in items for value in item]
        self._require(node, "map")
        return self._mapping(node, path, depth)

    def _part(self, node: Node, path: str, depth: int) -> list[Any]:
        """Return the value of a part, nothing for one that is unfit: all others are looked at too."""
        try:
            return [self.value(node, path, depth)]
        except BadInput as error:
            if self._count > MOST_VALUES or depth > DEEPEST:
                raise
            self.unfit.append(error)
            return []

    def _mapping(self, node: Node, path: str, depth: int) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] | None = None
        for key, value in node.value:
            if key.tag == _CORE + "merge":
                if merged is not None:
                    raise self._unfit("`<<` is given twice", key, "merge once, with a list of mappings")
                merged = {}
                for source in self._merged(value):
                    merged = self._mapping(source, path, depth + 1) | merged
                self._require_last_word(own, merged, key)
                continue
            name = self._key(key)
            if name is None:
                continue
            if name in own:
                self.unfit.append(self._unfit(f"the key {name!r} is given twice", key, "keep one of the two"))
            place = f"{path}[{name}]" if _MAPS.search(path) else f"{path}.{name}" if path else name
            self.lines[place] = self._line(key)
            for found in self._part(value, place, depth + 1):
                own[name] = found
        return (merged or {}) | own

    def _merged(self, node: Node) -> Iterator[MappingNode]:
        for source in node.value if isinstance(node, SequenceNode) else [node]:
            if not isinstance(source, MappingNode):
                raise self._unfit("`<<` takes a mapping or a list of mappings", node)
            self._count += 1
            yield source

    def _require_last_word(self, own: dict[str, Any], merged: dict[str, Any], node: Node) -> None:
        """Refuse a key that stands before `<<` and in what is merged: kubectl lets the later one win, YAML its own."""
        for name, value in own.items():
            if name in merged and merged[name] != value:
                problem = f"readers of YAML disagree on {name!r}: kubectl takes it from `<<`, others from above"
                raise self._unfit(problem, node, "write `<<` first")

    def _key(self, node: Node) -> str | None:
        """Return the text of a key, None for one that is unfit."""
        taken = None
        if isinstance(node, ScalarNode):
            text = str(node.value)
            taken = text if _tag(node) == "str" else as_key(text) if node.style is None else None
            if taken == text:
                return text
        problem = f"the key {_spell(node)} is not a text"
        if taken is not None:
            problem = f"kubectl takes the key {_spell(node)} for {taken}, others for a text"
        self.unfit.append(self._unfit(problem, node, _QUOTE))
        return None

    def _scalar(self, node: ScalarNode, path: str) -> Any:
        text, tag = str(node.value), _tag(node)
        said = "its value" if tag != "bool" and _CONFIDENTIAL.search(path) else text
        if tag == "str":
            return self._text(text, node)
        if tag not in READERS:
            raise self._unfit(f"the tag {node.tag} is not allowed in a manifest", node, "write a plain value")
        if node.style is None and is_disputed(text):
            problem = f"readers of YAML disagree on {said}: a number to kubectl, another one or a text to others"
            raise self._unfit(problem, node, "write a plain number or put it in quotes")
        if _TEXT_FIELDS.search(path) and tag in _NO_TEXTS:
            problem = f"{path} is text, but readers of YAML take {said} for a {WORDS[tag]}"
            raise self._unfit(problem, node, _QUOTE if said != text else f'put it in quotes: "{text}"')
        try:
            return READERS[tag](text)
        except OverflowError as error:
            raise self._unfit(f"{said} has more than 64 bits; kubectl would round it", node, _QUOTE) from error
        except ValueError as error:
            raise self._unfit(f"{said} is not a {WORDS[tag]}", node, "put a text in quotes") from error

    def _text(self, text: str, node: ScalarNode) -> str:
        """Return a text whose characters beyond 16 bits JSON may have written as two escapes, as kubectl reads them."""
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError as error:
            raise self._unfit("holds half a character (a lone surrogate)", node, "write the whole one") from error

    def _require(self, node: Node, tag: str) -> None:
        if node.tag != _CORE + tag:
            raise self._unfit(f"the tag {node.tag} is not allowed in a manifest", node, "leave the tag out")

    def _unfit(self, problem: str, node: Node, remedy: str = "") -> BadInput:
        return BadInput(problem, self._file, self._line(node), remedy)


def _tag(node: Node) -> str:
    return str(node.tag).removeprefix(_CORE)


def _spell(node: Node) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else "here"
