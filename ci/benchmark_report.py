"""
Measures what recording and reporting cost: the memory of a record of many events, and the time that a run spends on it.

Memory: a fake API server in a process of its own sends the events of a real cluster's record again and again, under
new names; one process records them, stores the record and writes the page, and its memory beyond that of an idle
recorder is the figure. Time: the recordings of a real run are read, stored and drawn again, and the events counted by
what one costs to record; that, by the time which the scenarios took, is the share. Exits with 1 beyond a target.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness.history.history_file import load, save
from harness.history.observation import STEP, Verb
from harness.history.recorder import Recorder
from harness.kube.api import Api
from harness.model import KINDS
from harness.reports.page import Run, write_page
from harness.reports.results import ScenarioResult, read_results
from harness.scenario.namespace import OPTIONAL_KINDS, REQUIRED_KINDS
from tests.fakes.apiserver import FakeServer, kubeconfig, serving

TARGET_MB = 150.0
TARGET_SHARE = 0.03
ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "tests" / "promises" / "recordings" / "canary.jsonl.gz"
_PACE_S = 0.0005


def main() -> int:
    """Print the figures beside the targets; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000, help="events to record (default: 10000)")
    parser.add_argument("--report", type=Path, help="the report of a real run, for the share of its time")
    options = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=measure, args=(theirs, options.events))
    process.start()
    memory_mb, event_s = ours.recv()
    process.join()
    fits = memory_mb <= TARGET_MB
    print(f"memory of {options.events} events, page included: {memory_mb:.0f} MB (target {TARGET_MB:.0f} MB)")
    if options.report:
        share = share_of(options.report, event_s)
        print(
            f"recording and reporting: {100 * share:.2f} % of the scenarios' time (target {100 * TARGET_SHARE:.0f} %)"
        )
        fits = fits and share <= TARGET_SHARE
    return 0 if fits else 1


def measure(told: Connection, events: int) -> None:
    """Tell the memory beyond the idle recorder's, in MB, and the processor seconds that an event cost."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        api = Api.connect(kubeconfig(Path(folder), ours.recv()))
        write_page([], Path(folder) / "empty.html", Run())
        recorder = Recorder(api, "ns", REQUIRED_KINDS, OPTIONAL_KINDS, keep={"PersistentVolume": lambda _: True})
        recorder.start()
        recorder.record(STEP, Verb.BEGAN, name="many events", data={"type": "when", "text": "many events"})
        idle_mb, began_s = _memory_mb("Pss"), time.process_time()
        ours.send(events)
        end = recorder.history.end
        while end < events:
            end = recorder.wait(end, timeout_s=30)
        event_s = (time.process_time() - began_s) / events
        recorder.stop()
        recorded_mb = _memory_mb("Pss") - idle_mb
        path = Path(folder) / "many.jsonl.gz"
        began = time.monotonic()
        save(recorder.history, path, {})
        stored_s, began = time.monotonic() - began, time.monotonic()
        result = ScenarioResult("m", "m.feature", "many events", 1, "passed", 1.0, recording=str(path))
        write_page([result], Path(folder) / "report.html", Run())
        print(f"recorded: {recorded_mb:.0f} MB, {event_s * 1e6:.0f} µs of processor time an event")
        print(
            f"stored in {stored_s:.1f} s, {path.stat().st_size / 1e3:.0f} kB; page in {time.monotonic() - began:.1f} s"
        )
    server.terminate()
    server.join()
    told.send((_peak_mb() - idle_mb, event_s))


def share_of(report: Path, event_s: float) -> float:
    """Return which share of a run's time its recordings and its page have cost."""
    results = read_results(report / "results.jsonl")
    cost_s = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted((report / "recordings").glob("*.jsonl.gz")):
            header, history = load(path)
            began_s = time.process_time()
            save(history, Path(folder) / path.name, header)
            cost_s += time.process_time() - began_s + event_s * len(history)
        began_s = time.process_time()
        write_page(results, Path(folder) / "report.html", Run())
        cost_s += time.process_time() - began_s
    return cost_s / sum(result.seconds for result in results)


def serve(orders: Connection) -> None:
    """Run the fake server: tell its URL, then send as many events as are ordered."""
    with serving() as server:
        orders.send(server.url)
        while True:
            play(server, orders.recv())


def play(server: FakeServer, events: int) -> None:
    """Send the states of a real record in their order, again and again, each round under names of its own."""
    sample = [seen for seen in load(SAMPLE)[1] if seen.is_state and seen.topic in KINDS and seen.topic != "Node"]
    sent = 0
    while sent < events:
        for seen in sample:
            kind, name = KINDS[seen.topic], f"{seen.name}-{sent // len(sample)}"
            namespace = "ns" if kind.namespaced else ""
            if seen.verb is Verb.DELETED:
                server.drop(namespace, kind.plural, name)
            else:
                server.put(namespace, kind.plural, name, dict(seen.data) | {"metadata": _named(seen.data, name)})
            sent += 1
            time.sleep(_PACE_S)  # the pace of the load, not a wait


def _named(data: object, name: str) -> dict[str, object]:
    metadata = dict(data["metadata"])  # type: ignore[index]
    return {**metadata, "name": name}


def _memory_mb(field: str) -> float:
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1000


def _peak_mb() -> float:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1000


if __name__ == "__main__":
    sys.exit(main())
