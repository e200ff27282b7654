"""What --harness-prove comes to: how many clauses and scenarios were shown able to fail, and which were not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from harness.reports.results import ScenarioResult

if TYPE_CHECKING:
    from harness.history.history import History
    from harness.promises.mutations import Proof

__all__ = ["Proved", "prove_clauses", "shipped_recordings"]


@dataclass(frozen=True, slots=True)
class Proved:
    """The proofs of all clauses, and the results of the scenarios that ran under their controls."""

    clauses: Sequence[Proof]
    controls: Sequence[ScenarioResult]

    @property
    def survivors(self) -> int:
        """How many could not be shown to fail; each is a defect."""
        return sum(1 for proof in self.clauses if proof.survived) + sum(1 for one in self.controls if one.is_broken)

    def lines(self) -> Iterator[str]:
        """Yield the counts, then the clauses that have survived; a scenario that has is a failure of its own."""
        yield f"proved: {len(self.clauses)} clauses, {len(self.controls)} controls, {self.survivors} survivors"
        for proof in self.clauses:
            if proof.survived:
                yield f"  the clause survived its mutation: {proof.name}: {proof.survived}"


def prove_clauses(replay: Path | None) -> list[Proof]:
    """
    Return the proof of each clause, on the recordings that come with statefulspec and those of a former run.

    A clause, of somebody's own promise, that nothing is there to break has survived.
    """
    from harness.promises.mutations import MUTATIONS, Proof, prove_clause
    from harness.promises.verdict import PROMISES

    paths = sorted(shipped_recordings().glob("*.jsonl.gz"))
    if replay is not None:
        found = [replay] if replay.is_file() else [*replay.glob("*.jsonl.gz"), *replay.glob("recordings/*.jsonl.gz")]
        paths += sorted(found)
    stated = [f"{promise.name}: {clause.key}" for promise in PROMISES.values() for clause in promise.clauses]
    blank = [Proof(name, "it has no control: write one with @breaks") for name in stated if name not in MUTATIONS]
    return [*(prove_clause(name, map(_load, paths)) for name in MUTATIONS), *blank]


def shipped_recordings() -> Path:
    """Return the folder of the recordings that clauses are proved on: in a wheel inside it, else the tests' own."""
    package = Path(str(files(import_module("harness"))))
    inside = package / "recordings"
    return inside if inside.is_dir() else package.parent / "tests" / "promises" / "recordings"


@lru_cache(maxsize=8)
def _load(path: Path) -> History:
    from harness.history.history_file import load

    return load(path)[1]
