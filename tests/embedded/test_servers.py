"""The images of real servers, loaded into a cluster and run there as the users they are meant for."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from harness.cluster.embedded import lifecycle, servers
from harness.cluster.embedded.embedded import Embedded
from tests.embedded.conftest import Kubectl, traces

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]

SYSTEMS = Path(__file__).parents[2] / "features" / "systems"


@pytest.mark.skipif(not servers.can_be_made(), reason="images of real servers are made by mmdebstrap")
def test_servers_are_provided_once_and_run_as_their_users(name: str) -> None:
    cluster = Embedded.start(name, 1, "real", lambda _: None, owner_pid=os.getpid())
    assert "needs_servers" in cluster.capabilities
    for _ in range(2):
        cluster.provide("needs_servers", lambda _: None)
    running = lifecycle.status(name)
    assert running is not None
    kubectl = Kubectl(running)
    kubectl("apply", "-f", str(SYSTEMS / "mysql.yaml"), "-f", str(SYSTEMS / "nginx.yaml"))
    for pod in ("mysql-0", "nginx-0"):
        kubectl("wait", "--for=create", f"pod/{pod}", "--timeout=60s")
        kubectl("wait", "--for=condition=Ready", f"pod/{pod}", "--timeout=60s")

    assert "mysql" in owner_of(kubectl("exec", "mysql-0", "--", "ps"), "mariadbd")
    assert "nginx" in owner_of(kubectl("exec", "nginx-0", "--", "ps"), "nginx: worker process")
    packages = kubectl("exec", "mysql-0", "--", "cat", "/etc/packages")
    assert re.search(r"^mariadb-server-core_\S*10\.11\.\d+", packages, re.MULTILINE)
    everything = traces(running)
    cluster.stop()
    assert everything.left() == []


def owner_of(listing: str, command: str) -> list[str]:
    """Return the second column, the user, of each process in what busybox's ps prints."""
    return [line.split()[1] for line in listing.splitlines() if command in line]
