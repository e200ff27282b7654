"""
Measures the scenarios that cover upstream's Conformance cases of StatefulSets: one after another, and by four workers.

A figure is the wall time of a whole pytest run on a cluster of three real nodes that is there already: collection,
namespaces, judging and reports included, as a user has it: with compiled modules, and without the plugin of hypothesis,
which only the project's own tests need. Beside it stand the harness's own part and how long pods took to become ready
and to go, from the recordings. Exits with 1 where a target is missed or a scenario does not pass. Needs root.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness.history.history import History
from harness.history.history_file import load
from harness.history.observation import Verb
from harness.promises.pods import ready, terminating

ROOT = Path(__file__).resolve().parents[1]
SOURCE = "statefulset.go"
TARGETS = {0: (90, 60), 4: (40, 25)}
"""Workers (0: none beside pytest itself) → seconds that are allowed, and seconds that are aimed at."""


def main() -> int:
    """Print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cluster", help="a cluster that is there, by name; without it one is started and removed")
    parser.add_argument("--report", type=Path, help="folder for the runs' reports, by default a temporary one")
    options = parser.parse_args()
    name = options.cluster or "conformance"
    if not options.cluster:
        command("cluster", "up", f"--name={name}", "--nodes=3")
    try:
        with tempfile.TemporaryDirectory() as folder:
            nodes = command("coverage", f"--conformance={SOURCE}").split()
            report = options.report or Path(folder)
            missed = [measure(nodes, name, workers, report / f"workers-{workers}") for workers in TARGETS]
    finally:
        if not options.cluster:
            command("cluster", "down", f"--name={name}")
    return int(any(missed))


def command(*arguments: str) -> str:
    """Return what a command of ours prints; CalledProcessError where it fails."""
    program = [sys.executable, "-c", "import sys; from harness.cli import main; sys.exit(main())", *arguments]
    return subprocess.run(program, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout


def measure(nodes: Sequence[str], cluster: str, workers: int, report: Path) -> bool:
    """Run the scenarios, print the figures and return whether a target was missed or a scenario has not passed."""
    allowed_s, aim_s = TARGETS[workers]
    arguments = [*nodes, f"--harness-cluster-name={cluster}", f"--harness-report={report}", "-q"]
    arguments += ["-n", str(workers)] if workers else []
    program = [sys.executable, "-m", "pytest", "-p", "no:hypothesispytest", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.monotonic()
    ran = subprocess.run(program, check=False, stdout=subprocess.PIPE, cwd=ROOT, env=environment)
    took_s = time.monotonic() - began
    load_1, _, _ = os.getloadavg()
    how = f"{workers} workers" if workers else "one after another"
    print(f"{len(nodes)} scenarios, {how}: {took_s:.1f} s (allowed {allowed_s}, aim {aim_s}; load {load_1:.1f})")
    if ran.returncode:
        print(ran.stdout.decode("utf-8", "replace"))
    tell(report)
    return took_s > allowed_s or ran.returncode != 0


def tell(report: Path) -> None:
    """Print where the time went."""
    results = [json.loads(line) for line in (report / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    timings = [result["timing"] for result in results if result["timing"]]
    total = sum(timing["total_s"] for timing in timings)
    parts = {name: sum(one[f"{name}_s"] for one in timings) for name in ("waited", "windows", "answered", "own")}
    spent = ", ".join(f"{name} {span_s:.1f} s" for name, span_s in parts.items())
    print(f"  scenarios' time {total:.1f} s: {spent}; own part {parts['own'] / total:.1%}")
    histories = [load(path)[1] for path in sorted((report / "recordings").glob("*.jsonl.gz"))]
    for what, spans in (("created → ready", starts), ("deletion asked → gone", stops)):
        found = [span_s for history in histories for span_s in spans(history)]
        cuts = statistics.quantiles(found, n=10, method="inclusive")
        print(f"  pods, {what}: p50 {cuts[4]:.2f} s, p90 {cuts[8]:.2f} s, of {len(found)}")


def starts(history: History) -> Iterator[float]:
    """Yield the seconds that each pod took from its creation until it was first ready."""
    for life in history.incarnations("Pod"):
        first = next((seen for seen in life.seen if ready(seen.data)), None)
        if life.created and first:
            yield first.at - life.created.at


def stops(history: History) -> Iterator[float]:
    """Yield the seconds that each pod took from the first sign of its deletion until it was gone."""
    for life in history.incarnations("Pod"):
        asked = next((seen for seen in life.seen if seen.verb is not Verb.DELETED and terminating(seen.data)), None)
        if life.deleted and asked:
            yield life.deleted.at - asked.at


if __name__ == "__main__":
    sys.exit(main())
