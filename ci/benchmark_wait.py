"""
Measures how soon a waiter learns of an event: from its bytes on the socket until `Recorder.wait` has returned.

The fake API server runs in a process of its own and stamps each event as it writes it, on the clock that all processes
of a machine share. All kinds of a scenario are watched, and events of another kind come in between. With a kubeconfig
the real cluster's figure stands beside it. Exits with 1 where the p99 of the fake exceeds the target.
"""

from __future__ import annotations

import argparse
import multiprocessing
import secrets
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness.history.recorder import Recorder
from harness.kube.api import Api
from harness.model import KINDS
from harness.scenario.namespace import OPTIONAL_KINDS, REQUIRED_KINDS
from tests.fakes.apiserver import FakeServer, kubeconfig, serving

TARGET_S = 0.050
_PACE_S = 0.005
"""Between two events of the fake: ten times what a busy StatefulSet causes."""


def main() -> int:
    """Print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1000, help="events per figure (default: 1000)")
    parser.add_argument("--kubeconfig", type=Path, help="a cluster to measure beside the fake server")
    parser.add_argument("--context", help="a context of it, by default the current one")
    options = parser.parse_args()
    slowest = measure_fake(options.events)
    if options.kubeconfig:
        measure_cluster(Api.connect(options.kubeconfig, options.context), min(options.events, 200))
    if slowest > TARGET_S:
        print(f"too slow: the target is {TARGET_S * 1000:.0f} ms")
        return 1
    return 0


def measure_fake(events: int) -> float:
    """Print the figures of the fake server and return the greater p99, in seconds."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            api = Api.connect(kubeconfig(Path(folder), ours.recv()))
            recorder = Recorder(api, "ns", REQUIRED_KINDS, OPTIONAL_KINDS)
            recorder.start()
            ours.send((events, _PACE_S))
            woken = latencies(recorder, "Pod", events, lambda: None)
            ours.send((events // 5, 10 * _PACE_S))
            proved = latencies(recorder, "Pod", events // 5, lambda: recorder.confirm_fresh(["Pod"]))
            recorder.stop()
    finally:
        process.terminate()
        process.join()
    return max(
        tell("fake server: bytes on the socket → waiter woken", woken),
        tell("fake server: … → and proved by a fresh list", proved),
    )


def measure_cluster(api: Api, events: int) -> None:
    """Print the figure of a real cluster: a patch of a ConfigMap sent → its event seen by a waiter."""
    namespace = f"statefulspec-benchmark-{secrets.token_hex(3)}"
    api.create(KINDS["Namespace"], {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    recorder = Recorder(api, namespace, (*REQUIRED_KINDS, "ConfigMap"), OPTIONAL_KINDS)
    try:
        recorder.start()
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "clock"}}
        api.create(KINDS["ConfigMap"], body, namespace)

        def patch() -> None:
            for _ in range(events):
                sent = {"data": {"sent": repr(time.monotonic())}}
                api.patch(KINDS["ConfigMap"], "clock", namespace, sent)

        threading.Thread(target=patch, daemon=True).start()
        seen = latencies(recorder, "ConfigMap", events, lambda: None)
        tell(f"{api.server} {api.version()}: patch sent → waiter woken", seen)
    finally:
        recorder.stop()
        api.delete(KINDS["Namespace"], namespace)


def latencies(recorder: Recorder, topic: str, events: int, act: Callable[[], object]) -> list[float]:
    """Return the seconds from each of the next stamped events until it was waited for, and `act` done."""
    found: list[float] = []
    end = recorder.history.end
    while len(found) < events:
        begin, end = end, recorder.wait(end, timeout_s=10)
        if begin == end:
            raise SystemExit(f"only {len(found)} of {events} events came: {recorder.notes}")
        stamps = [
            float(seen.data["data"]["sent"])
            for seen in recorder.history.of(topic, since=begin, before=end)
            if seen.is_state and "sent" in seen.data.get("data", {})
        ]
        if stamps:
            act()
            found += [time.monotonic() - stamp for stamp in stamps]
    return found


def tell(what: str, found: list[float]) -> float:
    """Print p50 and p99 and return the p99, in seconds."""
    cuts = statistics.quantiles(found, n=100, method="inclusive")
    print(f"{what}: p50 {cuts[49] * 1000:.2f} ms, p99 {cuts[98] * 1000:.2f} ms, of {len(found)} events")
    return cuts[98]


def serve(orders: Connection) -> None:
    """Run the fake server: tell its URL, then send as many events at the pace that is ordered, again and again."""
    with serving() as server:
        server.prepare = lambda item: item | {"data": {"sent": repr(time.monotonic())}}
        orders.send(server.url)
        while True:
            events, pace_s = orders.recv()
            play(server, events, pace_s)


def play(server: FakeServer, events: int, pace_s: float) -> None:
    """Change pods one after the other, and a service each tenth time."""
    for number in range(events):
        server.put("ns", "pods", f"app-{number % 5}")
        if number % 10 == 0:
            server.put("ns", "services", "app")
        time.sleep(pace_s)  # the pace of the load, not a wait


if __name__ == "__main__":
    sys.exit(main())
