"""An application is asked for its members, and told to forget one, as its manifest says."""

from __future__ import annotations

import pytest

from harness.actions.members import FORGETTING, LISTING, ask_members, forget_member
from harness.errors import BadInput, EnvironmentUnfit
from harness.history.observation import OUTPUT
from harness.kube.exec import CommandResult
from tests.actions.test_actions import FakeApi, FakeTarget, thing


@pytest.fixture
def target() -> FakeTarget:
    found = FakeTarget(FakeApi(thing("Pod", "db-0") | thing("StatefulSet", "db")))
    found.api.objects["StatefulSet", "db"]["metadata"]["annotations"] = {
        LISTING: "/bin/sh -c 'list them'",
        FORGETTING: "/bin/forget",
    }
    return found


def test_a_replica_is_asked_with_the_command_of_its_set(target: FakeTarget) -> None:
    target.api.ran = CommandResult(0, "db-0 11 db-0.db:1 leader\n", "")
    ask_members(target.target, "db", "db-0")
    ((name, _, facts),) = target.recorded(OUTPUT)
    assert (name, facts["argv"]) == ("db-0:members", ["/bin/sh", "-c", "list them"])
    assert (facts["purpose"], facts["stdout"]) == ("members", "db-0 11 db-0.db:1 leader\n")


def test_a_set_that_does_not_say_how_is_bad_input(target: FakeTarget) -> None:
    del target.api.objects["StatefulSet", "db"]["metadata"]["annotations"]
    with pytest.raises(BadInput, match=f'StatefulSet "db" has no annotation {LISTING}'):
        ask_members(target.target, "db", "db-0")


def test_a_member_is_forgotten_through_another(target: FakeTarget) -> None:
    target.api.ran = CommandResult(0, "", "")
    forget_member(target.target, "db", "db-2", through="db-0")
    assert target.api.requests[-1][4]["argv"] == ["/bin/forget", "db-2"]
    assert target.recorded() == [
        ("db", "uid-db", {"verb": "forget", "kind": "StatefulSet", "uid": "uid-db", "member": "db-2"})
    ]


def test_a_member_that_is_not_forgotten_says_why(target: FakeTarget) -> None:
    target.api.ran = CommandResult(1, "", "there is no member db-2\n")
    with pytest.raises(EnvironmentUnfit, match='member "db-2" is not forgotten') as refusal:
        forget_member(target.target, "db", "db-2", through="db-0")
    assert refusal.value.observed == "there is no member db-2"
    assert target.recorded() == []
