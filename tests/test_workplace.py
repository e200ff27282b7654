"""Temporary folders go with the processes that use them, also with those that are killed."""

from __future__ import annotations

import base64
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.workplace import make_workplace, remove_workplace, workplace
from tests.fakes.apiserver import kubeconfig
from tests.kube.test_unreachable import self_signed

USER = "import sys; from pathlib import Path; from harness.workplace import *; {deed}; sys.stdin.read()"
CREDENTIALS = """\
import sys; from pathlib import Path; from harness.kube.api import Api; from harness.workplace import credentials_folder
Api.connect(Path(sys.argv[1])); print(credentials_folder(), flush=True); sys.stdin.read()"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder, for this process and those that it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def use(temporary: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], Path]]]:
    """Start a process that has a folder and waits; returns both."""
    begun: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object) -> tuple[subprocess.Popen[str], Path]:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        user = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        begun.append(user)
        assert user.stdout is not None
        return user, Path(user.stdout.readline().strip())

    yield start
    for each in begun:
        each.kill()
        each.communicate()


def ended(user: subprocess.Popen[str], *, killed: bool) -> None:
    if killed:
        user.kill()
    user.communicate(timeout=30)


MAKES = USER.format(deed='print(make_workplace("run"), flush=True)')
HOLDS = USER.format(deed="print(hold(Path(sys.argv[1])) and sys.argv[1], flush=True)")


def test_what_a_killed_process_leaves_is_gone_when_the_next_one_begins(use):
    user, folder = use(MAKES)
    (folder / "cluster.sock").touch()
    ended(user, killed=True)
    assert folder.is_dir()

    with workplace("run") as ours:
        assert not folder.exists()
        assert ours.is_dir()
    assert not ours.exists()


def test_what_is_used_stays_however_old_it_is(use):
    _, folder = use(MAKES)

    remove_workplace(make_workplace("run"))

    assert folder.is_dir()


def test_what_one_of_several_still_uses_stays(use):
    first, folder = use(MAKES)
    second, held = use(HOLDS, folder)
    assert held == folder
    ended(first, killed=True)
    remove_workplace(make_workplace("run"))
    assert folder.is_dir()

    ended(second, killed=True)
    remove_workplace(make_workplace("run"))
    assert not folder.exists()


def test_what_is_nobodys_known_is_left_alone(temporary):
    (temporary / "statefulspec-notes").mkdir()
    remove_workplace(make_workplace("run"))

    assert [path.name for path in temporary.iterdir()] == ["statefulspec-notes"]


@pytest.mark.parametrize("killed", [False, True])
def test_credentials_do_not_outlive_who_has_used_them(use, temporary, tmp_path, killed):
    authority = base64.b64encode(self_signed(tmp_path)[0].read_bytes()).decode()
    config = kubeconfig(tmp_path, "https://127.0.0.1:1", **{"certificate-authority-data": authority})
    user, folder = use(CREDENTIALS, config)
    assert any("CERTIFICATE" in path.read_text() for path in folder.iterdir())

    ended(user, killed=killed)
    remove_workplace(make_workplace("run"))
    assert {path.name for path in temporary.iterdir()} == {"kubeconfig", "cert.pem", "key.pem"}


def test_a_run_that_may_not_begin_leaves_no_folder(pytester, temporary, monkeypatch):
    pytester.makefile(".feature", shelf="Feature: A shelf\n  Scenario: A book\n    Given a shelf\n")

    said = pytester.runpytest_subprocess("--harness-keep=failed", "--harness-cluster=fake", "--harness-cluster-name=no")

    assert said.ret == pytest.ExitCode.USAGE_ERROR
    assert not list(temporary.glob("statefulspec-*"))


def test_a_socket_has_room_below_a_workplace_however_long_the_path_of_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel allows 107 characters; without this a run with workers ended before its first scenario."""
    long = tmp_path / ("x" * (111 - len(str(tmp_path))))
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with workplace("run") as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "cluster.sock"))
        assert folder.parent == Path("/tmp")
    assert not folder.exists()
