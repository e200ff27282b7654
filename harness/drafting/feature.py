"""The text of a drafted feature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.drafting.case import DraftedCase, Found, NotAsked
from harness.drafting.workload import Workload
from harness.errors import BadInput

__all__ = ["feature_text", "tags_of"]


def feature_text(
    chosen: Mapping[str, tuple[Workload, list[Found]]], places: Mapping[str, str], spared: Sequence[NotAsked]
) -> str:
    """
    Return a feature that asks for what was chosen, with what is not asked in comments.

    `places`: by the name of each release where its manifests are, as a sentence says it: relative to the feature, a
    chart's options behind it; the only one may have no name. Raises BadInput where a sentence cannot say that.
    """
    for place in places.values():
        if '"' in place:
            remedy = "rename it, or put a chart's settings into a file: --values"
            raise BadInput(f"a sentence cannot say {place}, which has a quotation mark", remedy=remedy)
    return "\n".join(_lines(chosen, places, spared)) + "\n"


def tags_of(one: Workload) -> list[str]:
    """Return the tags of each scenario of a set: what it needs of a cluster, and whether it is to be alone."""
    tags = {need for need in one.images.values() if need}
    if one.claims:
        tags.add("needs_dynamic_volumes")
    if one.keeps_apart and one.replicas > 1:
        tags.add("needs_three_nodes")
    if one.defines_kinds:
        tags.add("exclusive")  # a kind is the whole cluster's: who plays beside would find it there
    return sorted(tags)


def _lines(
    chosen: Mapping[str, tuple[Workload, list[Found]]], places: Mapping[str, str], spared: Sequence[NotAsked]
) -> Iterator[str]:
    names = list(chosen)
    yield f"Feature: {' and '.join(names)} {'does' if len(names) == 1 else 'do'} what {_its(names)} manifests promise"
    yield "  Drafted by `statefulspec draft` to be kept and edited: tighten a bound, leave a scenario out, add others."
    yield ""
    yield "  Background:"
    for number, (release, place) in enumerate(places.items()):
        what = f'release "{release}" is in' if release else "the manifests are in"
        yield f'    {"And" if number else "Given"} {what} "{place}"'
    for one, found in chosen.values():
        yield from _scenarios(one, found, in_rule=len(names) > 1)
    notes = [*(case for _, found in chosen.values() for case in found if isinstance(case, NotAsked)), *spared]
    if notes:
        yield ""
        yield "  # Not asked, and why:"
        yield from (f"  # - {note.subject}: {note.promise}: {' '.join(note.reason.split())}" for note in notes)


def _scenarios(one: Workload, found: Sequence[Found], *, in_rule: bool) -> Iterator[str]:
    indent = "    " if in_rule else "  "
    if in_rule:
        yield ""
        yield f"  Rule: {one.name}"
    for case in found:
        if isinstance(case, DraftedCase):
            tags = sorted({*tags_of(one), *case.tags})
            yield ""
            if tags:
                yield indent + " ".join(f"@{tag}" for tag in tags)
            yield f"{indent}Scenario: {case.title}"
            yield from (f"{indent}  {step}" for step in case.steps)


def _its(names: Sequence[str]) -> str:
    return "its" if len(names) == 1 else "their"
