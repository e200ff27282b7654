"""A server that is to crash crashes, or the step says that its command could not be run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.actions.entries import crash_server, list_entries, say_last_stop, store_entries
from harness.errors import BadInput, EnvironmentUnfit
from harness.kube.exec import CommandResult
from tests.actions.test_actions import FakeApi, FakeTarget, thing


@pytest.mark.parametrize(
    "ran",
    [
        CommandResult(0, "", ""),
        CommandResult(137, "", ""),
        CommandResult(None, "", "", "the connection was dropped before the command ended"),
    ],
)
def test_a_command_may_end_with_its_server(ran: CommandResult) -> None:
    target = FakeTarget(FakeApi(thing("Pod", "mysql-0"), ran=ran))
    crash_server(target.target, "mysql-0", ["kill"])
    assert [data["verb"] for _, _, data in target.recorded()] == ["crash"]


def test_a_server_that_is_not_ended_is_told_at_once() -> None:
    target = FakeTarget(FakeApi(thing("Pod", "mysql-0"), ran=CommandResult(1, "", "kill: not permitted\n")))
    with pytest.raises(EnvironmentUnfit, match="the server of mysql-0 could not be ended"):
        crash_server(target.target, "mysql-0", ["crash"])
    assert target.recorded() == []


@pytest.mark.parametrize(
    ("ask", "annotation"),
    [
        (crash_server, "crash"),
        (list_entries, "list"),
        (say_last_stop, "last-stop"),
        (lambda target, pod, command: store_entries(target, pod, command, ["key"]), "store"),
    ],
)
@pytest.mark.parametrize(
    "ran",
    [
        CommandResult(None, "", "", 'OCI runtime exec failed: exec: "tool": executable file not found in $PATH'),
        CommandResult(
            None, "", "", 'exec failed: exec: "/programs/tool": stat /programs/tool: no such file or directory'
        ),
        CommandResult(None, "", "", "executable file `tool` not found in $PATH: No such file or directory"),
        CommandResult(127, "", "sh: tool: not found"),
        CommandResult(126, "", "sh: tool: Permission denied"),
    ],
)
def test_a_command_that_is_not_there_is_the_manifests_fault(
    ask: Callable[..., object], annotation: str, ran: CommandResult
) -> None:
    """The application is not accused of what nobody asked it."""
    target = FakeTarget(FakeApi(thing("Pod", "mysql-0"), ran=ran))
    with pytest.raises(BadInput, match=r'`tool( key)?` cannot be run in container "proxy" of mysql-0: ') as raised:
        ask(target.target, "mysql-0", ["tool"])
    assert f"statefulspec.dev/{annotation} has to name a command" in raised.value.remedy


@pytest.mark.parametrize(
    "error", ["container not found", "dial unix /run/x.sock: connect: no such file or directory", "connection dropped"]
)
def test_a_container_that_is_gone_is_no_missing_command(error: str) -> None:
    target = FakeTarget(FakeApi(thing("Pod", "mysql-0"), ran=CommandResult(None, "", "", error)))
    assert list_entries(target.target, "mysql-0", ["tool"]).data["error"] == error
