"""What decides whether a pod is ready is a file that the harness may take away, or the step is refused at once."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from harness.actions.readiness import make_ready, make_unready, unsteerable, untouched
from harness.errors import BadInput, EnvironmentUnfit
from harness.history.history import History
from harness.history.observation import ACTION, Verb
from harness.kube.exec import CommandResult
from tests.actions.test_actions import FakeApi, FakeTarget
from tests.promises.histories import history

FILE: dict[str, Any] = {"exec": {"command": ["test", "-f", "/tmp/ready"]}}


def pod(probe: dict[str, Any] | None, *, ready: bool = True) -> dict[str, Any]:
    """Return a pod whose application comes second and has this probe; the first one's asks for the file."""
    containers = [{"name": "proxy", "readinessProbe": FILE}, {"name": "db"}]
    if probe is not None:
        containers[1]["readinessProbe"] = probe
    status = {"phase": "Running", "conditions": [{"type": "Ready", "status": str(ready)}]}
    metadata = {"name": "db-0", "uid": "uid-db-0"}
    return {"kind": "Pod", "metadata": metadata, "spec": {"containers": containers}, "status": status}


def target(found: dict[str, Any], ran: CommandResult | None = None) -> FakeTarget:
    return FakeTarget(FakeApi({("Pod", "db-0"): found}, ran=ran or CommandResult(0, "", "")))


@pytest.mark.parametrize(
    "probe",
    [
        pytest.param(FILE, id="test"),
        pytest.param({"exec": {"command": ["sh", "-c", "[ -e /tmp/ready ] && true"]}}, id="shell"),
        pytest.param({"exec": {"command": ["cat", "/tmp/ready"]}}, id="cat"),
        pytest.param({"httpGet": {"path": "/ready", "port": "web"}}, id="served"),
        pytest.param({"httpGet": {"path": "ready", "port": 80}}, id="served, without its slash"),
    ],
)
def test_a_probe_that_may_ask_for_the_file(probe: dict[str, Any]) -> None:
    assert unsteerable(pod(probe)) == ""


@pytest.mark.parametrize(
    ("probe", "said"),
    [
        pytest.param(None, "no readiness probe", id="none"),
        pytest.param({"exec": {"command": ["test", "-e", "/run/accepting"]}}, "`test -e /run/accepting`", id="R27"),
        pytest.param({"exec": {"command": ["cat", "/tmp/ready-to-go"]}}, "without a word of that file", id="longer"),
        pytest.param({"exec": {"command": ["cat", "/var/tmp/ready"]}}, "without a word of that file", id="elsewhere"),
        pytest.param({"exec": {"command": ["/scripts/ready.sh"]}}, "/scripts/ready.sh", id="script"),
        pytest.param({"httpGet": {"path": "/-/ready", "port": 80}}, "asks for /-/ready by httpGet", id="http"),
        pytest.param({"httpGet": {"port": 80}}, "asks for / by httpGet", id="root"),
        pytest.param({"tcpSocket": {"port": 80}}, "is tcpSocket", id="tcp"),
        pytest.param({"grpc": {"port": 80}}, "is grpc", id="grpc"),
    ],
)
def test_a_pod_that_no_file_makes_unready_is_refused_before_anything_is_done(
    probe: dict[str, Any] | None, said: str
) -> None:
    """The error says what the probe asks for now, and what it would have to ask for."""
    refusing = target(pod(probe))
    for fault in (make_unready, make_ready):
        with pytest.raises(BadInput) as raised:
            fault(refusing.target, "db-0")
        assert said in str(raised.value)
        assert 'container "db"' in str(raised.value)
        assert "[test, -f, /tmp/ready]" in str(raised.value)
    assert (refusing.api.requests, refusing.recorded()) == ([], [])


def test_readiness_is_a_file_of_the_application() -> None:
    done = target(pod(FILE))
    make_unready(done.target, "db-0")
    make_ready(done.target, "db-0")
    asked = [(facts["argv"], facts["container"]) for *_, facts in done.api.requests]
    assert asked == [(["rm", "/tmp/ready"], "db"), (["touch", "/tmp/ready"], "db")]
    facts = {"verb": "make unready", "kind": "Pod", "uid": "uid-db-0", "until": "make ready"}
    assert done.recorded()[0] == ("db-0", "uid-db-0", facts)


def test_a_pod_that_is_unready_already_may_lack_the_file() -> None:
    done = target(pod(FILE, ready=False))
    make_unready(done.target, "db-0")
    assert done.api.requests[0][-1]["argv"] == ["rm", "-f", "/tmp/ready"]


@pytest.mark.parametrize(
    ("ran", "said"),
    [
        (CommandResult(None, "", "", "container not found"), "container not found"),
        (
            CommandResult(1, "", "rm: can't remove '/tmp/ready': No such file or directory\n"),
            "No such file or directory",
        ),
    ],
)
def test_a_ready_pod_without_the_file_is_told_so(ran: CommandResult, said: str) -> None:
    """An application whose own /ready says something else has no such file."""
    lacking = target(pod({"httpGet": {"path": "/ready", "port": 80}}), ran)
    with pytest.raises(EnvironmentUnfit) as raised:
        make_unready(lacking.target, "db-0")
    lines = str(raised.value).splitlines()
    assert lines[0] == 'pod "db-0" could not be made unready'
    assert "the application has to make the file when it is ready" in lines[1]
    assert said in lines[2]
    assert lacking.recorded() == []


def test_a_pod_that_stays_ready_without_its_file_is_not_waited_for() -> None:
    """A slow probe is given its time, by its own numbers; one that became unready, or was replaced, is no such pod."""
    probe = FILE | {"periodSeconds": 1, "failureThreshold": 3}
    act = (ACTION, Verb.DONE, "db-0", {"verb": "make unready", "uid": "uid-db-0"})

    def cause(*later: tuple[str, Verb, str, dict[str, Any]]) -> list[tuple[str, float, str]]:
        record: History = history(("Pod", Verb.LISTED, "db-0", pod(probe)), act, *later)
        found = untouched("db-0")(record)
        return [(one.events[-1].topic, one.heals, one.text[:43]) for one in found]

    stays = [(ACTION, inf, "db-0 goes on being ready without /tmp/ready")]
    assert cause() == stays
    assert cause(("Pod", Verb.MODIFIED, "db-0", pod(probe, ready=False))) == []
    assert cause((ACTION, Verb.DONE, "db-0", {"verb": "make ready", "uid": "uid-db-0"})) == []
    other = pod(probe) | {"metadata": {"name": "db-0", "uid": "another"}}
    assert cause(("Pod", Verb.DELETED, "db-0", pod(probe)), ("Pod", Verb.ADDED, "db-0", other)) == []
    probe = FILE | {"periodSeconds": 10}
    noise = [("Event", Verb.ADDED, "noise", {"metadata": {"uid": f"{number}"}}) for number in range(34)]
    assert [cause(*noise[:count]) for count in (0, 32, 33)] == [[], [], stays]
