"""Packets that reach a pod are dropped and pass again; its packets and writes are slowed and go freely again."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from harness.cluster.embedded import lifecycle
from harness.cluster.embedded.lifecycle import Status
from harness.cluster.embedded.node_access import pod_faults_of, why_no_slow_line, why_no_slow_volume
from harness.errors import EnvironmentUnfit
from tests.embedded.conftest import Kubectl

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]

NAME = f"pods-{os.getpid()}"
PODS = ("asked", "near", "far")


def pod(name: str) -> dict[str, Any]:
    serve = "trap 'exit 0' TERM; touch /tmp/page; httpd -f -p 8080 -h /tmp & wait $!"
    container = {"name": "c", "image": "docker.io/library/busybox:1.36", "command": ["sh", "-c", serve]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"terminationGracePeriodSeconds": 0, "containers": [container]},
    }


@pytest.fixture(scope="module")
def running() -> Iterator[Status]:
    """Give a cluster of one node with three pods that answer."""
    if os.geteuid() != 0:
        pytest.skip("real nodes need root")
    status = lifecycle.up(NAME, 1, progress=lambda _: None)
    try:
        kubectl = Kubectl(status)
        kubectl("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": [*map(pod, PODS)]}))
        kubectl("wait", "--for=condition=Ready", "pod", "--all", "--timeout=60s")
        yield status
    finally:
        lifecycle.down(NAME)


def address(running: Status, name: str) -> str:
    return Kubectl(running)("get", "pod", name, "-o", "jsonpath={.status.podIP}")


def answers(running: Status, asking: str) -> bool:
    """Whether the pod `asked` gives another one its page."""
    ask = f"printf 'GET /page HTTP/1.0\\r\\n\\r\\n' | nc -w 1 {address(running, 'asked')} 8080 2>&1; true"
    return " 200 " in Kubectl(running)("exec", asking, "--", "sh", "-c", ask)


def test_packets_of_one_pod_are_dropped_and_pass_again(running: Status) -> None:
    faults, asked = pod_faults_of(running.paths), address(running, "asked")
    assert answers(running, "near")
    faults.drop_packets("node-1", asked, [address(running, "near")])
    assert not answers(running, "near")
    assert answers(running, "far")
    faults.pass_packets("node-1", asked)
    assert answers(running, "near")


def test_no_packet_reaches_a_pod_that_is_cut_off(running: Status) -> None:
    faults, asked = pod_faults_of(running.paths), address(running, "asked")
    faults.drop_packets("node-1", asked)
    assert (answers(running, "near"), answers(running, "far")) == (False, False)
    faults.pass_packets("node-1", asked)
    faults.pass_packets("node-1", asked)
    assert answers(running, "far")


def test_an_address_that_no_pod_has_is_refused(running: Status) -> None:
    with pytest.raises(EnvironmentUnfit, match="no pod with the address"):
        pod_faults_of(running.paths).drop_packets("node-1", "192.0.2.1")
    with pytest.raises(EnvironmentUnfit, match="has no node-9"):
        pod_faults_of(running.paths).drop_packets("node-9", "192.0.2.1")


@pytest.mark.skipif(bool(why_no_slow_volume()), reason=why_no_slow_volume())
def test_writes_are_slowed_and_go_freely_again(running: Status) -> None:
    kubectl, faults = Kubectl(running), pod_faults_of(running.paths)
    uid = kubectl("get", "pod", "asked", "-o", "jsonpath={.metadata.uid}")

    def took_s() -> float:
        began = time.monotonic()
        for _ in range(3):
            kubectl("exec", "asked", "--", "dd", "if=/dev/zero", "of=/written", "bs=4096", "count=1", "conv=fsync")
        return time.monotonic() - began

    freely = took_s()
    faults.slow_writes("node-1", uid, 2048)
    slowed = took_s()
    faults.slow_writes("node-1", uid, 0)
    assert slowed > freely + 1
    assert took_s() < slowed - 1


@pytest.mark.skipif(bool(why_no_slow_line()), reason=why_no_slow_line())
def test_answers_are_slowed_and_come_freely_again(running: Status) -> None:
    faults, at = pod_faults_of(running.paths), address(running, "asked")
    assert answers(running, "near")
    faults.slow_packets("node-1", at, 20)
    in_vain = [answers(running, "near") for _ in range(5)]  # a bucket that is full lets the first packets pass
    faults.slow_packets("node-1", at, 0)
    assert not in_vain[-1]
    assert answers(running, "near")
    faults.slow_packets("node-1", at, 0)


def test_a_pod_that_does_not_run_here_is_not_slowed(running: Status) -> None:
    with pytest.raises(EnvironmentUnfit, match="cannot be slowed"):
        pod_faults_of(running.paths).slow_writes("node-1", "no-such-uid", 1)
