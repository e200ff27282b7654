"""A server that is to crash crashes, or the step says that its command could not be run."""

from __future__ import annotations

import pytest

from harness.errors import EnvironmentUnfit
from harness.faults.entries import crash_server
from harness.kube.exec import Ran
from tests.faults.test_faults import FakeApi, Place, thing


@pytest.mark.parametrize(
    "ran",
    [Ran(0, "", ""), Ran(137, "", ""), Ran(None, "", "", "the connection was dropped before the command ended")],
)
def test_a_command_may_end_with_its_server(ran: Ran) -> None:
    place = Place(FakeApi(thing("Pod", "mysql-0"), ran=ran))
    crash_server(place.target, "mysql-0", ["kill"])
    assert [data["verb"] for _, _, data in place.recorded()] == ["crash"]


@pytest.mark.parametrize(
    "ran",
    [
        Ran(1, "", "kill: not permitted\n"),
        Ran(None, "", "", 'OCI runtime exec failed: exec: "crash": executable file not found in $PATH'),
    ],
)
def test_a_command_that_does_not_run_is_told_at_once(ran: Ran) -> None:
    place = Place(FakeApi(thing("Pod", "mysql-0"), ran=ran))
    with pytest.raises(EnvironmentUnfit, match="the server of mysql-0 could not be ended"):
        crash_server(place.target, "mysql-0", ["crash"])
    assert place.recorded() == []
