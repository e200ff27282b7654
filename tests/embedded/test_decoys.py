"""A cluster comes up and is judged right on a machine that is full of other people's programs and settings."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.host import distribution_program
from tests.fakes.decoys import Decoys

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]

SYSTEM = Path(__file__).parents[2] / "features" / "systems" / "nginx-web.yaml"
FEATURE = """\
Feature: Nothing of the machine is taken by accident
  Scenario: A set whose containers are not root comes up, is found by name and runs its next version
    Given StatefulSet "nginx-web" with 2 ready replicas
    When version "v2" of "nginx-web" is rolled out
    Then within 60 seconds all 2 replicas of "nginx-web" run version "v2"
    And within 10 seconds pod "nginx-web-0" resolves each form of "nginx-svc" to the ready pods of "nginx-web"
    And at no time since the scenario began did "nginx-web" replace a replica out of order
"""


@pytest.fixture
def decoys() -> Iterator[Decoys]:
    # pytest's own folder is too deep for a TMPDIR of an exact length.
    with tempfile.TemporaryDirectory(prefix="decoys-", dir="/tmp") as folder:
        laid = Decoys.lay(Path(folder), Path(f"/dev/shm/statefulspec-decoys-{os.getpid()}"))
        yield laid
        laid.trace.unlink(missing_ok=True)


@pytest.fixture
def dockerd(tmp_path: Path) -> Iterator[None]:
    """Let Docker run beside the cluster where it is installed, in a network and with a /run of its own."""
    program = distribution_program("dockerd")
    if program is None:
        yield
        return
    start = 'mount -t tmpfs docker /run && exec "$@"'
    options = ["--bridge=none", "--iptables=false", "--ip6tables=false", f"--data-root={tmp_path}/docker"]
    command = ["unshare", "--net", "--mount", "--propagation=private", "sh", "-c", start, "sh", str(program), *options]
    with (tmp_path / "dockerd.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as daemon:
        try:
            await_docker(daemon.pid)
            yield
        finally:
            daemon.terminate()


def await_docker(pid: int) -> None:
    retrying = Retrying(retry=retry_if_exception_type(OSError), stop=stop_after_delay(30), wait=wait_fixed(0.1))
    for attempt in retrying:
        with attempt, socket.socket(socket.AF_UNIX) as client:
            client.connect(f"/proc/{pid}/root/run/docker.sock")
            client.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
            assert client.recv(64).startswith(b"HTTP/1.0 200")


@pytest.mark.usefixtures("dockerd")
def test_a_cluster_among_decoys_is_as_good_as_on_a_bare_machine(decoys: Decoys, tmp_path: Path) -> None:
    (tmp_path / "decoys.feature").write_text(FEATURE)
    text, user = SYSTEM.read_text(), "      securityContext: {runAsUser: 65534, runAsNonRoot: true}\n"
    where = "      terminationGracePeriodSeconds: 2\n"
    assert where in text
    (tmp_path / "nginx-web.yaml").write_text(text.replace(where, user + where))
    options = ["-n", "1", "-p", "no:cacheprovider", f"--harness-report={tmp_path}/report"]
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path / "decoys.feature")]

    ran = decoys.run(command, {"HARNESS_CACHE": str(Cache.of_user().root)}, limit_s=300)

    called = decoys.trace.read_text() if decoys.trace.exists() else ""
    assert called == ""
    assert ran.returncode == 0, ran.stdout
    assert "1 passed" in ran.stdout
