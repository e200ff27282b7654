"""
A container engine of a run's own, in namespaces that end with the run.

Problem: dockerd sets rules for forwarding and addresses of the whole machine, and leaves mounts and containers behind
when it is killed. Solution: it has a network, mounts and processes of its own. The kernel ends them all, and takes back
what they held, when the first process in there ends, which it does when its parent does, however that happens. What is
left after SIGKILL, a folder and cgroups, the next run removes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness.cluster.components import Component, component_of, is_alive
from harness.cluster.embedded import cgroups
from harness.workplace import workplace

__all__ = ["run"]

_CGROUP = "statefulspec-engine-"
_DAEMON = "ci.offline_kind.daemon"
_NAMESPACES = (
    *("setpriv", "--pdeathsig=KILL"),
    *("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation=private"),
    *("catatonit", "--"),
)


def run(image: Path, programs: Path, command: Sequence[str]) -> int:
    """
    Run a command beside an engine that has the image, and `programs` first on PATH; return its exit status.

    Nothing of the engine, nor of what the command made with it, is left then.
    """
    _remove_orphans()
    me = component_of("", os.getpid())
    cgroup = f"{_CGROUP}{me.pid}-{me.started}"
    with workplace("kind") as folder:
        daemon = [sys.executable, "-m", _DAEMON, str(folder), cgroup, str(image), str(programs)]
        try:
            with _interrupts_for_the_command(), subprocess.Popen([*_NAMESPACES, *daemon, *command]) as inside:
                try:
                    return inside.wait()
                finally:
                    inside.kill()
        finally:
            cgroups.remove(cgroup)


@contextmanager
def _interrupts_for_the_command() -> Iterator[None]:
    """Let a terminal's interrupt, which the command gets as well, end that in its own way, and nothing beside it."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _remove_orphans() -> None:
    """Remove the cgroups of runs that were killed; their names tell whose they are."""
    for name in cgroups.names(f"{_CGROUP}*"):
        pid, started = name.removeprefix(_CGROUP).split("-")
        if not is_alive(Component("", int(pid), int(started))):
            cgroups.remove(name)
