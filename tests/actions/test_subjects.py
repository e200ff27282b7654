"""Pods get a name of the scenario's own: it is written down, and what owns them is recorded from then on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from harness.actions.subjects import name_labelled_pods, name_owned_pods
from harness.actions.target import Target
from harness.errors import BadInput
from harness.history.observation import Verb
from harness.plugin.vocabulary import refuse_named_pods
from harness.promises.subjects import named_pods
from steps.ordering import set_kept_its_order
from steps.statefulsets import set_has_pods
from tests.actions.test_actions import FakeRecorder


class WatchingRecorder(FakeRecorder):
    def __init__(self) -> None:
        super().__init__()
        self.watched: list[str] = []

    def watch(self, kinds: tuple[str, ...]) -> None:
        self.watched += kinds


@pytest.fixture
def recorder() -> WatchingRecorder:
    return WatchingRecorder()


@pytest.fixture
def target(recorder: WatchingRecorder) -> Target:
    return cast(Target, SimpleNamespace(recorder=recorder))


def test_labels_are_written_down(target: Target, recorder: WatchingRecorder) -> None:
    name_labelled_pods(target, "db", {"app": "db", "role": "member"}, "index")
    pods = named_pods(recorder.history, "db")
    assert pods is not None
    assert (pods.labels, pods.owner, pods.member) == ({"app": "db", "role": "member"}, None, "index")
    assert recorder.watched == []


def test_owner_is_written_down_and_what_may_be_between_is_recorded(target: Target, recorder: WatchingRecorder) -> None:
    name_owned_pods(target, "db", "Database", "shop")
    pods = named_pods(recorder.history, "db")
    assert pods is not None
    assert pods.owner == ("Database", "shop")
    assert recorder.watched == ["Deployment", "ReplicaSet"]


def test_name_of_a_set_is_taken(target: Target, recorder: WatchingRecorder) -> None:
    recorder.record("StatefulSet", Verb.ADDED, name="db", uid="1", data={"metadata": {"name": "db", "uid": "1"}})
    with pytest.raises(BadInput, match="there is a StatefulSet of that name"):
        name_labelled_pods(target, "db", {"app": "db"})


def own_step(name: str) -> None:
    """Be a step of somebody's project."""


def test_what_only_a_set_can_promise_is_refused_for_named_pods(target: Target, recorder: WatchingRecorder) -> None:
    refuse_named_pods(recorder.history, set_kept_its_order, {"name": "db"})
    name_labelled_pods(target, "db", {"app": "db"})
    with pytest.raises(BadInput, match='only be true of a StatefulSet, and "db" is the pods labelled "app=db"'):
        refuse_named_pods(recorder.history, set_kept_its_order, {"name": "db"})
    refuse_named_pods(recorder.history, set_kept_its_order, {"name": "web"})
    refuse_named_pods(recorder.history, set_has_pods, {"name": "db"})
    refuse_named_pods(recorder.history, own_step, {"name": "db"})
