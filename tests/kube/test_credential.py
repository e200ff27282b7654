"""A kubeconfig's credential plugin is run within a bound, and what keeps it from a credential is told in its words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness import timeouts
from harness.errors import EnvironmentUnfit
from harness.kube.api import Api
from harness.kube.credential import CredentialPlugin
from tests.fakes.apiserver import FakeServer, serving

GOOD = json.dumps({"kind": "ExecCredential", "status": {"token": "t0"}})

Plugin = Callable[..., CredentialPlugin]


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    def make(script: str) -> CredentialPlugin:
        path = tmp_path / "login"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return CredentialPlugin({"command": "./login"}, {}, tmp_path)

    return make


@pytest.fixture
def impatient() -> Iterator[None]:
    timeouts.set_scale(0.02)
    yield
    timeouts.set_scale(1)


@pytest.mark.row(20)
@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo 'no session: log in first' >&2; exit 3", ["it exited with code 3", "  no session: log in first"]),
        ("echo garbage; echo 'a warning' >&2", ["what it printed is no ExecCredential", "  a warning"]),
        ("echo '[]'", ["what it printed is no ExecCredential"]),
        ("printf '\\377\\376'", ["what it printed is no ExecCredential"]),
        ("echo '{\"status\": {}}'", ["its ExecCredential has neither a token nor a certificate with its key"]),
    ],
)
def test_what_gives_no_credential_is_told_in_its_own_words(plugin: Plugin, script: str, told: list[str]) -> None:
    with pytest.raises(EnvironmentUnfit) as raised:
        plugin(script).user()
    said = str(raised.value)
    assert said.startswith("the kubeconfig's credential plugin './login' gave no credential\n")
    assert all(line in said for line in told)


@pytest.mark.row(20)
def test_one_that_hangs_ends_with_all_that_it_has_started(plugin: Plugin, tmp_path: Path, impatient: None) -> None:
    with pytest.raises(EnvironmentUnfit) as raised:
        plugin(f"echo 'open the browser' >&2; sleep 999 & echo $! >{tmp_path}/started; wait").user()
    assert "it had not ended after 0.6 s" in str(raised.value)
    assert "  open the browser" in str(raised.value)
    started = int((tmp_path / "started").read_text())
    Retrying(retry=retry_if_result(_lives), wait=wait_fixed(0.01), stop=stop_after_delay(10))(_lives, started)


def _lives(pid: int) -> bool:
    """Say whether a process runs: the signal that ends it takes effect when it is next given a core."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_one_that_is_not_there_is_told_with_its_own_hint(tmp_path: Path) -> None:
    absent = CredentialPlugin({"command": "no-such-login", "installHint": "get it from us"}, {}, tmp_path)
    with pytest.raises(EnvironmentUnfit) as raised:
        absent.user()
    assert "it cannot be started: No such file or directory" in str(raised.value)
    assert "  get it from us" in str(raised.value)


def test_a_token_is_asked_for_once_while_it_is_valid(plugin: Plugin, tmp_path: Path) -> None:
    script = f"echo x >>{tmp_path}/asked; echo '{GOOD}'"
    asked = plugin(script)
    assert [asked.user(), asked.user()] == [{"token": "t0"}, {"token": "t0"}]
    assert (tmp_path / "asked").read_text() == "x\n"


def test_the_server_gets_the_token(tmp_path: Path) -> None:
    """It stands in no argument and in no variable of anybody else."""
    login = tmp_path / "login"
    login.write_text(f"#!/bin/sh\necho '{GOOD}'\n")
    login.chmod(0o755)
    with serving() as server:
        server.answers["GET", "/version"] = lambda _call: (200, {"gitVersion": "v1.36.3"})
        Path(tmp_path / "config").write_text(json.dumps(_kubeconfig(server)))
        assert Api.connect(tmp_path / "config").version() == "v1.36.3"
        assert server.calls[0].headers["authorization"] == "Bearer t0"


def _kubeconfig(server: FakeServer) -> dict[str, object]:
    return {
        "current-context": "a",
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
        "clusters": [{"name": "a", "cluster": {"server": server.url}}],
        "users": [{"name": "a", "user": {"exec": {"apiVersion": "v1", "command": "./login"}}}],
    }
