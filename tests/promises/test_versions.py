"""A pod runs a version if its application does, by what its set says of versions; what runs beside it says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from harness.history.history import History
from harness.history.observation import STEP, Verb
from harness.promises import conditions
from tests.promises.histories import history

VERSIONS = "v1=busybox:1.35 v2=busybox:1.36"


def record(server: str, reloader: str = "busybox:1.37", label: str = "v2", versions: str = VERSIONS) -> History:
    """Return the record of R09 after its rollout: a set with one new pod, whose application comes second."""
    owner = {
        "metadata": {
            "name": "web",
            "uid": "set",
            "generation": 2,
            "annotations": {"statefulspec.dev/versions": versions},
        }
    }
    status = {"observedGeneration": 2, "replicas": 1, "readyReplicas": 1}
    labels = {"app.kubernetes.io/version": label} if label else {}
    annotations = {"kubectl.kubernetes.io/default-container": "server"}

    def pod(uid: str, image: str) -> dict[str, Any]:
        containers = [{"name": "reloader", "image": reloader}, {"name": "server", "image": image}]
        ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
        metadata = {"name": "web-0", "uid": uid, "labels": labels, "annotations": annotations}
        return {"metadata": metadata, "spec": {"containers": containers}, "status": ready}

    return history(
        ("StatefulSet", Verb.LISTED, "web", owner | {"spec": {"replicas": 1}, "status": status}),
        ("Pod", Verb.LISTED, "web-0", pod("old", "busybox:1.35")),
        (STEP, Verb.BEGAN, "rollout", {"text": "rollout"}),
        ("Pod", Verb.DELETED, "web-0", pod("old", "busybox:1.35")),
        ("Pod", Verb.ADDED, "web-0", pod("new", server)),
    )


@pytest.mark.parametrize(
    ("found", "runs"),
    [
        pytest.param(record("busybox:1.36"), True, id="the application"),
        pytest.param(record("busybox:1.35", reloader="busybox:1.36"), False, id="R09: the container beside it"),
        pytest.param(record("busybox:1.35"), False, id="the label alone"),
        pytest.param(record("busybox:1.36", label="v1"), False, id="the label of another version"),
        pytest.param(record("busybox:1.36", label="8.0.31"), True, id="a label that is no version"),
        pytest.param(record("busybox:1.36", label=""), True, id="no label"),
        pytest.param(record("mirror/busybox:v2"), False, id="the tag of another image"),
        pytest.param(record("app:v2", label="", versions=""), True, id="the tag, where the set says nothing"),
        pytest.param(record("app", label="v2", versions="v1=app"), True, id="the label, where it says nothing of v2"),
        pytest.param(record("app:v1", reloader="app:v2", label="", versions=""), False, id="another one's tag"),
    ],
)
def test_a_version_is_the_applications(found: History, runs: bool) -> None:
    """The same answer by every condition that speaks of versions."""
    asked = (
        conditions.all_ready("web", 1, "v2"),
        conditions.runs_version("v2", "web-0"),
        conditions.replaced("web-0", "v2"),
    )
    assert [condition.ask(found, 2).met for condition in asked] == [runs] * 3


def test_the_answer_names_the_container() -> None:
    told = conditions.all_ready("web", 1, "v2").ask(record("busybox:1.35", reloader="busybox:1.36"), 2)
    assert told.observed == '1 of 1 ready; web-0 runs busybox:1.35 in container "server"'
