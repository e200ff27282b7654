"""
The run's side of the supervisor of a cluster: started, listened to, told what is to be done last, released.

What the supervisor itself does, also when the run is killed, see `harness.cluster.supervisor`.
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

from harness.cluster import supervisor
from harness.errors import EnvironmentUnfit

__all__ = ["await_made", "release", "start_supervisor", "tell"]

_LAST_LINES = 12
"""Lines of the program's output that an error quotes."""


def start_supervisor(task: supervisor.Task) -> subprocess.Popen[str]:
    """Return the supervisor that does the task; the program writes its kubeconfig into the task's folder."""
    return subprocess.Popen(
        [sys.executable, "-I", supervisor.__file__, json.dumps(asdict(task))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, "KUBECONFIG": f"{task.folder}/kubeconfig"},
        start_new_session=True,
    )


def await_made(supervising: subprocess.Popen[str], task: supervisor.Task, progress: Callable[[str], None]) -> None:
    """Return when the cluster is made; raises EnvironmentUnfit with the program's last words if it failed."""
    last: deque[str] = deque(maxlen=_LAST_LINES)
    for line in _words(supervising):
        if line == supervisor.READY:
            return
        last.append(line)
        progress(line)
    raise EnvironmentUnfit(
        f"{Path(task.make[0]).name} could not bring up the cluster",
        expected=f"`{shlex.join(task.make)}` succeeds",
        observed="\n".join(last) or "it failed without a word",
    )


def tell(supervising: subprocess.Popen[str], last: Sequence[str]) -> None:
    """Have the supervisor run a last command when the cluster is gone."""
    if supervising.stdin:
        supervising.stdin.write(json.dumps(last))
        supervising.stdin.flush()


def release(supervising: subprocess.Popen[str]) -> str:
    """Tell the supervisor that its owner has ended; return its words once it has done its work and ended too."""
    if supervising.stdin:
        supervising.stdin.close()
    words = "\n".join(_words(supervising))
    with supervising:
        return words


def _words(supervising: subprocess.Popen[str]) -> Iterator[str]:
    for line in map(str.strip, supervising.stdout or ()):
        if line == supervisor.GONE:
            return
        if line:
            yield line
