"""
The processes of a cluster: started apart from whoever starts them, found and ended by the mark in their environment.

Problem: a process may be started and its starter killed before the pid is written down.
Solution: the mark is known before the first start, every child inherits it, and the kernel shows it in /proc.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness import timeouts
from harness.cluster.components import Component, component_of, is_alive, status_of
from harness.cluster.embedded.host import ENVIRONMENT, UMASK
from harness.errors import EnvironmentUnfit

__all__ = ["end", "end_all", "freeze", "kept", "marked", "spawn", "tail", "thaw"]

_MARK = "HARNESS_CLUSTER"
_REAPING_S = 1.0
"""How long a parent may take to reap its children before it is ended all the same."""
_CLEAR_LOOKS = 3
"""How often nothing must be found before nothing is left: in the middle of an execve a process shows no environment."""
_KEEP = """
while read -r began _ </proc/uptime; do
  "$@"
  code=$?
  read -r ended _ </proc/uptime
  [ "$((${ended%.*} - ${began%.*}))" -ge 5 ] || exit "$code"
  echo "ended with $code, and is started again" >&2
done
"""
"""Of a shell's own words alone: a node has no `date`."""
_WRAPPERS = ("sh", "nsenter", "unshare")
"""What stands between a component and its program."""
_APART = f'cd / && umask {UMASK:03o} && exec "$@"'


def kept(command: Sequence[str]) -> list[str]:
    """Return a command that starts this one again when it ends, unless it could not run for even five seconds."""
    return ["sh", "-c", _KEEP, "sh", *command]


def spawn(
    name: str, command: Sequence[str | Path], token: str, log: Path, environment: Mapping[str, str] | None = None
) -> Component:
    """
    Start a process in a session of its own, its output appended to `log`, with nothing of ours.

    That is: none of our variables, not our working folder, our umask or the signals that we ignore. No file that is
    open here stays open there: a lock that somebody holds while we run does not outlast us.
    """
    env = {**ENVIRONMENT, _MARK: token, **(environment or {})}
    log.parent.mkdir(parents=True, exist_ok=True)
    pid = os.posix_spawn(
        "/bin/sh",
        ["sh", "-c", _APART, "sh", *map(str, command)],
        env,
        setsid=True,
        setsigmask=(),
        setsigdef=signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
            *((os.POSIX_SPAWN_CLOSE, descriptor) for descriptor in _inherited()),
        ],
    )
    return component_of(name, pid)


def _inherited() -> list[int]:
    """Return the descriptors, beside the standard ones, that a new process would get from us."""
    found = []
    for descriptor in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
        with suppress(OSError):  # the one that listed the folder is closed again
            if descriptor > 2 and os.get_inheritable(descriptor):
                found.append(descriptor)
    return found


def end(component: Component) -> None:
    """
    Kill a component's process, then what it has started and could start again; returns when all is gone.

    Raises EnvironmentUnfit if it outlives SIGKILL.
    """
    if not is_alive(component):
        return
    left = [component_of(component.name, pid) for pid in (component.pid, *_children(component.pid))]
    deadline = time.monotonic() + timeouts.PROCESS_END.s
    for one in left:
        _kill(one.pid)
    for one in left:
        _await_end(one, deadline)
        _reap(one.pid)


def freeze(component: Component) -> None:
    """
    Halt a component's process where it stands, as SIGSTOP does, with all it has; it stands still when this returns.

    Raises EnvironmentUnfit if it does not.
    """
    pids = _children(component.pid) or [component.pid]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    retrying = Retrying(
        retry=retry_if_result(lambda still: not still),
        stop=stop_after_delay(timeouts.PROCESS_END.s),
        wait=wait_fixed(0.005),
        retry_error_callback=lambda _: False,
    )
    if not retrying(lambda: all(status_of(pid)[:1] == ["T"] for pid in pids)):
        raise EnvironmentUnfit(
            f"{component.name} (process {component.pid}) did not stand still", expected="SIGSTOP halts it"
        )


def thaw(component: Component) -> None:
    """Let a halted process go on; nothing happens to one that is not halted or has ended."""
    if is_alive(component):
        for pid in (component.pid, *_children(component.pid)):
            os.kill(pid, signal.SIGCONT)


def marked(token: str) -> Iterator[int]:
    """Yield the pid of every living process that carries the cluster's mark, but not our own."""
    mark = f"{_MARK}={token}".encode()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                variables = (folder / "environ").read_bytes().split(b"\0")
            except (FileNotFoundError, PermissionError, ProcessLookupError):
                continue  # it has ended, or it is another user's and so not ours
            if mark in variables:
                yield int(folder.name)


def end_all(token: str, components: Iterable[Component] = ()) -> None:
    """
    End every process that carries the mark, and these; returns when each is gone, not only told to go.

    A process that somebody has killed loses its mark before it is gone: `components` tells of those that may be.
    Children go before their parents, who reap them: a node's namespace lives until its last process is reaped, and the
    machine's own first process may take its time. Raises EnvironmentUnfit if one outlives SIGKILL.
    """
    told = {component for component in components if component.pid != os.getpid()}
    patience_ends = time.monotonic() + _REAPING_S
    clear_looks = 0

    def remaining() -> list[int]:
        nonlocal clear_looks
        # One that is ending has lost its environment, and with it the mark, before it is gone: so they are noted.
        told.update([component_of("", pid) for pid in marked(token)])
        alive = [component.pid for component in told if is_alive(component)]
        waited_for = {_parent(component.pid) for component in told} if time.monotonic() < patience_ends else set()
        for pid in alive:
            if pid not in waited_for:
                _kill(pid)
        for component in told:
            _reap(component.pid)
        clear_looks = 0 if alive else clear_looks + 1
        return alive

    retrying = Retrying(
        retry=retry_if_result(lambda alive: bool(alive) or clear_looks < _CLEAR_LOOKS),
        stop=stop_after_delay(timeouts.PROCESS_END.s),
        wait=wait_fixed(0.01),
        retry_error_callback=lambda attempt: attempt.outcome and attempt.outcome.result(),
    )
    left = retrying(remaining)
    if left:
        raise EnvironmentUnfit(
            f"processes {', '.join(map(str, left))} did not end",
            expected=f"they end within {timeouts.PROCESS_END.s:.0f} s of SIGKILL",
            observed="they still run, most likely waiting in the kernel",
            look_at=(f"ps -o pid,stat,wchan,cmd -p {','.join(map(str, left))}",),
        )


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log, or a word about its absence."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]) or "(nothing written)"
    except FileNotFoundError:
        return "(no log)"


def _await_end(component: Component, deadline: float) -> None:
    try:
        handle = os.pidfd_open(component.pid)
    except ProcessLookupError:
        return
    try:
        gone, _, _ = select.select([handle], [], [], max(0.0, deadline - time.monotonic()))
    finally:
        os.close(handle)
    if not gone and is_alive(component):
        raise EnvironmentUnfit(f"{component.name} (process {component.pid}) did not end", expected="SIGKILL ends it")


def _children(pid: int) -> list[int]:
    """
    Return the children of a process, and theirs where a child only stands before a program.

    A node's programs are children of what has entered the node, one that is kept the child of a shell there.
    """
    try:
        found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [*found, *(each for child in found if _name(child) in _WRAPPERS for each in _children(child))]


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it ended by itself


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return  # another process started it and reaps it


def _parent(pid: int) -> int:
    fields = status_of(pid)
    return int(fields[1]) if fields else 0
