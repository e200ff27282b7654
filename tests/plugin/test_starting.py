"""Which cluster a run gets by name."""

from __future__ import annotations

from typing import NoReturn

import pytest

from harness.cluster.embedded import lifecycle
from harness.cluster.embedded.embedded import Embedded
from harness.errors import BadInput
from harness.plugin.options import read_settings
from harness.plugin.starting import start_cluster


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
