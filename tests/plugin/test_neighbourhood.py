"""Who is alone in a run is alone, and what it has done is undone where it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.plugin.neighbourhood import neighbourhood

KILLED = """
import os, signal, sys
from pathlib import Path
from harness.plugin.neighbourhood import neighbourhood

with neighbourhood(Path(sys.argv[1]), exclusive=sys.argv[2] == "alone", mend=print):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def kill_one(folder: Path, how: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.run([sys.executable, "-c", KILLED, str(folder), how], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL


def enter(folder: Path, *, exclusive: bool) -> list[str]:
    """Return what was done on the way in."""
    done: list[str] = []
    with neighbourhood(folder, exclusive=exclusive, mend=lambda: done.append("mended")):
        return list(done)


@pytest.mark.row(38)
def test_what_a_killed_one_has_done_alone_is_mended_once_before_the_next(tmp_path):
    kill_one(tmp_path, "alone")
    assert enter(tmp_path, exclusive=False) == ["mended"]
    assert enter(tmp_path, exclusive=True) == []


def test_who_leaves_or_had_neighbours_leaves_nothing_to_mend(tmp_path):
    assert enter(tmp_path, exclusive=True) == []
    kill_one(tmp_path, "beside others")
    assert enter(tmp_path, exclusive=False) == []
