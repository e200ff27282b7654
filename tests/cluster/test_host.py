"""What a cluster uses of its machine is taken on purpose, and nothing of whoever starts it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from harness.cluster.embedded import host
from harness.cluster.embedded.answering import await_answer
from harness.cluster.embedded.state import ClusterPaths, ClusterState
from harness.errors import EnvironmentUnfit


@pytest.fixture
def decoy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a wrapper of `env` first on PATH; returns the file that it would write."""
    (tmp_path / "bin").mkdir()
    wrapper = tmp_path / "bin" / "env"
    wrapper.write_text(f"#!/bin/sh\necho called >{tmp_path}/trace\nexit 1\n")
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    return tmp_path / "trace"


@pytest.fixture
def strict() -> Iterator[None]:
    """Let nobody else read what is written."""
    former = os.umask(0o077)
    yield
    os.umask(former)


def test_a_program_of_the_machine_gets_what_it_is_given_and_no_more(
    decoy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LD_PRELOAD_OF_OURS", "HTTPS_PROXY", "KUBECONFIG", "CONTAINERD_SNAPSHOTTER", "TMPDIR"):
        monkeypatch.setenv(name, "/of/ours")
    told = host.run(["env"], "asking", environment={"PATH": "/cluster/bin"}).splitlines()
    assert sorted(told) == ["HOME=/", "PATH=/cluster/bin", "TZ=UTC"]
    assert not decoy.exists()


def test_a_program_of_the_machine_has_neither_our_folder_nor_our_umask(strict: None) -> None:
    assert host.run(["sh", "-c", "pwd; umask"], "asking") == "/\n0022\n"


def test_a_program_that_fails_is_told_with_what_it_said() -> None:
    with pytest.raises(EnvironmentUnfit) as error:
        host.run(["sh", "-c", "echo no such table >&2; exit 3"], "making the network")
    assert error.value.title == "making the network failed"
    assert error.value.observed == "no such table"


def test_a_program_that_is_nowhere_is_named(decoy: Path) -> None:
    decoy.with_name("bin").joinpath("nowhere").write_text("")
    with pytest.raises(EnvironmentUnfit, match="nowhere is not installed"):
        host.ask(["nowhere"])


def test_a_program_that_does_not_end_is_told() -> None:
    with pytest.raises(EnvironmentUnfit, match="`sleep 60` did not end within"):
        host.ask(["sleep", "60"], limit_s=0.1)


class Well(BaseHTTPRequestHandler):
    """Answers that it is well."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        pass


def test_a_server_of_the_cluster_is_asked_past_the_proxies_of_who_starts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with HTTPServer(("127.0.0.1", 0), Well) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            await_answer(f"http://127.0.0.1:{server.server_port}/ready", "it", 2.0, lambda: None)
        finally:
            server.shutdown()
            thread.join()


def test_every_user_may_read_a_state_that_was_written_under_a_strict_umask(strict: None, tmp_path: Path) -> None:
    paths = ClusterPaths("x", tmp_path / "state", tmp_path / "data", tmp_path / ".x.lock")
    paths.write(ClusterState("x", "real", 1))
    assert (paths.state / "state.json").stat().st_mode & 0o777 == 0o644
