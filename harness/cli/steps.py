"""The command `steps`: the sentences that features can use, for people, for pages and for editors."""

from __future__ import annotations

import argparse
import importlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.runs import shipped_features

if TYPE_CHECKING:
    from harness.plugin.vocabulary import VocabularyEntry

__all__ = ["add_commands"]

Uses = Mapping[tuple[str, str], Sequence[str]]
"""By type and expression of a sentence, the steps that say it, each as `file:line text`."""

_STUB = '''\
"""
The sentences of statefulspec, for editors; nothing imports it: made by `statefulspec steps --format=stub`.

An editor looks for steps in the folders of its workspace, and not in what is installed. The Cucumber extension of VS
Code finds them in a file like this one below `features` or `tests`.
"""

from pytest_bdd import given, then, when

'''


def add_commands(commands: Any) -> None:
    """Add the subcommand of this module."""
    steps = commands.add_parser("steps", help="list the sentences that features can use")
    steps.add_argument(
        "--format",
        choices=list(_FORMATS),
        default="text",
        help="text; a page in markdown; a stub in Python from which the Cucumber extension of VS Code knows them",
    )
    steps.add_argument(
        "--usage",
        nargs="?",
        type=Path,
        const=Path(),
        metavar="FEATURES",
        help="how often each is said in the features of a folder, by default in those that come with statefulspec",
    )
    steps.set_defaults(command=_steps)


def _steps(given: argparse.Namespace) -> int:
    from harness.plugin.vocabulary import sentences

    known = sentences()
    uses: Uses = {}
    if given.usage is not None or given.format == "markdown":
        named = given.usage is not None and given.usage != Path()
        uses = _uses(known, given.usage if named else shipped_features())
    for line in _FORMATS[given.format](known, uses, given.usage is not None):
        print(line)
    return 0


def _uses(known: Sequence[VocabularyEntry], features: Path) -> Uses:
    from harness.plugin.gherkin import read_feature

    uses: dict[tuple[str, str], list[str]] = defaultdict(list)
    paths = [features] if features.is_file() else sorted(features.rglob("*.feature"))
    steps = [
        (step.type, step.name, f"{path}:{step.line_number} {step.name}")
        for path in paths
        for scenario in read_feature(path).scenarios.values()
        for row in [dict(row) for each in scenario.examples for row in each.as_contexts()] or [{}]
        for step in scenario.render(row).steps
    ]
    said = [(one, re.compile(one.expression)) for one in known]
    meant: dict[tuple[str, str], list[str]] = {}
    for kind, text, place in steps:
        if (kind, text) not in meant:
            meant[kind, text] = [one.expression for one, it in said if one.type == kind and it.fullmatch(text)]
        for expression in meant[kind, text]:
            uses[kind, expression].append(place)
    return uses


def _text(known: Sequence[VocabularyEntry], uses: Uses, counted: bool) -> Iterator[str]:
    for one in known:
        number = f"{len(uses.get((one.type, one.expression), ())):>5}  " if counted else ""
        yield f"{number}{one.type.capitalize():<6}{one.text}"


def _markdown(known: Sequence[VocabularyEntry], uses: Uses, counted: bool) -> Iterator[str]:
    yield "# The sentences\n"
    yield "Made by `statefulspec steps --format=markdown`. A placeholder is `{what:Word}`."
    yield "Of `is/are` a step says one; what stands in parentheses it may leave out."
    for module in sorted({one.module for one in known}):
        yield f"\n## {module.rpartition('.')[2].capitalize()}\n"
        yield (importlib.import_module(module).__doc__ or "").strip()
        for kind in ("given", "when", "then"):
            told = [one for one in known if (one.module, one.type) == (module, kind)]
            if told:
                yield f"\n### {kind.capitalize()}\n"
            for one in told:
                said = uses.get((one.type, one.expression), ())
                number = f" ({len(said)} times)" if counted else ""
                yield f"- `{one.text}`{number}" + (f"  \n  {said[0].partition(' ')[2]}" if said else "")


def _stub(known: Sequence[VocabularyEntry], uses: Uses, counted: bool) -> Iterator[str]:
    del uses, counted
    yield _STUB.rstrip("\n")
    for number, one in enumerate(known):
        yield f"\n\n@{one.type}('{_spelled(one.expression)}')\ndef step_{number}() -> None:\n    {one.text!r}"


def _spelled(expression: str) -> str:
    """
    Return the expression as a plain literal without a backslash.

    The extension (language service 1.7.0) takes the prefix of a raw literal for a part of the expression, reads no
    escapes, and takes for an expression what has parentheses or the like.
    """
    plain = re.sub(r"\\(.)", r"[\1]", expression.replace(r"\d", "[0-9]").replace("'", "."))
    return f"^{plain}$" if re.search(r"[().*|]", plain) else plain


_FORMATS: dict[str, Callable[[Sequence[VocabularyEntry], Uses, bool], Iterator[str]]] = {
    "text": _text,
    "markdown": _markdown,
    "stub": _stub,
}
