"""
Entries stored in a server and listed from it, by the commands that its StatefulSet names in annotations.

`statefulspec.dev/store`: a command, followed by keys, that stores an entry under each and prints the keys of those
that are committed, one on a line, as it goes. `statefulspec.dev/list`: prints the key of every entry there is.
`statefulspec.dev/crash`: ends the server as a defect in it would. `statefulspec.dev/last-stop`: prints how the server
that ran before ended, `clean` or `crashed`. They run in the replica's application (see `harness.app_container`),
so that nobody needs Python to try a database of their own.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from harness.actions.commands import begun, run_command
from harness.actions.target import Target, record_action
from harness.errors import EnvironmentUnfit
from harness.history.observation import Observation
from harness.model import KINDS
from harness.promises.entries import ACKNOWLEDGED, FOUND

__all__ = [
    "CRASH",
    "LAST_STOP",
    "LIST",
    "STORE",
    "crash_server",
    "list_entries",
    "say_last_stop",
    "store_entries",
]

STORE = "statefulspec.dev/store"
LIST = "statefulspec.dev/list"
LAST_STOP = "statefulspec.dev/last-stop"
CRASH = "statefulspec.dev/crash"

_ENDED_TOO = 137
"""The code of a command that was ended together with its container."""


def store_entries(target: Target, pod: str, command: Sequence[str], keys: Sequence[str]) -> Observation:
    """Return the record, found by `pod:store`, of entries stored in a replica; its output tells the acknowledged."""
    ran = run_command(target, pod, [*command, *keys], name=f"{pod}:store", purpose=ACKNOWLEDGED)
    return begun(ran, _named(STORE))


def list_entries(target: Target, pod: str, command: Sequence[str]) -> Observation:
    """Return the record, found by `pod:list`, of the keys of all entries that a replica has."""
    return begun(run_command(target, pod, command, name=f"{pod}:list", purpose=FOUND), _named(LIST))


def say_last_stop(target: Target, pod: str, command: Sequence[str]) -> Observation:
    """Return the record, found by `pod:last-stop`, of how the server that ran in this replica before has ended."""
    return begun(run_command(target, pod, command, name=f"{pod}:last-stop"), _named(LAST_STOP))


def crash_server(target: Target, pod: str, command: Sequence[str]) -> Observation:
    """Return once the command that ends the server of a replica at once has run; EnvironmentUnfit where it failed."""
    ran = begun(run_command(target, pod, command, name=f"{pod}:crash"), _named(CRASH))
    if ran.data["code"] not in (0, _ENDED_TOO, None):
        raise EnvironmentUnfit(
            f"the server of {pod} could not be ended",
            expected=f"`{shlex.join(command)}` in its container {ran.data['container']} succeeds",
            observed=str(ran.data["stderr"] or ran.data["error"]).strip() or f"code {ran.data['code']}",
        )
    return record_action(target, "crash", "Pod", target.api.read(KINDS["Pod"], pod, target.namespace))


def _named(annotation: str) -> str:
    return f"{annotation} has to name a command that is there"
