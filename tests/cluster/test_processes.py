"""Processes that outlive the command that started them."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
from pathlib import Path

import pytest

from harness.cluster.components import is_alive, status_of
from harness.cluster.embedded.processes import end, end_all, freeze, kept, spawn, thaw


def test_a_lock_that_is_held_while_a_process_is_started_does_not_outlast_its_holder(tmp_path: Path) -> None:
    lock, token = tmp_path / "lock", secrets.token_hex(8)
    with lock.open("w") as held:
        os.set_inheritable(held.fileno(), True)  # noqa: FBT003 - positional only; a shell's own are so
        fcntl.flock(held, fcntl.LOCK_EX)
        spawn("sleeper", ["sleep", "60"], token, tmp_path / "log")
    try:
        with lock.open("w") as taken:
            fcntl.flock(taken, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        end_all(token)


def test_a_process_that_has_lost_its_mark_is_ended_all_the_same(tmp_path: Path) -> None:
    component = spawn("sleeper", ["sleep", "60"], "another-mark", tmp_path / "log")
    end_all(secrets.token_hex(8), [component])
    assert not is_alive(component)


def test_a_process_starts_apart_from_its_starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its PATH, nor its folder, nor its umask, nor the signals that it ignores."""
    (tmp_path / "env").write_text("#!/bin/sh\necho a wrapper\n")
    (tmp_path / "env").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    former, ignored = os.umask(0o077), signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        told = "env; pwd; umask; grep SigIgn /proc/self/status"
        component = spawn("p", ["sh", "-c", told], "token-of-this-test", tmp_path / "log")
        os.waitpid(component.pid, 0)
    finally:
        os.umask(former)
        signal.signal(signal.SIGTERM, ignored)
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines[-3:-1] == ["/", "0022"]
    assert int(lines[-1].removeprefix("SigIgn:"), 16) & 1 << signal.SIGTERM - 1 == 0
    assert "a wrapper" not in lines
    assert "PATH=/usr/sbin:/usr/bin:/sbin:/bin" in lines


def test_a_kept_program_is_halted_and_ended_with_what_would_start_it_again(tmp_path: Path) -> None:
    """Between a component and such a program stand two: what has entered the node, and the shell that keeps it."""
    os.mkfifo(tmp_path / "told")
    program = ["sh", "-c", f"echo $$ >{tmp_path}/told; exec sleep 60"]
    component = spawn("kept", ["sh", "-c", '"$@"; exit', "sh", *kept(program)], secrets.token_hex(8), tmp_path / "log")
    pid = int((tmp_path / "told").read_text())

    freeze(component)
    halted = status_of(pid)[0]
    thaw(component)
    going_on = status_of(pid)[0]
    end(component)

    assert (halted, going_on in "RS") == ("T", True)
    assert status_of(pid)[:1] in ([], ["Z"])


def test_a_program_that_cannot_run_for_five_seconds_is_not_started_again(tmp_path: Path) -> None:
    component = spawn("kept", kept(["sh", "-c", "echo began; exit 3"]), secrets.token_hex(8), tmp_path / "log")
    _, status = os.waitpid(component.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 3
    assert (tmp_path / "log").read_text() == "began\n"
