"""A controller that misreads its set is found out, whatever else it does right."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from harness.history.history import History
from harness.history.observation import ACTION
from harness.promises.verdict import PROMISES, Outcome, judge
from tests.promises.histories import SUBJECT, Raw, World, whole

Misreading = Callable[[Raw], None]


def deceived(misread: Misreading, **options: Any) -> World:
    """Return a world whose controller acts upon a misread spec, while its status is right."""

    class Deceived(World):
        def _manage(self, cached: Raw, pods: dict[int, Raw], current: str, newest: str) -> bool:
            believed = deepcopy(cached)
            misread(believed["spec"])
            return super()._manage(believed, pods, current, newest)

    return Deceived(**options).apply()


def parallel(spec: Raw) -> None:
    spec["podManagementPolicy"] = "Parallel"


def no_partition(spec: Raw) -> None:
    spec["updateStrategy"]["rollingUpdate"]["partition"] = 0


def partition_from_zero(spec: Raw) -> None:
    spec["updateStrategy"]["rollingUpdate"]["partition"] -= spec["ordinals"]["start"]


def huge_partition(spec: Raw) -> None:
    spec["updateStrategy"]["rollingUpdate"]["partition"] = 100


def no_patience(spec: Raw) -> None:
    spec["minReadySeconds"] = 0


def clause(name: str, record: History, since: int = 0) -> str:
    verdict = judge(PROMISES[name], record, SUBJECT, replace(whole(record), start=since))
    assert verdict.outcome is Outcome.BROKEN, verdict.observed
    return verdict.clause


def test_burst_start() -> None:
    """All pods at once are not an ordered start."""
    assert clause("ordered start", deceived(parallel).settle().close()) == "ready"


def test_burst_stop() -> None:
    """All pods deleted at once are not a reverse ordered stop."""
    world = deceived(parallel, replicas=4).settle().change(replicas=1)
    assert clause("reverse ordered stop", world.settle().close()) == "gone"


def test_start_goes_on_beside_an_unready_pod() -> None:
    """A pod created while the status tells of an unready one before it breaks the halt."""
    world = deceived(parallel, replicas=2).settle().break_pod(0).settle().rest(1).change(replicas=3)
    record = world.settle().mend_pod(0).settle().close()
    assert clause("halts while a predecessor is unhealthy", record) == "created"


def test_stop_goes_on_beside_an_unready_pod() -> None:
    """A pod deleted while the status tells of an unready one before it breaks the halt and the stop."""
    world = deceived(parallel, replicas=3).settle().break_pod(0).settle().rest(1).change(replicas=2)
    record = world.settle().mend_pod(0).settle().close()
    scaled = max(seen.seq for seen in record.of(ACTION, name="web"))
    assert clause("halts while a predecessor is unhealthy", record, scaled) == "deleted"
    assert clause("reverse ordered stop", record) == "healthy"


def test_next_pod_comes_too_early_for_min_ready_seconds() -> None:
    """Readiness alone is not enough where the set asks for minReadySeconds."""
    world = deceived(no_patience, min_ready_s=10).settle()
    assert clause("ordered start", world.close()) == "available"
    world.rest(30).change(image="app:v2").settle()
    assert clause("rolling update in reverse order", world.close()) == "available"


def test_update_passes_the_partition() -> None:
    """A rollout that does not stop at the partition is found at the first pod below."""
    record = deceived(no_partition, partition=2).settle().change(image="app:v2").settle().close()
    assert clause("partition respected", record) == "untouched"


def test_partition_counts_from_the_start_ordinal() -> None:
    """With the start ordinal 3 a partition of 1 closes web-3; who counts from zero updates it."""
    world = deceived(partition_from_zero, start=3, partition=1).settle()
    assert clause("partition respected", world.change(image="app:v2").settle().close()) == "untouched"


def test_deleted_pod_comes_back_on_the_wrong_side() -> None:
    """A pod below the partition that the user deletes must come back as it was."""

    class Forgetful(World):
        def _create(self, cached: Raw, ordinal: int, current: str, newest: str) -> None:
            del current
            super()._create(cached, ordinal, newest, newest)

    world = Forgetful(partition=2).apply().settle().change(image="app:v2").settle().delete(0)
    assert clause("partition respected", world.settle().close()) == "returns"


def test_deleted_pod_above_the_partition_stays_behind() -> None:
    """A pod above the partition that the user deletes must come back with the update."""

    class Lagging(World):
        def _create(self, cached: Raw, ordinal: int, current: str, newest: str) -> None:
            del newest
            super()._create(cached, ordinal, current, current)

    world = Lagging(partition=2).apply().settle().change(image="app:v2")
    for _ in range(12):
        world.run(2).observe().sync()
    assert clause("partition respected", world.close()) == "open"


def test_update_that_never_begins_breaks_no_promise_of_order() -> None:
    """Order is not progress: a rollout that stays away is for a `within` to find."""
    record = deceived(huge_partition).settle().change(image="app:v2").settle().close()
    verdict = judge(PROMISES["rolling update in reverse order"], record, SUBJECT, whole(record))
    assert verdict.outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(("order", "found"), [((0, 1, 2), "reverse"), ((2, 0, 1), "reverse"), ((1, 2, 0), "reverse")])
def test_update_in_another_order(order: tuple[int, ...], found: str) -> None:
    """Any order but the reverse one is found at the first pod that is out of turn."""

    class Disorderly(World):
        def _update(self, cached: Raw, pods: dict[int, Raw], newest: str) -> bool:
            del cached
            for ordinal in order:
                pod = pods[ordinal]
                if pod["metadata"]["labels"]["controller-revision-hash"] != newest:
                    self._dispose(pod)
                    return True
            return False

    record = Disorderly().apply().settle().change(image="app:v2").settle().close()
    assert clause("rolling update in reverse order", record) == found


def test_update_that_does_not_wait() -> None:
    """Pods replaced before the one above is back are not replaced one at a time."""

    class Hasty(World):
        def _manage(self, cached: Raw, pods: dict[int, Raw], current: str, newest: str) -> bool:
            behind = [one for one, pod in pods.items() if not pod["metadata"].get("deletionTimestamp")]
            old = [one for one in behind if pods[one]["metadata"]["labels"]["controller-revision-hash"] != newest]
            if len(pods) == 3 and old:
                self._dispose(pods[max(old)])
                return True
            return super()._manage(cached, pods, current, newest)

    record = Hasty().apply().settle().change(image="app:v2").settle().close()
    assert clause("rolling update in reverse order", record) == "one at a time"
