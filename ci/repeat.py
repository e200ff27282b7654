#!/usr/bin/env python3
"""
Repeats every scenario until each has run a number of times, in batches that can be interrupted and taken up again.

Each result is appended to a file as one JSON line, so that runs of many days and machines add up. A scenario that
failed once is a flake to be found, whatever its other runs said: the exit code is 1 as long as the file holds a
failure.

    ci/repeat.py results.jsonl --times 20 --nodes 3 -- -n 2
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run batches until every scenario has its number; return 0 when no run of any has failed."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("results", type=Path, help="the file that results are appended to")
    parser.add_argument("--times", type=int, default=20, help="runs of each scenario in all, default 20")
    parser.add_argument("--nodes", type=int, default=1, help="nodes of the cluster, default 1")
    parser.epilog = "Arguments after -- go to pytest."
    own, more = _split(sys.argv[1:])
    given = parser.parse_args(own)
    while wanted := _wanting(given.results, given.times, given.nodes):
        print(f"{len(wanted)} scenarios have not run {given.times} times yet on {given.nodes} nodes", flush=True)
        if not _batch(wanted, given.results, given.nodes, more):
            print("a batch ran no scenario; see above", file=sys.stderr)
            return 2
    return _summary(given.results)


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


def _scenarios() -> list[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--no-header", "features"]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    scenarios = [line for line in found.stdout.splitlines() if "::" in line]
    if not scenarios:
        raise SystemExit("no scenario was collected")
    return scenarios


def _wanting(results: Path, times: int, nodes: int) -> list[str]:
    done = Counter(line["id"] for line in _read(results) if line["nodes"] == nodes)
    return [scenario for scenario in _scenarios() if done[scenario] < times]


def _batch(wanted: list[str], results: Path, nodes: int, more: list[str]) -> bool:
    with tempfile.TemporaryDirectory() as report:
        options = [f"--harness-nodes={nodes}", f"--harness-report={report}", "-q", *more]
        subprocess.run([sys.executable, "-m", "pytest", *wanted, *options], cwd=ROOT, check=False)
        run = Path(report) / "results.jsonl"
        lines = [json.loads(line) for line in run.read_text().splitlines()] if run.exists() else []
    with results.open("a") as file:
        for line in lines:
            kept = {name: line[name] for name in ("id", "outcome", "seconds", "message")}
            file.write(json.dumps({**kept, "nodes": nodes, "revision": _revision()}) + "\n")
    return bool(lines)


def _revision() -> str:
    asked = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return asked.stdout.strip()


def _read(results: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []


def _summary(results: Path) -> int:
    lines = _read(results)
    failed = [line for line in lines if line["outcome"] not in ("passed", "skipped")]
    counts = Counter(str(line["outcome"]) for line in lines)
    print(f"{len(lines)} runs: " + ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))
    for line in failed:
        print(f"{line['id']} ({line['revision']}): {str(line['message']).splitlines()[0]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
