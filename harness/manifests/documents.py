"""
The documents of a file as kubectl takes them apart and scans them.

Problem: kubectl cuts a stream into documents before it reads YAML, hands each to a reader of YAML 1.1, and takes JSON
for JSON. A reader of YAML alone keeps a mark in a later document for text, asks for YAML 1.2 from the second document
on, and stops at a tab before a comment. Solution: the file is cut here as kubectl cuts it, and scanned by its rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node, ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scanner import Scanner, ScannerError
from ruamel.yaml.tag import Tag

from harness.errors import BadInput
from harness.manifests.scalars import kind_of

__all__ = ["Document", "documents"]

MARK = "\ufeff"
"""The byte order mark that editors of Windows begin a file with; a file of several keeps each."""
_SEPARATOR = "---"
_SECOND = "begin a document with a line `---` of its own, or take it out"
_BREAK = re.compile("[\x85\u2028\u2029]")
"""Line breaks to YAML 1.1, characters like others to YAML 1.2."""


@dataclass(frozen=True, slots=True)
class Document:
    """The topmost node of a document, and how many lines of its file come before the document."""

    node: Node
    before: int

    def line(self, node: Node) -> int:
        """Return the line of a node in the file."""
        return int(node.start_mark.line) + 1 + self.before


def documents(text: str, file: str) -> Iterator[Document]:
    """Yield the documents of a text that hold anything; raises BadInput with line and remedy for what is not YAML."""
    found = _BREAK.search(text)
    if found:
        problem = f"holds U+{ord(found[0]):04X}, which some readers of YAML take for the end of a line"
        remedy = f'write it between double quotes as "\\u{ord(found[0]):04x}"'
        raise BadInput(problem, file, text.count("\n", 0, found.start()) + 1, remedy)
    for chunk, before in _chunks(text, file):
        for component, above in _components(chunk):
            first, *more = [*_composed(component, file, before + above), None]
            if first is not None:
                yield Document(first, before + above)
            if more and more[0] is not None:
                line = more[0].start_mark.line + 1 + before + above
                raise BadInput("kubectl passes over what follows here", file, line, _SECOND)


def _chunks(text: str, file: str) -> Iterator[tuple[str, int]]:
    """Yield what stands between lines that begin with `---`, and the number of lines before."""
    start, lines = 0, text.removesuffix("\n").split("\n")
    for number, line in enumerate(lines):
        if not line.removeprefix(MARK if number == 0 else "").startswith(_SEPARATOR):
            continue
        rest = line.partition(_SEPARATOR)[2].strip()
        if rest and not rest.startswith("#"):
            remedy = "write what follows `---` into the next line"
            raise BadInput("kubectl takes nothing but a comment behind `---`", file, number + 1, remedy)
        yield _chunk(lines[start:number]), start
        start = number + 1
    yield _chunk(lines[start:]), start


def _chunk(lines: list[str]) -> str:
    """Return the text of a document, whose last line ends like all others: kubectl reads by lines."""
    return "".join(f"{line}\n" for line in lines).removeprefix(MARK)


def _components(chunk: str) -> Iterator[tuple[str, int]]:
    """Yield the values of JSON that stand one after the other, or else the whole; with the number of lines before."""
    at, decoder = 0, json.JSONDecoder()
    while chunk[at:].lstrip().startswith("{"):
        begin = at + len(chunk[at:]) - len(chunk[at:].lstrip())
        try:
            at = decoder.raw_decode(chunk, begin)[1]
        except (ValueError, RecursionError):
            at = begin
            break
        # JSON has no tab but between its parts, where YAML would not take it.
        yield chunk[begin:at].replace("\t", " "), chunk.count("\n", 0, begin)
    yield chunk[at:], chunk.count("\n", 0, at)


def _composed(text: str, file: str, before: int) -> Iterator[Node | None]:
    yaml = YAML(typ="safe", pure=True)
    yaml.Resolver, yaml.Scanner = _Resolver, _Scanner
    yaml.composer.warn_double_anchors = False  # the nearest one above counts, to all readers
    try:
        yield from yaml.compose_all(StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        told = "".join(text.split("\n")[max(line - 1, 0) : line])
        remedy = _remedy(text, told, str(error.problem))
        raise BadInput(f"is not YAML: {error.problem}", file, line and line + before, remedy) from error
    except RecursionError as error:
        raise BadInput("is nested too deeply", file, remedy="no object of the API needs a hundred levels") from error
    except YAMLError as error:
        raise BadInput(f"is not YAML: {str(error).splitlines()[0]}", file) from error


def _remedy(text: str, line: str, problem: str) -> str:
    if MARK in line:
        return "take out the byte order mark (U+FEFF) in this line"
    if "<document start>" in problem:
        return "leave the directive out: kubectl takes none" if text.startswith("%") else _SECOND
    return "indent with blanks, never with tabs" if "\t" in line[: len(line) - len(line.lstrip())] else ""


class _Resolver(VersionedResolver):
    """Takes plain words for what kubectl takes them for, and the rest as YAML 1.1, in every document."""

    @property
    def processing_version(self) -> tuple[int, int]:
        return (1, 1)

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Tag:
        if kind is ScalarNode and implicit[0]:
            return Tag(suffix=f"tag:yaml.org,2002:{kind_of(value)}")
        tag: Tag = super().resolve(kind, value, (False, False))
        return tag


class _Scanner(Scanner):
    """Takes tabs where libyaml does: wherever no key may begin, so before a comment and at the end of a line."""

    def scan_tag(self) -> Any:
        if self.reader.peek(1) in " \t\r\n":  # it makes a text of a number, to some readers
            raise ScannerError(None, None, "the tag ! is not allowed in a manifest", self.reader.get_mark())
        return super().scan_tag()

    def scan_block_scalar_indicators(self, start_mark: Any) -> Any:
        reader, length = self.reader, 0
        while reader.peek(length) in "+-0123456789" and reader.peek(length) != "\0":
            length += 1
        if reader.peek(length) == "\t":
            at = reader.pointer + length
            reader.buffer = f"{reader.buffer[:at]} {reader.buffer[at + 1 :]}"
        return super().scan_block_scalar_indicators(start_mark)

    def scan_block_scalar_ignored_line(self, start_mark: Any) -> Any:
        while self.reader.peek() in " \t":
            self.reader.forward()
        return super().scan_block_scalar_ignored_line(start_mark)

    def scan_to_next_token(self) -> None:
        while True:
            super().scan_to_next_token()
            if self.reader.peek() != "\t" or self.allow_simple_key:
                return
            while self.reader.peek() == "\t":
                self.reader.forward()
