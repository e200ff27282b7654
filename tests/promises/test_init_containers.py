"""When a pod is held before its start, when it was prepared in order, and when it runs again or has done its work."""

from __future__ import annotations

from typing import Any

import pytest

from harness.history.history import History
from harness.history.observation import Verb
from harness.promises import conditions
from harness.promises.init_containers import held_in
from harness.promises.verdict import PROMISES, Outcome, Subject, judge
from tests.promises.histories import history, whole

EARLY, LATE = "2026-01-01T00:00:05Z", "2026-01-01T00:00:09Z"
WAITING = {"waiting": {"reason": "PodInitializing"}}
RUNNING = {"running": {"startedAt": LATE}}
WELL = {"terminated": {"exitCode": 0, "startedAt": EARLY, "finishedAt": EARLY}}
BADLY = {"terminated": {"exitCode": 1, "startedAt": EARLY, "finishedAt": EARLY}}


def pod(first: dict[str, Any], second: dict[str, Any], main: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a pod with two init containers in these states."""
    return {
        "metadata": {"name": "web-0", "uid": "u"},
        "spec": {
            "containers": [{"name": "app"}],
            "initContainers": [{"name": "first"}, {"name": "second"}, {"name": "beside", "restartPolicy": "Always"}],
        },
        "status": {
            "initContainerStatuses": [
                {"name": "first", "state": first},
                {"name": "second", "state": second},
                {"name": "beside", "state": RUNNING},
            ],
            "containerStatuses": [{"name": "app", "state": main, **more}],
        },
    }


@pytest.mark.parametrize(
    ("first", "second", "main", "missing_reason"),
    [
        pytest.param(WELL, RUNNING, WAITING, "", id="held"),
        pytest.param(WELL, BADLY, WAITING, "", id="failed, and tried again"),
        pytest.param(BADLY, WAITING, WAITING, "first has not ended well", id="not there yet"),
        pytest.param(WELL, WAITING, WAITING, "second has not begun", id="about to begin"),
        pytest.param(WELL, WELL, WAITING, "second has ended well", id="past it"),
        pytest.param(WELL, RUNNING, RUNNING, "the pod itself has started", id="started all the same"),
    ],
)
def test_pod_is_held_in_a_preparation(
    first: dict[str, Any], second: dict[str, Any], main: dict[str, Any], missing_reason: str
) -> None:
    assert held_in(pod(first, second, main), "second") == missing_reason


def test_pod_is_not_held_in_a_preparation_that_it_does_not_have() -> None:
    assert held_in(pod(WELL, WELL, WAITING), "beside") == "it has no preparation beside"


def verdict(*states: dict[str, Any]) -> tuple[Outcome, str]:
    verbs = [Verb.ADDED, *[Verb.MODIFIED] * len(states)]
    seen: History = history(*(("Pod", verb, "web-0", state) for verb, state in zip(verbs, states, strict=False)))
    found = judge(PROMISES["prepared in order"], seen, Subject("web"), whole(seen))
    return found.outcome, found.clause


def test_second_that_runs_beside_the_first_is_a_breach() -> None:
    assert verdict(pod(RUNNING, RUNNING, WAITING), pod(WELL, WELL, RUNNING)) == (Outcome.BROKEN, "in turn")


def test_pod_that_runs_after_a_failed_preparation_is_a_breach() -> None:
    assert verdict(pod(WELL, BADLY, RUNNING)) == (Outcome.BROKEN, "before")


def test_preparations_of_a_second_start_are_not_judged() -> None:
    outcome, _ = verdict(pod(WELL, WELL, RUNNING), pod(RUNNING, WELL, RUNNING))
    assert outcome is not Outcome.BROKEN


def test_container_that_was_started_anew_counts_only_after_the_event() -> None:
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    before, after = (pod(WELL, WELL, RUNNING, restartCount=count) for count in (1, 2))
    for state in (before, after):
        state["status"] |= ready
    seen = history(("Pod", Verb.ADDED, "web-0", before), ("Pod", Verb.MODIFIED, "web-0", after))

    assert conditions.restarted("web-0").ask(seen, 1).met
    assert not conditions.restarted("web-0").ask(seen.upto(1), 1).met


def test_task_is_done_when_its_pod_has_succeeded() -> None:
    task = pod(WELL, WELL, WELL)
    done = {**task, "status": {**task["status"], "phase": "Succeeded"}}
    seen = history(("Pod", Verb.ADDED, "web-0", task), ("Pod", Verb.MODIFIED, "web-0", done))

    assert not conditions.succeeded("web-0").ask(seen.upto(1), 0).met
    assert conditions.succeeded("web-0").ask(seen, 0).met


def test_pod_without_such_a_preparation_is_not_waited_for() -> None:
    seen = history(("Pod", Verb.ADDED, "web-0", pod(WAITING, WAITING, WAITING)))
    assert conditions.unprepared("web-0", "second")(seen) == conditions.unprepared("web-1", "third")(seen) == []
    (cause,) = conditions.unprepared("web-0", "third")(seen)
    assert cause.text == "web-0 has no init container third, but first, second, beside"
