"""Feature files read strictly: what a reader would take for something else, or lose, is a finding with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from gherkin.dialect import DIALECTS
from gherkin.errors import CompositeParserException, NoSuchLanguageException
from pytest_bdd.exceptions import GherkinParseError
from pytest_bdd.feature import get_feature
from pytest_bdd.gherkin_parser import Child, ExamplesTable, Scenario, Step, get_gherkin_document
from pytest_bdd.gherkin_parser import Feature as GherkinFeature
from pytest_bdd.parser import Feature, ScenarioTemplate

from harness.errors import BadInput
from harness.plugin.versions import is_misspelt

__all__ = ["ENCODING", "findings", "read_feature", "tags_of"]

ENCODING = "utf-8-sig"
"""UTF-8, with the byte order mark that editors of Windows write or without it: to Gherkin's parser it is text."""

_PLACEHOLDER = re.compile(r"<([^<>]+)>")


def read_feature(path: Path) -> Feature:
    """Return the feature of a file; raises BadInput with file and line where there is none, or none that is Gherkin."""
    try:
        return get_feature(str(path.parent), path.name, encoding=ENCODING)
    except GherkinParseError as error:
        raise _explained(error, path) from None
    except KeyError:
        raise BadInput("there is no Feature in this file", str(path)) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise BadInput("is not UTF-8", str(path), line, "save the file as UTF-8") from None
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", str(path)) from None


def tags_of(scenario: ScenarioTemplate, example: Mapping[str, str] | None = None) -> frozenset[str]:
    """
    Return all tags that a scenario bears: its own, its rule's, its feature's and those of its examples.

    With `example` only those of the examples that have this row, as pytest marks it.
    """
    tables = [table for table in scenario.examples if example is None or example in list(table.as_contexts())]
    rule = scenario.rule.tags if scenario.rule else set()
    return frozenset(scenario.tags | scenario.feature.tags | rule).union(*(table.tags for table in tables))


def findings(path: Path) -> Iterator[BadInput]:
    """
    Yield what pytest-bdd would pass over in a feature that can be read.

    Of two scenarios of one title it keeps one, in whatever language and under whatever rules; it passes a scenario
    without steps, and runs an outline whose examples have no row, or not every column, with its placeholders as they
    are written.
    """
    file = str(path)
    feature = get_gherkin_document(file, ENCODING).feature
    found = list(_scenarios(feature.children))
    if not found:
        yield BadInput("this feature has no scenario", file, feature.location.line)
    yield from _misspelt_tags(feature, file)
    yield from _repeated([scenario for _, scenario in found], file)
    for background, scenario in found:
        if not scenario.steps:
            yield BadInput(f"this scenario has no step: {scenario.name}", file, scenario.location.line)
        yield from _unfit_examples(scenario, file)
        for step in [*background, *scenario.steps]:
            yield from _ungiven(step, scenario.examples, file)


def _scenarios(children: Sequence[Child], outer: Sequence[Step] = ()) -> Iterator[tuple[list[Step], Scenario]]:
    """Yield each scenario, also of rules, with the steps of the backgrounds before it."""
    background = [*outer, *(step for child in children if child.background for step in child.background.steps)]
    for child in children:
        if child.scenario:
            yield background, child.scenario
        elif child.rule:
            yield from _scenarios(child.rule.children, background)


def _misspelt_tags(feature: GherkinFeature, file: str) -> Iterator[BadInput]:
    """Yield each tag of the feature that would leave no scenario out for a version or a gate, though it seems to."""
    rules = [child.rule for child in feature.children if child.rule]
    scenarios = [scenario for _, scenario in _scenarios(feature.children)]
    tags = [*feature.tags, *(tag for one in rules for tag in one.tags)]
    for scenario in scenarios:
        tags += [*scenario.tags, *(tag for table in scenario.examples for tag in table.tags)]
    for tag in tags:
        name = tag.name.removeprefix("@")
        if is_misspelt(name):
            remedy = "write it as in since_1_37, until_1_36 or needs_gate_StatefulSetRecreateStrategy"
            yield BadInput(f"the tag {name} names no version and no feature gate", file, tag.location.line, remedy)


def _repeated(scenarios: Sequence[Scenario], file: str) -> Iterator[BadInput]:
    lines: dict[str, list[int]] = {}
    for scenario in scenarios:
        lines.setdefault(scenario.name, []).append(scenario.location.line)
    for scenario in scenarios:
        others = [line for line in lines[scenario.name] if line != scenario.location.line]
        if others:
            where = (
                f"the one in line {others[0]}" if len(others) == 1 else f"those in lines {', '.join(map(str, others))}"
            )
            problem = f"this scenario has the same title as {where}: {scenario.name or 'none'}"
            yield BadInput(problem, file, scenario.location.line, "give each scenario of a feature a title of its own")


def _unfit_examples(scenario: Scenario, file: str) -> Iterator[BadInput]:
    for examples in scenario.examples:
        columns = _columns(examples)
        if not examples.table_body:
            remedy = "add a row, or leave them out"
            yield BadInput(f"these examples have no row: {scenario.name}", file, examples.location.line, remedy)
        for name in sorted({name for name in columns if columns.count(name) > 1}):
            yield BadInput(f"these examples have the column {name} twice", file, examples.location.line)


def _ungiven(step: Step, tables: Sequence[ExamplesTable], file: str) -> Iterator[BadInput]:
    """Yield each placeholder of a step that a table of examples has no column for, or that there is no table for."""
    names = set(_PLACEHOLDER.findall(step.text)) | (_names_below(step) if tables else set())
    given = [(f"the examples in line {table.location.line} have", _columns(table)) for table in tables]
    for where, columns in given or [("this scenario has", [])]:
        for name in sorted(names - set(columns)):
            remedy = f"{where} {', '.join(columns) or 'no columns'}"
            yield BadInput(f"no example gives <{name}>", file, step.location.line, remedy)


def _names_below(step: Step) -> set[str]:
    """Return the placeholders in a step's table and text; what is markup there, as in HTML, is none."""
    cells = [cell.value for row in step.datatable.rows for cell in row.cells] if step.datatable else []
    text = step.docstring.content if step.docstring else ""
    marked = {
        name
        for name in _PLACEHOLDER.findall(text)
        if name[0] in "/!?" or name[-1] == "/" or f"</{name.split()[0]}>" in text
    }
    return {name for part in [text, *cells] for name in _PLACEHOLDER.findall(part)} - marked


def _columns(examples: ExamplesTable) -> list[str]:
    return [cell.value for cell in examples.table_header.cells] if examples.table_header else []


def _explained(error: GherkinParseError, path: Path) -> BadInput:
    """Return what is wrong in words that fit; pytest-bdd has some of its own for what the parser says."""
    cause = error.__cause__
    for one in cause.errors if isinstance(cause, CompositeParserException) else ():
        if isinstance(one, NoSuchLanguageException):
            name = str(one).rpartition(": ")[2]
            spelled = {known.lower(): known for known in DIALECTS}
            close = get_close_matches(name.lower().replace("_", "-"), spelled, n=1)
            remedy = f"write `# language: {spelled[close[0]]}`" if close else f"one of {', '.join(DIALECTS)}"
            return BadInput(f"Gherkin has no language {name!r}", str(path), one.location["line"], remedy)
    english = _KEYWORD.match(error.line_content)
    language = _language(path)
    if english and language not in ("en", ""):
        dialect: Mapping[str, object] = {**DIALECTS[language]}
        write = f"write {_first(dialect[_KEYS[english[1]]])}, or leave `# language: {language}` out"
        return BadInput(f"{english[1]} is English, and this file is in {language}", str(path), error.line, write)
    message = error.message
    if isinstance(cause, CompositeParserException) and "Unknown" in message:
        message = str(cause.errors[0]).partition(": ")[2]
    return BadInput(message, str(path), error.line, error.line_content.strip())


_KEYS = {"Feature": "feature", "Rule": "rule", "Background": "background", "Scenario": "scenario"} | {
    "Scenario Outline": "scenarioOutline",
    "Examples": "examples",
}
"""Keyword → what the dialects of Gherkin list it under."""
_KEYWORD = re.compile(rf"\s*({'|'.join(sorted(_KEYS, reverse=True))}):")
_LANGUAGE = re.compile(r"^\s*#\s*language\s*:\s*(\S+)", re.MULTILINE)


def _first(words: object) -> str:
    return str(words[0]) if isinstance(words, Sequence) else ""


def _language(path: Path) -> str:
    found = _LANGUAGE.search(path.read_text(encoding=ENCODING))
    return found[1] if found and found[1] in DIALECTS else ""
