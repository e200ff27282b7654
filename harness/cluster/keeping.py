"""
The run's side of the keeper of a cluster: started, listened to, told what is to be done last, released.

What the keeper itself does, also when the run is killed, see `harness.cluster.keeper`.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from harness.cluster import keeper
from harness.errors import EnvironmentUnfit

__all__ = ["await_made", "release", "start_keeper", "tell"]

_LAST_LINES = 12


def start_keeper(task: keeper.Task) -> subprocess.Popen[str]:
    """Return the keeper that does the task; the program writes its kubeconfig into the task's folder."""
    return subprocess.Popen(
        [sys.executable, "-I", keeper.__file__, json.dumps(asdict(task))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, "KUBECONFIG": f"{task.folder}/kubeconfig"},
        start_new_session=True,
    )


def await_made(keeping: subprocess.Popen[str], task: keeper.Task, progress: Callable[[str], None]) -> None:
    """Return when the cluster is made; raises EnvironmentUnfit with the program's last words if it failed."""
    last: deque[str] = deque(maxlen=_LAST_LINES)
    for line in _words(keeping):
        if line == keeper.READY:
            return
        last.append(line)
        progress(line)
    raise EnvironmentUnfit(
        f"{Path(task.make[0]).name} could not bring up the cluster",
        expected=f"`{shlex.join(task.make)}` succeeds",
        observed="\n".join(last) or "it failed without a word",
    )


def tell(keeping: subprocess.Popen[str], last: Sequence[str]) -> None:
    """Have the keeper run a last command when the cluster is gone."""
    if keeping.stdin:
        keeping.stdin.write(json.dumps(last))
        keeping.stdin.flush()


def release(keeping: subprocess.Popen[str]) -> str:
    """Tell the keeper that its owner has ended; return its words once it has done its work and ended too."""
    if keeping.stdin:
        keeping.stdin.close()
    words = "\n".join(_words(keeping))
    with keeping:
        return words


def _words(keeping: subprocess.Popen[str]) -> Iterator[str]:
    for line in map(str.strip, keeping.stdout or ()):
        if line == keeper.GONE:
            return
        if line:
            yield line
