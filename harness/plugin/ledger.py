"""
The ledgers: which scenarios say what a source of requirements says, case by case, or why none does.

There are two, in one format: the systems and behaviours that the project began with (SEEDS), and upstream's own tests
(UPSTREAM). Problem: a ledger that nobody checks soon tells of scenarios that are gone. Solution: it states for each
source how many cases that has, and `errors` holds it against the features themselves, in both directions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from harness.api_server import Minor, minor_of
from harness.errors import BadInput
from harness.plugin.catalogue import Entry

__all__ = ["CLAIM", "SEEDS", "UPSTREAM", "LedgerCase", "Source", "errors", "load_ledger"]

SEEDS, UPSTREAM = "seeds.yaml", "upstream.yaml"
"""The ledgers' names in the features' folder; the second one must be there."""

CLAIM = "upstream"
"""The tag of a scenario that claims to say a case of upstream's."""

_SOURCE_KEYS = {"source", "cases", "ledger"}
_CASE_KEYS = {"case", "conformance", "since", "until", "scenarios", "reason", "note"}


@dataclass(frozen=True, slots=True)
class LedgerCase:
    """
    One test of upstream's, or one behaviour of a system.

    `scenarios`: (feature file relative to the features' folder, title). `reason`: why there are none; `note`: what is
    stricter or left out. `since` and `until`: the first and the last minor release that has it; None where all have.
    """

    title: str
    conformance: bool = False
    scenarios: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    note: str = ""
    since: Minor | None = None
    until: Minor | None = None

    def is_of(self, minor: Minor) -> bool:
        """Return whether a minor release has the case."""
        return (self.since or minor) <= minor <= (self.until or minor)


@dataclass(frozen=True, slots=True)
class Source:
    """
    A file of upstream's tests or a system, with the numbers of (Conformance) cases that it is known to have.

    `versions`: how many of them each minor release has that was looked into.
    """

    name: str
    expected: int
    expected_conformance: int
    cases: tuple[LedgerCase, ...]
    versions: tuple[tuple[str, int], ...] = ()

    @property
    def covered(self) -> tuple[LedgerCase, ...]:
        """The cases that a scenario says."""
        return tuple(case for case in self.cases if case.scenarios)


def load_ledger(path: Path) -> list[Source]:
    """Return the sources of a ledger in its order; raises BadInput for an entry that cannot be understood."""
    try:
        entries = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput("there is no ledger here", str(path)) from None
    except YAMLError as error:
        raise BadInput(f"this is not YAML: {error}", str(path)) from error
    if not isinstance(entries, list):
        raise BadInput("a ledger is a list of sources", str(path))
    return [_source(path, entry) for entry in entries]


def errors(ledger: list[Source], entries: list[Entry], claim: str = "") -> list[str]:
    """
    Return what is wrong with a ledger, held against the scenarios that there are; empty where all is well.

    A scenario with the tag `claim` must be named by some case.
    """
    there = {entry.key for entry in entries}
    named = {scenario for source in ledger for case in source.cases for scenario in case.scenarios}
    found = [text for source in ledger for text in _miscounted(source)]
    found += [f"{file} has no scenario: {title}" for file, title in sorted(named - there)]
    claiming = {entry.key for entry in entries if claim in entry.tags}
    unnamed = sorted(claiming - named)
    return found + [f"{file} claims to say a case, and no case names it: {title}" for file, title in unnamed]


def _miscounted(source: Source) -> Iterator[str]:
    told = {case.title for case in source.cases}
    if (len(source.cases), len(told)) != (source.expected, source.expected):
        yield f"{source.name} has {source.expected} cases, the ledger tells of {len(told)}"
    for version, number in source.versions:
        there = sum(case.is_of(minor_of(version) or (0, 0)) for case in source.cases)
        if there != number:
            yield f"{source.name} of {version} has {number} cases, the ledger tells of {there}"
    conformance = sum(case.conformance for case in source.cases)
    if conformance != source.expected_conformance:
        yield f"{source.name} has {source.expected_conformance} Conformance cases, the ledger tells of {conformance}"


def _source(path: Path, entry: Any) -> Source:
    if not isinstance(entry, Mapping) or set(entry) - {"conformance", "versions"} != _SOURCE_KEYS:
        known = ", ".join(sorted(_SOURCE_KEYS))
        problem = f"a source has the keys {known}, and may have conformance and versions: {entry!r:.200}"
        raise BadInput(problem, str(path))
    cases = tuple(_case(path, case) for case in entry["ledger"])
    versions = tuple((str(version), int(number)) for version, number in (entry.get("versions") or {}).items())
    return Source(str(entry["source"]), int(entry["cases"]), int(entry.get("conformance", 0)), cases, versions)


def _case(path: Path, entry: Any) -> LedgerCase:
    if not isinstance(entry, Mapping) or not entry.get("case") or set(entry) - _CASE_KEYS:
        raise BadInput(f"a case has a title under `case`, and of {sorted(_CASE_KEYS)}: {entry!r:.200}", str(path))
    title, named = str(entry["case"]), entry.get("scenarios") or {}
    if bool(named) == bool(entry.get("reason")):
        raise BadInput(f"the case {title!r} needs either scenarios or a reason", str(path))
    scenarios = tuple((str(file), str(one)) for file, several in named.items() for one in several)
    reason, note = (str(entry.get(key) or "") for key in ("reason", "note"))
    since, until = (minor_of(str(entry[key])) if key in entry else None for key in ("since", "until"))
    return LedgerCase(title, bool(entry.get("conformance")), scenarios, reason, note, since, until)
