"""Every client of the API server has a go-between once somebody needs it, which does what it is told and no more."""

from __future__ import annotations

import http.client
import json
import os
import select
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from harness.cluster.embedded import interposing, lifecycle
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.embedded import Embedded
from harness.cluster.embedded.families import GO_BETWEEN
from harness.cluster.embedded.go_between import GoBetween
from harness.cluster.embedded.go_modules import GoModules
from harness.cluster.embedded.lifecycle import Status
from harness.cluster.embedded.process_outages import outages_of
from harness.errors import BadInput
from harness.kube.api import Api
from harness.model import KINDS
from tests.embedded.conftest import traces

pytestmark = pytest.mark.embedded

NAME = f"between-{os.getpid()}"
MANAGER = "kube-controller-manager"
HOLD = {"do": "hold", "resource": "statefulsets"}


def quiet(_: str) -> None:
    pass


@pytest.fixture(scope="module")
def running() -> Iterator[Status]:
    """Give a cluster of one fake node whose programs have go-betweens."""
    lifecycle.up(NAME, 1, "fake", progress=quiet)
    try:
        Embedded.attach(NAME).provide("needs_go_between", quiet)
        status = lifecycle.status(NAME)
        assert status is not None
        yield status
    finally:
        lifecycle.down(NAME)


@pytest.fixture
def api(running: Status) -> Iterator[Api]:
    with closing(Api.connect(running.paths.kubeconfig, f"statefulspec-{NAME}")) as connected:
        yield connected


def test_every_program_reaches_the_server_through_its_own_and_the_user_straight(running: Status) -> None:
    servers = {
        path.stem: next(line.split()[-1] for line in path.read_text().splitlines() if "server:" in line)
        for path in (running.paths.data / "pki").glob("*.kubeconfig")
    }
    assert len(set(servers.values())) == len(servers) == 3
    assert running.state.server not in servers.values()
    assert running.state.server in running.paths.kubeconfig.read_text()
    assert running.runs


def test_a_second_scenario_that_needs_them_gets_those_that_are_there(running: Status) -> None:
    before = [component.pid for component in running.state.components]
    interposing.put_between(running.paths, GoModules(Cache.of_user(), quiet).ensure(GO_BETWEEN) / "go-between")
    now = lifecycle.status(NAME)
    assert now is not None
    assert [component.pid for component in now.state.components] == before


def test_a_rule_is_an_outage_that_can_be_undone_once(running: Status) -> None:
    outages = outages_of(running.paths)
    outages.steer(MANAGER, "sees nothing", HOLD)
    with pytest.raises(BadInput, match="is out already"):
        outages.steer(MANAGER, "sees nothing", HOLD)
    assert outages.met(f"{MANAGER}: sees nothing") == (0, False)
    assert outages.mend() == [f"{MANAGER}: sees nothing"]
    assert GoBetween(running.paths, MANAGER).tell({})["rules"] == []


def test_a_program_under_a_rule_can_be_made_to_fail_too(running: Status) -> None:
    outages = outages_of(running.paths)
    outages.steer(MANAGER, "sees nothing", HOLD)
    outages.restart(MANAGER)
    outages.restore(f"{MANAGER}: sees nothing")
    outages.await_well()


def test_a_program_without_a_go_between_is_refused(running: Status) -> None:
    with pytest.raises(BadInput, match="etcd has no go-between"):
        outages_of(running.paths).steer("etcd", "sees nothing", HOLD)


def test_what_a_killed_process_has_left_behind_is_withdrawn_by_the_next(running: Status) -> None:
    script = f"""
from harness.cluster.embedded.process_outages import outages_of
from harness.cluster.embedded.state import ClusterPaths
outages_of(ClusterPaths.of({NAME!r})).steer({MANAGER!r}, "sees nothing", {HOLD!r})
print("done", flush=True)
input()
"""
    maker = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with maker:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "done\n"
        assert [rule["done"] for rule in GoBetween(running.paths, MANAGER).tell({})["rules"]] == [False]
        maker.kill()
    assert outages_of(running.paths).mend(left_behind=True) == [f"{MANAGER}: sees nothing"]
    assert GoBetween(running.paths, MANAGER).tell({})["rules"] == []


def test_events_wait_at_the_go_between_until_the_rule_is_withdrawn(running: Status, api: Api) -> None:
    outages = outages_of(running.paths)
    outages.steer(MANAGER, "sees nothing", HOLD)
    try:
        made = api.create(KINDS["StatefulSet"], statefulset(), "default")
        seen, done = outages.met(f"{MANAGER}: sees nothing", 10)
        assert done
        assert seen >= 1
        assert api.list(KINDS["Pod"], "default").items == ()
    finally:
        outages.restore(f"{MANAGER}: sees nothing")
    events = api.watch(KINDS["Pod"], "default", made["metadata"]["resourceVersion"], timeout_s=10)
    assert next(iter(events))["object"]["metadata"]["name"] == "web-0"
    api.delete(KINDS["StatefulSet"], "web", "default")


def statefulset() -> dict[str, Any]:
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "web"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"serviceName": "web", "replicas": 1, "selector": {"matchLabels": labels}, "template": template},
    }


@pytest.mark.parametrize(("user", "code"), [("kube-scheduler", 403), ("", 403), (MANAGER, 200)])
def test_it_speaks_for_its_program_and_for_nobody_else(running: Status, user: str, code: int) -> None:
    keys = running.paths.data / "pki"
    text = (keys / f"{MANAGER}.kubeconfig").read_text()
    address = urlsplit(next(line.split()[-1] for line in text.splitlines() if "server:" in line))
    tls = ssl.create_default_context(cafile=str(keys / "ca.crt"))
    if user:
        tls.load_cert_chain(keys / f"{user}.crt", keys / f"{user}.key")
    connection = http.client.HTTPSConnection(address.hostname or "", address.port or 0, timeout=10, context=tls)
    with closing(connection):
        connection.request("GET", "/api/v1/pods?limit=1")
        answer = connection.getresponse()
        told = json.loads(answer.read())
    assert answer.status == code, told


def test_no_other_user_may_command_it(running: Status) -> None:
    mode = (running.paths.data / "go-between" / GoBetween(running.paths, MANAGER).name).stat().st_mode
    assert mode & 0o077 == 0


def test_nothing_is_left_of_them_when_the_owner_was_killed(tmp_path: Path) -> None:
    name = f"{NAME}-owned"
    script = f"""
from harness.cluster.embedded.embedded import Embedded
import os
cluster = Embedded.start({name!r}, 1, "fake", lambda _: None, owner_pid=os.getpid())
cluster.provide("needs_go_between", lambda _: None)
print("up", flush=True)
input()
"""
    owner = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "up\n"
        found = lifecycle.status(name)
        assert found is not None
        assert interposing.is_steered(found.state)
        left = traces(found)
        reaper = found.state.component("reaper")
        assert reaper is not None
        handle = os.pidfd_open(reaper.pid)
        owner.send_signal(signal.SIGKILL)

    select.select([handle], [], [], 60)
    os.close(handle)
    assert left.left() == []
