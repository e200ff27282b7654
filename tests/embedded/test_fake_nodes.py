"""Fake nodes need no root, and say what they cannot do."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import dns.message
import dns.query
import dns.rdatatype
import pytest

from harness.cluster.embedded import lifecycle
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.embedded import Embedded
from tests.embedded.conftest import Kubectl, traces

pytestmark = pytest.mark.embedded

NOBODY = 65534

WEB = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: None, selector: {app: web}, ports: [{name: web, port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
"""


@pytest.fixture
def ordinary_cache() -> Iterator[Path]:
    """Yield a cache of an ordinary user that holds the programs already."""
    closed = [folder for folder in Path(__file__).resolve().parents if not folder.stat().st_mode & stat.S_IXOTH]
    if os.geteuid() == 0 and closed:
        pytest.skip(f"this checkout lies in {closed[-1]}, where other users than root cannot look")
    lifecycle.prepare("fake", progress=lambda _: None)
    folder = Path(tempfile.mkdtemp(prefix="statefulspec-test-"))
    shutil.copytree(Cache.of_user().root / "programs", folder / "programs", copy_function=os.link)
    for path in (folder, *(p for p in folder.rglob("*") if p.is_dir() or p.suffix == ".lock")):
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


def as_ordinary_user(cache: Path, check: Callable[[], None]) -> None:
    """Run the check in a process of an ordinary user; its failure is ours."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def run() -> None:
        os.environ["HARNESS_CACHE"] = os.environ["HOME"] = str(cache)
        os.environ.pop("SUDO_UID", None)
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        try:
            check()
        except BaseException as error:
            sender.send(f"{type(error).__name__}: {error}")
            raise
        sender.send("")

    process = context.Process(target=run)
    process.start()
    sender.close()
    outcome = receiver.recv() if receiver.poll(120) else "no answer within 120 s"
    process.join(10)
    assert outcome == ""


def check_fake_cluster() -> None:
    assert os.geteuid() != 0
    cluster = Embedded.start("ordinary", 3, "fake", lambda _: None)
    running = lifecycle.status("ordinary")
    assert running is not None
    everything = traces(running)
    try:
        kubectl = Kubectl(running)
        kubectl("apply", "-f", "-", text=WEB)
        kubectl("rollout", "status", "statefulset/web", "--timeout=30s")
        pods = json.loads(kubectl("get", "pods", "--output=json"))["items"]
        addresses = {pod["metadata"]["name"]: pod["status"]["podIP"] for pod in pods}
        assert sorted(addresses) == ["web-0", "web-1", "web-2"]
        claims = json.loads(kubectl("get", "persistentvolumeclaims", "--output=json"))["items"]
        assert [claim["status"]["phase"] for claim in claims] == ["Bound"] * 3
        assert ask(cluster.dns or "", "web-1.web.default.svc.cluster.local.") == [addresses["web-1"]]
        assert {"needs_containers", "needs_csi"}.isdisjoint(cluster.capabilities)
        assert {"needs_three_nodes", "needs_dynamic_volumes"} <= cluster.capabilities
        assert (running.paths.data / "kwok.yaml").read_text().count("delay: {durationMilliseconds: 200}") == 1
        assert cluster.faults == "embedded:ordinary"  # a go-between can stand before its programs
        assert "nothing of them that could fail" in cluster.missing_reason("needs_node_faults")
        assert "nothing of them is executed" in cluster.missing_reason("needs_containers")
    finally:
        lifecycle.down("ordinary")
    assert everything.left() == []


def ask(server: str, name: str) -> list[str]:
    host, _, port = server.rpartition(":")
    question = dns.message.make_query(name, dns.rdatatype.A)
    answer = dns.query.tcp(question, host, timeout=5, port=int(port))
    return [str(record) for answers in answer.answer for record in answers]


def test_an_ordinary_user_gets_ordered_pods_claims_and_names(ordinary_cache: Path) -> None:
    as_ordinary_user(ordinary_cache, check_fake_cluster)
