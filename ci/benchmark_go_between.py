"""
Measures what a go-between costs: requests by turns straight to an API server and through the controller manager's.

A cluster of fake nodes is started for it. Its CPU is that of the go-between's process while the controller manager
rolls out a set again and again. Exits with 1 where the p99 grows by more, or the CPU is more, than the target.
"""

from __future__ import annotations

import argparse
import http.client
import os
import secrets
import ssl
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness.cluster.components import status_of
from harness.cluster.embedded.embedded import Embedded
from harness.cluster.embedded.go_between import GoBetween
from harness.cluster.embedded.state import ClusterPaths
from harness.kube.api import Api
from harness.model import KINDS

TARGET_S, TARGET_CPU = 0.001, 0.02
_MANAGER = "kube-controller-manager"
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=5000, help="requests each way (default: 5000)")
    options = parser.parse_args()
    name = f"bench-{secrets.token_hex(3)}"
    cluster = Embedded.start(name, 1, "fake", print, owner_pid=os.getpid())
    try:
        cluster.provide("needs_go_between", print)
        return measure(cluster, ClusterPaths.of(name), options.requests)
    finally:
        cluster.stop()


def measure(cluster: Embedded, paths: ClusterPaths, requests: int) -> int:
    """Print the figures of a cluster; return the exit code."""
    state = paths.read()
    assert state is not None
    text = (paths.data / "pki" / f"{_MANAGER}.kubeconfig").read_text()
    between = next(line.split()[-1] for line in text.splitlines() if "server:" in line)
    ways = {"straight": asker(paths, state.server), "through": asker(paths, between)}
    took: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(requests):
        for way, ask in ways.items():  # by turns, so that what else the machine does hits both
            took[way].append(ask())
    p50, p99 = ({way: sorted(times)[int(len(times) * share)] for way, times in took.items()} for share in (0.5, 0.99))
    added = p99["through"] - p99["straight"]
    for way in ways:
        print(f"{way}: p50 {p50[way] * 1000:.2f} ms, p99 {p99[way] * 1000:.2f} ms")
    print(f"added: p50 {(p50['through'] - p50['straight']) * 1000:.2f} ms, p99 {added * 1000:.2f} ms")
    component = state.component(GoBetween(paths, _MANAGER).name)
    assert component is not None
    before, began = cpu_s(component.pid), time.monotonic()
    with closing(Api.connect(cluster.kubeconfig, cluster.context)) as api:
        busy(api)
    share = (cpu_s(component.pid) - before) / (time.monotonic() - began) / (os.cpu_count() or 1)
    print(f"CPU while sets are scaled up and down without a pause: {share:.1%} of the machine")
    return 1 if added > TARGET_S or share > TARGET_CPU else 0


def asker(paths: ClusterPaths, server: str) -> Callable[[], float]:
    """Return what asks for one object, over one connection that stays open, and says how long that took."""
    keys, address = paths.data / "pki", urlsplit(server)
    tls = ssl.create_default_context(cafile=str(keys / "ca.crt"))
    tls.load_cert_chain(keys / f"{_MANAGER}.crt", keys / f"{_MANAGER}.key")
    connection = http.client.HTTPSConnection(address.hostname or "", address.port or 0, timeout=10, context=tls)

    def ask() -> float:
        began = time.perf_counter()
        connection.request("GET", "/api/v1/namespaces/default/endpoints?limit=1")
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{server} answers {answer.status}")
        return time.perf_counter() - began

    return ask


def busy(api: Api) -> None:
    """Have the controllers scale a set up and down, ten times."""
    kind, labels = KINDS["StatefulSet"], {"app": "busy"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "busy", "image": "busy"}]}}
    spec = {"serviceName": "busy", "podManagementPolicy": "Parallel", "selector": {"matchLabels": labels}}
    made = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "busy", "namespace": "default"}}
    api.create(kind, {**made, "spec": {**spec, "replicas": 0, "template": template}}, "default")
    for replicas in (20, 1) * 10:
        found = api.patch(kind, "busy", "default", {"spec": {"replicas": replicas}})
        for event in api.watch(kind, "default", found["metadata"]["resourceVersion"], timeout_s=60):
            status = event["object"].get("status", {})
            if status.get("replicas") == replicas and status.get("readyReplicas", 0) == replicas:
                break


def cpu_s(pid: int) -> float:
    """Return the seconds of CPU that a process has had."""
    fields = status_of(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS


if __name__ == "__main__":
    sys.exit(main())
