"""What a scenario does to objects of the whole cluster: it makes its own, and leaves those of others alone."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from harness.actions.commons import our_mark
from harness.errors import BadInput
from harness.kube.api import Api
from harness.manifests.loading import parse
from harness.manifests.manifest import Manifest
from harness.manifests.placing import stamp
from harness.model import Kind
from harness.scenario.belongings import Belongings
from harness.scenario.remains import give_back_left_behind, reap
from tests.fakes.apiserver import FakeServer, status

ISSUER = Kind("Issuer", "certs.example.com/v1", "issuers", namespaced=False)
ISSUERS = "/apis/certs.example.com/v1/issuers"
TEXT = "# A custom resource.\napiVersion: certs.example.com/v1\nkind: Issuer\nmetadata:\n  name: ours\nspec: {a: 1}\n"
MARKED = {"app.kubernetes.io/managed-by": "statefulspec", "statefulspec.dev/namespace": "demo"}
TAINT = {"key": "node.kubernetes.io/out-of-service", "value": "nodeshutdown", "effect": "NoExecute"}
EXISTS = (409, status(409, "AlreadyExists", 'issuers "ours" already exists'))


def manifest() -> Manifest:
    (placed,) = stamp(parse(TEXT, "f.yaml"), "demo", "x1", is_namespaced=lambda _manifest: False)
    return placed


def there(labels: dict[str, str], uid: str = "u1", **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"name": "ours", "uid": uid, "labels": labels, **metadata}}


def writes(server: FakeServer) -> list[str]:
    return [call.method for call in server.calls if call.method != "GET"]


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ({}, "one of this name is there that this scenario has not made"),
        ({"statefulspec.dev/namespace": "demo"}, "that this scenario has not made"),
        (MARKED | {"statefulspec.dev/namespace": "other"}, "the scenario in namespace other has one of this name"),
    ],
)
def test_what_is_there_already_is_refused_and_not_touched(
    server: FakeServer, api: Api, labels: dict[str, str], told: str
) -> None:
    server.answers["POST", ISSUERS] = lambda _call: EXISTS
    server.answers["GET", f"{ISSUERS}/ours"] = lambda _call: (200, there(labels))
    with pytest.raises(BadInput, match=told) as refusal:
        Belongings(api, "demo").apply(ISSUER, manifest())
    assert (refusal.value.file, refusal.value.line) == ("f.yaml", 5)
    assert refusal.value.remedy
    assert writes(server) == ["POST"]


def test_ones_own_is_created_and_then_changed_by_its_uid(server: FakeServer, api: Api) -> None:
    server.answers["POST", ISSUERS] = lambda call: (201, there(call.body["metadata"]["labels"]))
    server.answers["PATCH", f"{ISSUERS}/ours"] = lambda call: (200, call.body)
    belongings = Belongings(api, "demo")
    assert belongings.apply(ISSUER, manifest())["metadata"]["labels"] == MARKED
    assert belongings.apply(ISSUER, manifest())["metadata"]["uid"] == "u1"
    assert writes(server) == ["POST", "PATCH"]
    assert belongings.names == ["issuers.certs.example.com/ours"]


def test_what_was_created_without_an_answer_is_known_by_its_mark(server: FakeServer, api: Api) -> None:
    server.answers["POST", ISSUERS] = lambda _call: EXISTS
    server.answers["GET", f"{ISSUERS}/ours"] = lambda _call: (200, there(MARKED))
    server.answers["PATCH", f"{ISSUERS}/ours"] = lambda call: (200, call.body)
    assert Belongings(api, "demo").apply(ISSUER, manifest())["metadata"]["uid"] == "u1"


def test_the_end_of_a_former_scenarios_is_waited_for(server: FakeServer, api: Api) -> None:
    ending = there(MARKED | {"statefulspec.dev/namespace": "former"}, deletionTimestamp="2026-01-01T00:00:00Z")
    tries = iter([EXISTS, EXISTS])
    server.answers["POST", ISSUERS] = lambda call: next(tries, (201, there(call.body["metadata"]["labels"], "u2")))
    server.answers["GET", f"{ISSUERS}/ours"] = lambda _call: (200, ending)
    assert Belongings(api, "demo").apply(ISSUER, manifest())["metadata"]["uid"] == "u2"


@pytest.mark.row(30)
def test_only_what_bears_the_mark_is_removed_by_its_uid(server: FakeServer, api: Api) -> None:
    server.put("", "issuers", "ours", there(MARKED), uid="u1")
    server.answers["DELETE", f"{ISSUERS}/ours"] = lambda _call: (409, status(409, "Conflict", "another uid"))
    Belongings(api, "demo").remove([ISSUER])
    listed, deleted = server.calls
    assert listed.query["labelSelector"] == ",".join(f"{key}={value}" for key, value in MARKED.items())
    assert deleted.body["preconditions"] == {"uid": "u1"}


def test_what_killed_runs_have_left_is_found_in_every_kind(server: FakeServer, api: Api) -> None:
    """Also in one that was installed for the cluster; what may not be looked at is told."""

    def resources(*found: tuple[str, str, bool]) -> dict[str, Any]:
        verbs = ["list", "delete"]
        return {
            "resources": [{"kind": kind, "name": name, "namespaced": own, "verbs": verbs} for kind, name, own in found]
        }

    version = {"groupVersion": "certs.example.com/v1"}
    groups = {"groups": [{"preferredVersion": version, "versions": [version]}]}
    server.answers["GET", "/apis"] = lambda _call: (200, groups)
    core = resources(("Namespace", "namespaces", False), ("Node", "nodes", False), ("Pod", "pods", True))
    server.answers["GET", "/api/v1"] = lambda _call: (200, core)
    custom = resources(("Issuer", "issuers", False), ("Issuer", "issuers/status", False))
    server.answers["GET", "/apis/certs.example.com/v1"] = lambda _call: (200, custom)
    forbidden = (403, status(403, "Forbidden", 'nodes is forbidden: User "u" cannot list resource "nodes"'))
    server.answers["GET", "/api/v1/nodes"] = lambda _call: forbidden
    server.put("", "issuers", "ours", there(MARKED), uid="u1")
    server.answers["DELETE", f"{ISSUERS}/ours"] = lambda _call: (200, {})
    told = list(reap(api))
    assert [line.partition(":")[0] for line in told] == ["not looked for", "not looked for", "removed Issuer ours"]
    assert all("cannot list nodes" in line for line in told[:2])
    assert [call.body["preconditions"] for call in server.asked(method="DELETE")] == [{"uid": "u1"}]
    sought = {call.path: call.query["labelSelector"] for call in server.calls if "labelSelector" in call.query}
    assert sought["/api/v1/namespaces"].endswith(",statefulspec.dev/run")
    assert sought[ISSUERS].endswith(",statefulspec.dev/namespace")


def serve_taken(server: FakeServer, *paths: str) -> None:
    """Let the server answer for single objects of the whole cluster."""
    for path in paths:
        plural, name = path.split("/")[-2:]
        server.answers["GET", path] = lambda _, key=(plural, name): (200, server.space("").objects[key])  # type: ignore[misc]
        server.answers["PATCH", path] = lambda call: (200, call.body)


@pytest.mark.row(37)
def test_the_next_run_gives_back_only_what_is_surely_left_behind(server: FakeServer, api: Api) -> None:
    """Not what a run that goes on has taken, nor another machine's, whose processes cannot be known here."""
    with subprocess.Popen([sys.executable, "-c", MARKING], stdout=subprocess.PIPE, text=True) as ended:
        assert ended.stdout is not None
        gone = ended.stdout.read().strip()
    marks = {"gone": gone, "ours": our_mark(), "elsewhere": f"elsewhere.{gone.partition('.')[2]}", "old": "true"}
    for name, mark in marks.items():
        metadata = {"annotations": {"statefulspec.dev/closed": mark}}
        server.put("", "nodes", name, {"metadata": metadata, "spec": {"unschedulable": True}})
    serve_taken(server, "/api/v1/nodes/gone")
    assert give_back_left_behind(api) == ["restored Node gone"]
    assert [(call.method, call.path) for call in server.calls if call.path.count("/") > 3] == [
        ("GET", "/apis/storage.k8s.io/v1/storageclasses"),
        ("GET", "/api/v1/nodes/gone"),
        ("PATCH", "/api/v1/nodes/gone"),
    ]
    assert server.asked(method="PATCH")[0].body["spec"] == {"unschedulable": None}


MARKING = "from harness.actions.commons import our_mark; print(our_mark())"


def test_what_a_killed_run_has_taken_from_use_is_given_back(server: FakeServer, api: Api) -> None:
    """A class that is no default, and a node that is closed, stay so where nobody of us has done it."""
    server.answers["GET", "/apis"] = lambda _call: (200, {"groups": []})
    server.answers["GET", "/api/v1"] = lambda _call: (200, {"resources": []})
    for name, marks in (("standard", {"statefulspec.dev/withdrawn": "true"}), ("slow", {})):
        server.put("", "storageclasses", name, {"metadata": {"annotations": marks}})
    out = {"statefulspec.dev/out-of-service": "true"}
    server.put("", "nodes", "n3", {"metadata": {"annotations": out}, "spec": {"taints": [{"key": "a"}, TAINT]}})
    for name, marks in (("n1", {"statefulspec.dev/closed": "true"}), ("n2", {})):
        server.put("", "nodes", name, {"metadata": {"annotations": marks}, "spec": {"unschedulable": True}})
    classes, nodes = "/apis/storage.k8s.io/v1/storageclasses", "/api/v1/nodes"
    serve_taken(server, f"{classes}/standard", f"{nodes}/n1", f"{nodes}/n3")
    assert give_back_left_behind(api) == []
    assert list(reap(api)) == ["restored StorageClass standard", "restored Node n1", "restored Node n3"]
    default = "storageclass.kubernetes.io/is-default-class"
    assert [call.body["metadata"]["annotations"] for call in server.asked(method="PATCH")] == [
        {default: "true", "statefulspec.dev/withdrawn": None},
        {"statefulspec.dev/closed": None},
        {"statefulspec.dev/out-of-service": None},
    ]
    assert server.asked(method="PATCH")[-1].body["spec"]["taints"] == [{"key": "a"}]
