"""One report made of those of several runs, as of the shards of one suite: whole, or none."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from harness.errors import BadInput
from harness.reports.page import Run, facts_of, write_page
from harness.reports.results import SHARD, ResultsFile, ScenarioResult, read_results
from harness.reports.terminal import report_lines

__all__ = ["merge"]

_KEPT = ("recordings", "controls", "evidence")


def merge(reports: Sequence[Path], output: Path) -> list[ScenarioResult]:
    """
    Return the results of all reports, and write one report about them, with their recordings and evidence.

    Raises BadInput, with nothing written, for a folder that is no report, a shard that is missing, a scenario that two
    of them tell of, and an output folder that is not empty.
    """
    if output.exists() and any(output.iterdir()):
        raise BadInput(
            "there is something in this folder", str(output), remedy="name another one for the merged report"
        )
    _check_shards(reports)
    results = [_moved(result, output) for report in reports for result in read_results(report / "results.jsonl")]
    _check_twins(results)
    for report in reports:
        for kept in (report / name for name in _KEPT):
            if kept.is_dir():
                shutil.copytree(kept, output / kept.name, dirs_exist_ok=True)
    ResultsFile(output / "results.jsonl").replace(results)
    (output / "report.txt").write_text("\n".join(report_lines(results)) + "\n", encoding="utf-8")
    write_page(results, output / "report.html", Run(facts=facts_of(results)))
    return results


def _moved(result: ScenarioResult, output: Path) -> ScenarioResult:
    """Return the result with its recording and evidence where they lie in the merged report."""

    def moved(path: str) -> str:
        return str(output / Path(path).parent.name / Path(path).name) if path else ""

    return replace(result, recording=moved(result.recording), evidence=moved(result.evidence))


def _check_shards(reports: Iterable[Path]) -> None:
    """Raise BadInput where some reports are shards and others are not, or not all shards of one suite are there."""
    told = {report: _shard(report) for report in reports}
    sizes = {size for _, size in told.values()}
    if len(sizes) > 1:
        parts = ", ".join(f"{report} is {part}/{size}" for report, (part, size) in told.items())
        raise BadInput(f"these are not shards of one suite: {parts}")
    size = max(sizes, default=0)
    parts_there = [part for part, _ in told.values()]
    missing = [str(part) for part in range(1, size + 1) if part not in parts_there]
    if missing:
        raise BadInput(f"of {size} shards these are missing: {', '.join(missing)}", remedy="run them, and merge all")


def _shard(report: Path) -> tuple[int, int]:
    """Return which shard of how many a report is, (0, 0) where it is none."""
    path = report / SHARD
    found = re.fullmatch(r"(\d+)/(\d+)\s*", path.read_text(encoding="utf-8")) if path.is_file() else None
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _check_twins(results: Iterable[ScenarioResult]) -> None:
    seen: set[str] = set()
    for result in results:
        if result.id in seen:
            raise BadInput(f"two of these reports tell of {result.id}", remedy="name one report of each shard")
        seen.add(result.id)
