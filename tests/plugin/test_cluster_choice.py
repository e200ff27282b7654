"""Which cluster a run gets by name."""

from __future__ import annotations

from typing import NoReturn

import pytest

from harness.cluster.embedded import lifecycle
from harness.cluster.embedded.embedded import Embedded
from harness.cluster.embedded.state import ClusterPaths, ClusterState
from harness.errors import BadInput
from harness.plugin.cluster_choice import start_cluster, stays
from harness.plugin.run_settings import read_settings


class Started(Exception):
    """A cluster would have been started."""


@pytest.fixture(autouse=True)
def _nothing_runs(monkeypatch):
    def start(*arguments: object, **options: object) -> NoReturn:
        raise Started(arguments[0])

    monkeypatch.setattr(Embedded, "start", start)
    monkeypatch.setattr(lifecycle, "list_clusters", list)


def asked(pytester: pytest.Pytester, *arguments: str) -> object:
    return start_cluster(read_settings(pytester.parseconfig(*arguments)), lambda _: None)


@pytest.mark.parametrize(
    ("more", "remedy"),
    [
        ((), "statefulspec cluster up --name nobody"),
        (("--harness-cluster=fake", "--harness-nodes=3"), "statefulspec cluster up --name nobody --fake --nodes 3"),
    ],
)
def test_a_name_that_no_cluster_has_is_refused_with_the_command_that_makes_one(pytester, more, remedy):
    with pytest.raises(BadInput) as refused:
        asked(pytester, "--harness-cluster-name=nobody", *more)

    problem = "no cluster of the name 'nobody' runs on this machine; these do: none"
    assert str(refused.value) == f"{problem}\n  bring it up: {remedy}"


def test_who_wants_it_kept_gets_one_of_that_name(pytester):
    with pytest.raises(Started, match="nobody"):
        asked(pytester, "--harness-cluster-name=nobody", "--harness-cluster-keep")


def test_who_names_none_gets_one_for_the_run(pytester):
    with pytest.raises(Started, match="run-"):
        asked(pytester, "--harness-nodes=5", "--harness-cluster=fake", "--harness-program=kubelet=/bin/true")


@pytest.fixture
def _one_runs(monkeypatch, tmp_path):
    state = ClusterState("demo", "fake", 1, ready=True, kubernetes="v1.37.2", gates={"A": True})
    running = lifecycle.Status(ClusterPaths("demo", tmp_path, tmp_path, tmp_path / "lock"), state, ())
    monkeypatch.setattr(lifecycle, "list_clusters", lambda: [running])


FAKE = ("--harness-cluster=fake", "--harness-cluster-name=demo")


@pytest.mark.usefixtures("_one_runs")
@pytest.mark.parametrize(
    "more",
    [(), ("--harness-kubernetes-version=1.37",), ("--harness-feature-gates=A=true",)],
    ids=str,
)
def test_a_cluster_of_the_asked_version_and_gates_is_attached_to(pytester, more):
    assert stays(read_settings(pytester.parseconfig(*FAKE, *more)))
    (running,) = lifecycle.list_clusters()
    told = Embedded(running, keep=True).describe()
    assert told == "embedded cluster demo: Kubernetes v1.37.2, 1 fake node, A=true"


@pytest.mark.usefixtures("_one_runs")
@pytest.mark.parametrize("more", ["--harness-kubernetes-version=1.36", "--harness-feature-gates=A=false"])
def test_a_cluster_of_another_version_or_of_other_gates_is_not_taken_for_it(pytester, more):
    with pytest.raises(BadInput, match=r"runs already, with Kubernetes 1\.37 and A=true"):
        asked(pytester, *FAKE, more)
