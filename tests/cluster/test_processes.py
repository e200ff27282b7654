"""Processes that outlive the command that started them."""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path

from harness.cluster.embedded.processes import end_all, is_alive, spawn


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
    piece = spawn("sleeper", ["sleep", "60"], "another-mark", tmp_path / "log")
    end_all(secrets.token_hex(8), [piece])
    assert not is_alive(piece)
