"""One run has one cluster, started at the first request, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import pytest

from harness.errors import EnvironmentUnfit
from harness.plugin.hosting import ClusterHost, NoCluster, ask_host


class Shelf:
    """A cluster of no machines."""

    name = "shelf"
    kubeconfig = Path("shelf.kubeconfig")
    context = "statefulspec-shelf"
    capabilities = frozenset({"needs_containers", "needs_servers"})
    classes: ClassVar[dict[str, str]] = {"StorageClass": "fast"}
    dns = None
    faults = ""

    def __init__(self, refusal: str = "") -> None:
        self.stopped = 0
        self.refusal = refusal
        self.provided: list[str] = []

    def missing_reason(self, capability: str) -> str:
        return f"a shelf has no {capability}"

    def describe(self) -> str:
        return "a shelf"

    def provide(self, capability: str, progress: Callable[[str], None]) -> None:
        progress(f"bringing {capability}")
        self.provided.append(capability)
        if self.refusal:
            raise EnvironmentUnfit(self.refusal)

    def load_image(self, archive: Path) -> None: ...

    def stop(self) -> None:
        self.stopped += 1


def test_cluster_starts_once_for_all_workers_and_is_stopped(tmp_path):
    started: list[Shelf] = []

    def start() -> Shelf:
        started.append(Shelf())
        return started[-1]

    host = ClusterHost(start, stays=lambda: False)
    address, key = host.listen(tmp_path)
    with ThreadPoolExecutor(4) as workers:
        found = list(workers.map(lambda _: ask_host(address, key), range(4)))
    host.stop()
    assert [one.classes for one in found] == [{"StorageClass": "fast"}] * 4

    assert len(started) == 1
    assert started[0].stopped == 1
    assert {attachment.kubeconfig for attachment in found} == {Path("shelf.kubeconfig")}
    assert found[0].missing_reason("needs_csi") == "a shelf has no needs_csi"


def test_what_the_cluster_has_on_demand_is_provided_once(tmp_path):
    shelf = Shelf()
    host = ClusterHost(lambda: shelf, stays=lambda: False)
    address, key = host.listen(tmp_path)
    with ThreadPoolExecutor(4) as workers:
        found = list(workers.map(lambda _: ask_host(address, key, ["needs_servers", "needs_csi"]), range(4)))
    host.stop()

    assert shelf.provided == ["needs_servers"]
    assert [attachment.failed for attachment in found] == [{}] * 4


def test_nothing_is_provided_that_nobody_needs():
    shelf = Shelf()
    ClusterHost(lambda: shelf, stays=lambda: False).attach()

    assert shelf.provided == []


def test_what_could_not_be_provided_is_told_to_everyone_and_tried_once(tmp_path):
    shelf = Shelf(refusal="no packages can be fetched")
    host = ClusterHost(lambda: shelf, stays=lambda: False)
    address, key = host.listen(tmp_path)
    found = [ask_host(address, key, ["needs_servers"]) for _ in range(2)]
    host.stop()

    assert shelf.provided == ["needs_servers"]
    assert [list(attachment.failed) for attachment in found] == [["needs_servers"]] * 2
    assert "no packages can be fetched" in found[1].failed["needs_servers"]


def test_failed_start_is_tried_once_and_explained_to_who_asks_first(tmp_path):
    tries: list[int] = []

    def start() -> Shelf:
        tries.append(1)
        raise EnvironmentUnfit("the machine lacks runc", look_at=("apt-get install runc",))

    host = ClusterHost(start, stays=lambda: False)
    address, key = host.listen(tmp_path)
    with pytest.raises(EnvironmentUnfit, match="apt-get install runc"):
        ask_host(address, key)
    for _ in range(2):
        with pytest.raises(NoCluster) as told:
            ask_host(address, key)
        assert str(told.value) == "the machine lacks runc"
    host.stop()

    assert len(tries) == 1


def test_run_that_asked_for_no_cluster_stops_none():
    def start() -> Shelf:
        raise AssertionError("nobody has asked")

    ClusterHost(start, stays=lambda: False).stop()


def test_cluster_that_cannot_be_removed_makes_the_run_red(pytester):
    """Its message is told; the run's own results are not lost."""
    pytester.makeconftest(
        "import pytest\n"
        "from harness.errors import EnvironmentUnfit\n"
        "from harness.plugin.keys import HOST\n"
        "class Stuck:\n"
        "    def stop(self):\n"
        "        raise EnvironmentUnfit('the cluster does not go')\n"
        "@pytest.fixture(autouse=True)\n"
        "def stuck(request, harness_run_folder):\n"
        "    request.config.stash[HOST] = Stuck()\n"
    )
    pytester.makepyfile("def test_one(): assert True")

    result = pytester.runpytest()

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["the cluster does not go"])
