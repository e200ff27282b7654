"""
The page of what each release of Kubernetes promises, made from the features' tags, their controls and a ledger.

The ledger (VERSIONS) says in words what would surprise somebody who upgrades, and on which releases the features were
seen to run. What it names must be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from harness.api_server import ApiServer, minor_of
from harness.cli.pages import table
from harness.errors import BadInput
from harness.plugin.catalogue import Entry
from harness.plugin.controls import Known, known_of
from harness.plugin.tags import KNOWN_BROKEN
from harness.plugin.versions import GATE, span_of

__all__ = ["VERSIONS", "Ledger", "Surprise", "errors", "load", "page"]

VERSIONS = "versions.yaml"
"""The ledger's name in the features' folder."""

_KEYS = {"surprise", "text", "source", "scenarios"}


@dataclass(frozen=True, slots=True)
class Surprise:
    """What somebody who upgrades would not guess; `scenarios`: (feature file, title) that show it."""

    title: str
    text: str
    source: str
    scenarios: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """
    What was seen, and what is surprising.

    `seen`: minor release → where the features were run on it, in words; the others are read, and not seen. `unseen`:
    minor release → feature files that were not run on it all the same.
    """

    seen: Mapping[str, str]
    unseen: Mapping[str, tuple[str, ...]]
    surprises: tuple[Surprise, ...]


def load(path: Path) -> Ledger:
    """Return the ledger of a file; BadInput where it is none."""
    try:
        told = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise BadInput(f"this is not YAML: {error}", str(path)) from error
    if not isinstance(told, Mapping) or set(told) != {"seen", "unseen", "surprises"}:
        raise BadInput("a ledger of versions has the keys seen, unseen and surprises", str(path))
    seen = {str(minor): str(text) for minor, text in told["seen"].items()}
    unseen = {str(minor): tuple(files) for minor, files in (told["unseen"] or {}).items()}
    return Ledger(seen, unseen, tuple(_surprise(path, each) for each in told["surprises"]))


def errors(ledger: Ledger, entries: Sequence[Entry], minors: Sequence[str]) -> list[str]:
    """Return what is wrong with a ledger: scenarios and releases that there are not."""
    known = {entry.key for entry in entries}
    named = [(one.title, key) for one in ledger.surprises for key in one.scenarios]
    wrong = [
        f"{title!r} names {file}: {scenario}, which there is not"
        for title, (file, scenario) in named
        if (file, scenario) not in known
    ]
    return wrong + [
        f"Kubernetes {minor} is not pinned, and said to be seen" for minor in ledger.seen if minor not in minors
    ]


def page(ledger: Ledger, entries: Sequence[Entry], minors: Sequence[str], features: Path, folder: str) -> str:
    """Return the page. `minors`: the releases, the oldest first; `folder`: where the features are, seen from it."""
    own = [entry for entry in entries if _differs(entry)]
    parts = ["# What each release of Kubernetes promises", _head(ledger, len(own), len(entries), minors)]
    parts += [
        "## What would surprise you",
        *(_said(number, one, folder) for number, one in enumerate(ledger.surprises, 1)),
    ]
    parts.append("## What holds on some releases alone")
    for file, several in groupby(own, key=lambda entry: entry.file):
        listed = list(several)
        parts.append(f"### {listed[0].promise}\n\n[{file}]({folder}/{file})")
        rows = [(entry.title, *_cells(entry, ledger, minors, features)) for entry in listed]
        parts.append(table(("scenario", *minors), rows))
        parts += [
            f"{known.because[0].upper()}{known.because[1:]}. Source: {known.source}."
            for entry in listed
            if (known := _known(entry, features))
        ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _surprise(path: Path, told: Any) -> Surprise:
    if not isinstance(told, Mapping) or set(told) != _KEYS:
        raise BadInput(f"a surprise has the keys {', '.join(sorted(_KEYS))}: {told!r}", str(path))
    named = [(str(file), str(title)) for file, titles in told["scenarios"].items() for title in titles]
    return Surprise(str(told["surprise"]), str(told["text"]).strip(), str(told["source"]), tuple(named))


def _head(ledger: Ledger, own: int, scenarios: int, minors: Sequence[str]) -> str:
    seen = "\n".join(
        f"- {minor}: {ledger.seen.get(minor, 'not run yet; what is said of it was read in its sources')}"
        for minor in minors
    )
    return f"""{own} of {scenarios} scenarios hold on some releases of Kubernetes and not on others; each release
promises the other {scenarios - own}. Made by `statefulspec coverage --write` from the features' tags and controls.

{seen}

*kept*: the scenario is green. *broken*: Kubernetes breaks the promise by itself, and the run says so.
*with a gate*: kept where the feature gate is on. *—*: not of this release; a sibling says what holds instead.
A question mark: not run there yet."""


def _said(number: int, one: Surprise, folder: str) -> str:
    shown = "; ".join(f"[{title}]({folder}/{file})" for file, title in one.scenarios)
    return f"{number}. **{one.title}** {one.text} {f'Shown by: {shown}. ' if shown else ''}Source: {one.source}."


def _differs(entry: Entry) -> bool:
    return span_of(entry.tags) != (None, None) or KNOWN_BROKEN in entry.tags or any(map(_is_gate, entry.tags))


def _is_gate(tag: str) -> bool:
    return tag.startswith(GATE)


def _known(entry: Entry, features: Path) -> Known | None:
    return known_of(features / entry.file, entry.title).known if KNOWN_BROKEN in entry.tags else None


def _cells(entry: Entry, ledger: Ledger, minors: Sequence[str], features: Path) -> Iterator[str]:
    (since, until), known = span_of(entry.tags), _known(entry, features)
    gates = ", ".join(f"`{tag.removeprefix(GATE)}`" for tag in sorted(filter(_is_gate, entry.tags)))
    for name in minors:
        minor = minor_of(name) or (0, 0)
        if not (since or minor) <= minor <= (until or minor):
            yield "—"
            continue
        broken = known is not None and known.concerns(ApiServer(name))
        yield ("broken" if broken else f"with {gates}" if gates else "kept") + (
            "" if _is_seen(entry, ledger, name) else " ?"
        )


def _is_seen(entry: Entry, ledger: Ledger, minor: str) -> bool:
    return minor in ledger.seen and entry.file not in ledger.unseen.get(minor, ())
