"""
Makes a cluster with a program of its own, waits for whoever wanted it to end, and removes it.

Problem: a run that is killed can neither end the program that is making its cluster nor remove what that has made.
Solution: the program is started by this small process, whose standard input is a pipe that only the run holds: the
kernel closes it however the run ends. It needs nothing but the standard library, so that it starts at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["GONE", "READY", "Task", "main"]

READY = "the cluster is ready"
"""The line that follows the program's own once it has succeeded."""
GONE = "the supervisor has done its work"
"""The last line, whatever came of it; a process that the program has left behind may keep the output open."""

_OWNER, _LISTENER = 0, 1
"""The descriptors that the process is started with."""
_REMOVAL_S = 300.0
"""Seconds for the removal of a cluster, which may be one of virtual machines; nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Task:
    """
    Three commands, each may be empty, and the folder that goes with the cluster.

    `undo`: after a `make` that failed, was ended or took longer than `limit_s`. `remove`: when the owner has ended.
    """

    make: Sequence[str]
    undo: Sequence[str]
    remove: Sequence[str]
    folder: str
    limit_s: float


def main(task: Task) -> int:
    """
    Return, when the owner has ended and what shall go is gone, the exit status of the first command that failed.

    Once it was told that the cluster is ready the owner may say, as a list in JSON, one command for after the removal.
    """
    status, last = _run(task.make, task.limit_s, sys.stdout.fileno(), ended_by=(_OWNER,)), ""
    if status == 0:
        _say(READY)
        last = sys.stdin.read()
    # A program that speaks to an owner who is gone would be ended by its first word.
    with (Path(task.folder) / "removal").open("w+") as words:
        removed = _run(task.remove if status == 0 else task.undo, _REMOVAL_S, words.fileno())
        removed = _run(json.loads(last or "[]"), _REMOVAL_S, words.fileno()) or removed
        words.seek(0)
        if removed:
            _say(words.read())
    removed = _clear(task.folder) or removed
    _say(GONE)
    return status or removed


def _clear(folder: str) -> int:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        _say(f"{folder} could not be removed: {error}")
        return 1
    return 0


def _run(command: Sequence[str], limit_s: float, output: int, ended_by: tuple[int, ...] = ()) -> int:
    """Run a command; end it, with all that it has started, after its time or when a descriptor is closed."""
    if not command:
        return 0
    ended, child_ended = os.pipe()
    os.set_blocking(child_ended, False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(child_ended)
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
    )
    happened, _, _ = select.select([ended, *ended_by], [], [], limit_s)
    if ended not in happened:
        os.killpg(process.pid, signal.SIGKILL)
    if not happened:
        _say(f"it had not ended after {limit_s:g} s and was ended")
    return process.wait()


def _say(words: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # an owner that was killed has no ears
        os.write(_LISTENER, f"\n{words}\n".encode())  # whatever the program has left unfinished


if __name__ == "__main__":
    sys.exit(main(Task(**json.loads(sys.argv[1]))))
