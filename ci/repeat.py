#!/usr/bin/env python3
"""
Repeats every scenario until each has run a number of times, in batches that can be interrupted and taken up again.

Each result is appended to a file as one JSON line as soon as it is known, so that runs of many days and machines add up
and one that is killed loses nothing but the scenarios it was in. A scenario that failed once is a flake to be found,
whatever its other runs said: the exit code is 1 as long as the file holds a failure.

    ci/repeat.py results.jsonl --times 20 --nodes 3 -- -n 2
"""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness.workplace import workplace

ROOT = Path(__file__).resolve().parents[1]
PACE_S = 1.0
"""How often the results of a running batch are looked for."""


def main() -> int:
    """Run batches until every scenario has its number; return 0 when no run of any has failed."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("results", type=Path, help="the file that results are appended to")
    parser.add_argument("--times", type=int, default=20, help="runs of each scenario in all, default 20")
    parser.add_argument("--nodes", type=int, default=1, help="nodes of the cluster, default 1")
    parser.add_argument("--marks", default="", help="only scenarios with these tags, as pytest's -m: 'not exclusive'")
    parser.epilog = "Arguments after -- go to pytest."
    own, more = _split(sys.argv[1:])
    given = parser.parse_args(own)
    while wanted := _wanting(given.results, given.times, given.nodes, given.marks):
        print(f"{len(wanted)} scenarios have not run {given.times} times yet on {given.nodes} nodes", flush=True)
        if not _batch(wanted, given.results, given.nodes, more):
            print("a batch ran no scenario; see above", file=sys.stderr)
            return 2
    return _summary(given.results)


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


def _scenarios(marks: str) -> list[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--no-header", "features", "-m", marks]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    scenarios = [line for line in found.stdout.splitlines() if "::" in line]
    if not scenarios:
        raise SystemExit("no scenario was collected")
    return scenarios


def _wanting(results: Path, times: int, nodes: int, marks: str) -> list[str]:
    done = Counter(line["id"] for line in _read(results) if line["nodes"] == nodes)
    return [scenario for scenario in _scenarios(marks) if done[scenario] < times]


def _batch(wanted: list[str], results: Path, nodes: int, more: list[str]) -> bool:
    with workplace("repeat") as folder:
        report = folder / "report"
        options = [f"--harness-nodes={nodes}", f"--harness-report={report}", "-q", *more]
        batch = Batch(report / "results.jsonl", results, {"nodes": nodes, "revision": _revision()})
        run = subprocess.Popen([sys.executable, "-m", "pytest", *wanted, *options], cwd=ROOT)
        with _ended_with_us(run):
            while not _has_ended(run):
                batch.take()
            batch.take()
    return batch.taken > 0


class Batch:
    """The results of one batch on their way from its report into the file that outlives it."""

    def __init__(self, source: Path, target: Path, beside: dict[str, Any]) -> None:
        self._source = source
        self._target = target
        self._beside = beside
        self._known: set[str] = set()

    @property
    def taken(self) -> int:
        """How many results there were."""
        return len(self._known)

    def take(self) -> None:
        """Append the results that were not known before; a line that is being written waits for the next time."""
        if not self._source.exists():
            return
        lines = self._source.read_text(encoding="utf-8").splitlines(keepends=True)
        with self._target.open("a", encoding="utf-8") as file:
            for line in (json.loads(line) for line in lines if line.endswith("\n")):
                if line["id"] not in self._known:
                    kept = {name: line[name] for name in ("id", "outcome", "seconds", "message")}
                    file.write(json.dumps({**kept, **self._beside}) + "\n")
                    self._known.add(line["id"])


@contextlib.contextmanager
def _ended_with_us(run: subprocess.Popen[bytes]) -> Iterator[None]:
    """
    End after this batch where one of us is told to end meanwhile: it cleans up first, and what it knows is taken.

    SIGTERM is passed on to the batch; what is typed at a terminal has reached it already.
    """
    told: list[int] = []

    def end(number: int, _frame: object) -> None:
        told.append(number)
        if number == signal.SIGTERM:
            run.send_signal(number)

    former = {each: signal.signal(each, end) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in former.items():
        signal.signal(each, handler)
    if told:
        raise SystemExit(128 + told[0])


def _has_ended(run: subprocess.Popen[bytes]) -> bool:
    try:
        run.wait(PACE_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _revision() -> str:
    asked = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return asked.stdout.strip()


def _read(results: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()] if results.exists() else []


def _summary(results: Path) -> int:
    lines = _read(results)
    failed = [line for line in lines if line["outcome"] not in ("passed", "skipped", "not run")]
    counts = Counter(str(line["outcome"]) for line in lines)
    print(f"{len(lines)} runs: " + ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))
    for line in failed:
        print(f"{line['id']} ({line['revision']}): {str(line['message']).splitlines()[0]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
