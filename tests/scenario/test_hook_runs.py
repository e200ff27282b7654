"""What a scenario does with a chart's hooks, and with the definitions that come before all objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest

from harness import timeouts
from harness.errors import EnvironmentUnfit, ExpectationNotMet
from harness.history.recorder import Recorder
from harness.kube.api import Api
from harness.manifests.loading import parse
from harness.scenario.applying import UPGRADE
from harness.scenario.definitions import await_served
from harness.scenario.namespace import ScenarioNamespace
from tests.actions.test_actions import FakeRecorder
from tests.fakes.apiserver import Body, Call, FakeServer, status

SPACE, JOBS = "/api/v1/namespaces/demo", "/apis/batch/v1/namespaces/demo/jobs"
CHART = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: plain}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, annotations: {helm.sh/hook: "pre-install", helm.sh/hook-weight: "-1"}}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: prepare
  annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: "POLICY"}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox}]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: done, annotations: {helm.sh/hook: post-install}}
"""
COMPLETE = [{"type": "Suspended", "status": "False"}, {"type": "Complete", "status": "True"}]
FAILED = [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "Job has reached it"}]


@pytest.fixture
def scene(server: FakeServer, api: Api) -> ScenarioNamespace:
    """Give a scenario whose server takes every object."""
    server.answers["GET", "/apis/batch/v1"] = lambda _call: (
        200,
        {"resources": [{"name": "jobs", "kind": "Job", "namespaced": True}]},
    )
    server.answers["GET", "/api/v1"] = lambda _call: (
        200,
        {"resources": [{"name": "configmaps", "kind": "ConfigMap", "namespaced": True}]},
    )
    for name in ("plain", "settings", "done"):
        taking(server, f"{SPACE}/configmaps/{name}")
    taking(server, f"{JOBS}/prepare")
    return ScenarioNamespace(api, cast(Recorder, FakeRecorder()), "demo", "t")


def taking(server: FakeServer, path: str) -> None:
    def accept(call: Call) -> tuple[int, Body]:
        return 200, {**call.body, "metadata": {**call.body["metadata"], "uid": "u1"}}

    server.answers["PATCH", path] = accept
    server.answers["GET", path] = lambda _call: (404, status(404, "NotFound", "there is none"))


def running(server: FakeServer, *conditions: list[Body]) -> None:
    """Have the job not be there before it is made, and have these conditions one after another, the last for ever."""
    job = {"metadata": {"name": "prepare", "namespace": "demo", "uid": "u1"}}

    def states() -> Iterator[tuple[int, Body]]:
        yield 404, status(404, "NotFound", "there is none")
        for found in conditions[:-1]:
            yield 200, job | {"status": {"conditions": found}}
        while True:
            yield 200, job | {"status": {"conditions": conditions[-1]}}

    found = states()
    server.answers["GET", f"{JOBS}/prepare"] = lambda _call: next(found)
    server.answers["DELETE", f"{JOBS}/prepare"] = lambda _call: (200, {})


def applied(scene: ScenarioNamespace, policy: str = "") -> None:
    scene.apply(parse(CHART.replace("POLICY", policy), "chart.yaml"))


def writes(server: FakeServer) -> list[str]:
    return [f"{call.method} {call.path.rpartition('/')[2]}" for call in server.calls if call.method != "GET"]


def test_hooks_run_around_all_else_and_are_awaited(server: FakeServer, scene: ScenarioNamespace) -> None:
    running(server, [], [], COMPLETE)
    applied(scene)
    assert writes(server) == ["PATCH settings", "PATCH prepare", "PATCH plain", "PATCH done"]
    assert len([call for call in server.calls if (call.method, call.path) == ("GET", f"{JOBS}/prepare")]) == 4


def test_what_is_applied_again_is_not_installed_again(server: FakeServer, scene: ScenarioNamespace) -> None:
    running(server, COMPLETE)
    applied(scene)
    applied(scene)
    assert writes(server)[4:] == ["PATCH plain"]


def test_each_upgrade_runs_its_hooks_anew(server: FakeServer, scene: ScenarioNamespace) -> None:
    """What one of before has made is deleted first, and seen to be gone."""
    running(server, COMPLETE)
    applied(scene)
    del server.calls[:]
    gone = (404, status(404, "NotFound", "there is none"))
    job = {"metadata": {"name": "prepare", "namespace": "demo", "uid": "u1"}, "status": {"conditions": COMPLETE}}
    ending = {**job, "metadata": {**job["metadata"], "deletionTimestamp": "now"}}
    answers = iter([(200, job), (200, ending), gone, (200, job)])
    server.answers["GET", f"{JOBS}/prepare"] = lambda _call: next(answers)
    chart = parse(CHART.replace("POLICY", ""), "chart.yaml")
    scene.change(chart, chart, UPGRADE)
    assert writes(server) == ["DELETE prepare", "PATCH prepare", "PATCH plain"]


SET = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec: {serviceName: NAME}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
"""


def test_what_a_release_has_no_more_is_deleted_by_its_uid(server: FakeServer, scene: ScenarioNamespace) -> None:
    taking(server, "/apis/apps/v1/namespaces/demo/statefulsets/db")
    there = {"metadata": {"name": "settings", "namespace": "demo", "uid": "u7"}}
    server.answers["GET", f"{SPACE}/configmaps/settings"] = lambda _call: (200, there)
    server.answers["DELETE", f"{SPACE}/configmaps/settings"] = lambda _call: (200, {})
    old, new = parse(SET, "old.yaml"), parse(SET.partition("---")[0], "new.yaml")
    scene.change(old, new, UPGRADE)
    assert writes(server) == ["PATCH db", "DELETE settings"]
    (deleted,) = server.asked(method="DELETE")
    assert deleted.body["preconditions"] == {"uid": "u7"}


def test_an_upgrade_that_the_server_refuses_names_the_field(server: FakeServer, scene: ScenarioNamespace) -> None:
    refusal = status(422, "Invalid", "updates to statefulset spec are forbidden")
    server.answers["PATCH", "/apis/apps/v1/namespaces/demo/statefulsets/db"] = lambda _call: (422, refusal)
    text = SET.partition("---")[0]
    with pytest.raises(ExpectationNotMet, match="the server refuses the upgrade of StatefulSet db") as told:
        scene.change(parse(text, "old.yaml"), parse(text.replace("NAME", "peers"), "new.yaml"), UPGRADE)
    assert "new.yaml:4: spec.serviceName: NAME → peers" in told.value.observed


@pytest.mark.parametrize(
    ("policy", "deleted"), [("", 0), ("hook-failed", 0), ("before-hook-creation,hook-succeeded", 1)]
)
def test_a_hook_that_has_succeeded_is_deleted_as_its_policy_says(
    server: FakeServer, scene: ScenarioNamespace, policy: str, deleted: int
) -> None:
    running(server, COMPLETE)
    if "before" not in policy and policy:  # nobody looks whether there is one
        next_state = server.answers["GET", f"{JOBS}/prepare"]
        next_state(cast(Call, None))
    applied(scene, policy)
    (*_, last) = [call for call in server.calls if call.method == "DELETE"] or [None]
    assert writes(server).count("DELETE prepare") == deleted
    assert last is None or last.body["preconditions"] == {"uid": "u1"}


def test_a_hook_that_fails_ends_the_installation_and_is_told_with_its_log(
    server: FakeServer, scene: ScenarioNamespace
) -> None:
    running(server, [], FAILED)
    ended = {"name": "a", "state": {"terminated": {"exitCode": 3}}}
    held = {"name": "b", "state": {"waiting": {"reason": "ErrImagePull", "message": "no such image"}}}
    pod = {"metadata": {"name": "prepare-x", "namespace": "demo"}, "status": {"containerStatuses": [ended, held]}}
    server.answers["GET", f"{SPACE}/pods"] = lambda _call: (200, {"items": [pod], "metadata": {}})
    server.write_log("prepare-x", "the token is refused", ended=True)
    with pytest.raises(ExpectationNotMet, match="hook pre-install has failed: Job prepare") as told:
        applied(scene, "hook-failed,before-hook-creation")
    assert told.value.observed.splitlines()[:2] == [
        "BackoffLimitExceeded: Job has reached it",
        "prepare-x/a ended with 3",
    ]
    assert "prepare-x/b waits: ErrImagePull no such image" in told.value.observed
    assert told.value.look_at == ("chart.yaml:13: Job prepare, which is a hook of Helm (pre-install, pre-upgrade)",)
    assert writes(server) == ["PATCH settings", "PATCH prepare", "DELETE prepare"]


def test_a_hook_that_does_not_end_is_told(
    server: FakeServer, scene: ScenarioNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeouts, "HOOK", timeouts.Timeout(0.6))
    running(server, [])
    server.answers["GET", f"{SPACE}/pods"] = lambda _call: (200, {"items": [], "metadata": {}})
    with pytest.raises(ExpectationNotMet, match="Job prepare") as told:
        applied(scene)
    assert told.value.observed == "it has not ended"


DEFINED = """\
apiVersion: example.com/v1
kind: Greeting
metadata: {name: hello}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: greetings.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: greetings, kind: Greeting}
  versions: [{name: v1, served: true, storage: true}, {name: v0, served: false, storage: false}]
"""
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
GREETINGS = "/apis/example.com/v1/namespaces/demo/greetings"
GONE = (404, status(404, "NotFound", "none"))


def definition(established: str) -> dict[str, object]:
    conditions = [{"type": "NamesAccepted", "status": "True"}, {"type": "Established", "status": established}]
    return {"metadata": {"name": "greetings.example.com", "uid": "u9"}, "status": {"conditions": conditions}}


def serving_definitions(server: FakeServer) -> None:
    """Serve the kind late: it is discovered, its definition established and its storage ready one after another."""
    kind = {"name": "customresourcedefinitions", "kind": "CustomResourceDefinition", "namespaced": False}
    server.answers["GET", "/apis/apiextensions.k8s.io/v1"] = lambda _call: (200, {"resources": [kind]})
    told = iter([GONE, GONE, (200, definition("False"))])
    server.answers["GET", f"{DEFINITIONS}/greetings.example.com"] = lambda _call: next(told, (200, definition("True")))
    busy = (429, status(429, "TooManyRequests", "storage is (re)initializing"))
    lists = iter([GONE, busy])
    server.answers["GET", GREETINGS] = lambda _call: next(lists, (200, {"items": [], "metadata": {}}))
    greeting = {"name": "greetings", "kind": "Greeting", "namespaced": True}
    late = iter([GONE, (200, {"resources": []})])
    server.answers["GET", "/apis/example.com/v1"] = lambda _call: next(late, (200, {"resources": [greeting]}))
    taking(server, f"{GREETINGS}/hello")


def test_kinds_are_defined_and_served_before_their_objects(server: FakeServer, scene: ScenarioNamespace) -> None:
    serving_definitions(server)
    server.answers["POST", DEFINITIONS] = lambda call: (201, {**call.body, "metadata": {"name": "g", "uid": "u2"}})
    scene.apply(parse(DEFINED, "chart.yaml"))
    assert writes(server) == ["POST customresourcedefinitions", "PATCH hello"]
    (made, _) = server.asked(method="POST") + server.asked(method="PATCH")
    assert made.body["metadata"]["labels"]["statefulspec.dev/namespace"] == "demo"
    lists = [call for call in server.calls if (call.method, call.path) == ("GET", GREETINGS)]
    assert len(lists) > 2, "it was not asked for until it answered"


def test_a_definition_that_is_there_stays_as_it_is_and_that_is_said(
    server: FakeServer, scene: ScenarioNamespace
) -> None:
    serving_definitions(server)
    server.answers["GET", f"{DEFINITIONS}/greetings.example.com"] = lambda _call: (200, definition("True"))
    scene.apply(parse(DEFINED, "chart.yaml"))
    assert writes(server) == ["PATCH hello"]
    assert list(scene.notes) == ["chart.yaml:5: left as it is: greetings.example.com, which the cluster has already"]


def test_a_kind_that_is_never_served_is_told(server: FakeServer, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeouts, "DEFINITIONS", timeouts.Timeout(0.3))
    serving_definitions(server)
    server.answers["GET", GREETINGS] = lambda _call: GONE
    _, defined = parse(DEFINED, "chart.yaml")
    with pytest.raises(EnvironmentUnfit, match=r"does not serve Greeting of example\.com/v1"):
        await_served(api, [defined], "demo")


def test_a_kind_whose_definition_is_not_established_is_told(
    server: FakeServer, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is served still, as a definition of that name that is going left it."""
    monkeypatch.setattr(timeouts, "DEFINITIONS", timeouts.Timeout(0.6))
    serving_definitions(server)
    server.answers["GET", f"{DEFINITIONS}/greetings.example.com"] = lambda _call: (200, definition("False"))
    _, defined = parse(DEFINED, "chart.yaml")
    with pytest.raises(EnvironmentUnfit, match="does not serve Greeting"):
        await_served(api, [defined], "demo")


def test_a_kind_that_may_not_be_listed_is_taken_by_its_definition(server: FakeServer, api: Api) -> None:
    serving_definitions(server)
    server.answers["GET", GREETINGS] = lambda _call: (403, status(403, "Forbidden", "no"))
    _, defined = parse(DEFINED, "chart.yaml")
    await_served(api, [defined], "demo")
