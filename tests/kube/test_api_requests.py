"""Each method sends the request that the API documents; what the server refuses is an error that explains itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from harness.api_server import ApiServer
from harness.errors import (
    Conflict,
    Denied,
    Expired,
    Forbidden,
    Invalid,
    KubeError,
    NotFound,
    TooManyRequests,
    Unauthorized,
    Unreachable,
)
from harness.kube.api import Api
from harness.kube.watch import Garbled
from harness.model import KINDS, Kind
from tests.fakes.apiserver import Call, FakeServer, Fault, status

POD, NODE, SET = KINDS["Pod"], KINDS["Node"], KINDS["StatefulSet"]
BODY = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "app-0"}}
PODS = "/api/v1/namespaces/ns/pods"


def echo(call: Call) -> tuple[int, dict[str, Any]]:
    return 200, {"echo": call.path}


@pytest.mark.parametrize(
    ("ask", "method", "path", "content_type", "query"),
    [
        (lambda api: api.read(POD, "app-0", "ns"), "GET", f"{PODS}/app-0", None, {}),
        (lambda api: api.read(NODE, "n"), "GET", "/api/v1/nodes/n", None, {}),
        (lambda api: api.create(POD, BODY, "ns"), "POST", PODS, "application/json", {"fieldValidation": "Strict"}),
        (
            lambda api: api.apply(POD, BODY, namespace="ns"),
            "PATCH",
            f"{PODS}/app-0",
            "application/apply-patch+yaml",
            {"fieldManager": "statefulspec", "force": "true", "fieldValidation": "Strict"},
        ),
        (
            lambda api: api.apply(POD, BODY, namespace="ns", force=False, dry_run=True),
            "PATCH",
            f"{PODS}/app-0",
            "application/apply-patch+yaml",
            {"force": "false", "dryRun": "All"},
        ),
        (
            lambda api: api.delete_all(POD, "ns", "app=web"),
            "DELETE",
            PODS,
            "application/json",
            {"labelSelector": "app=web"},
        ),
        (
            lambda api: api.patch(POD, "app-0", "ns", {"a": None}),
            "PATCH",
            f"{PODS}/app-0",
            "application/merge-patch+json",
            {},
        ),
        (
            lambda api: api.patch(SET, "app", "ns", [{"op": "test"}], subresource="scale", style="json"),
            "PATCH",
            "/apis/apps/v1/namespaces/ns/statefulsets/app/scale",
            "application/json-patch+json",
            {},
        ),
        (
            lambda api: api.patch(NODE, "n", None, {"spec": {}}, style="strategic"),
            "PATCH",
            "/api/v1/nodes/n",
            "application/strategic-merge-patch+json",
            {},
        ),
        (lambda api: api.delete(POD, "app-0", "ns"), "DELETE", f"{PODS}/app-0", None, {}),
        (lambda api: api.evict("app-0", "ns"), "POST", f"{PODS}/app-0/eviction", None, {}),
    ],
)
def test_each_verb_sends_its_request(
    server: FakeServer,
    api: Api,
    ask: Callable[[Api], Any],
    method: str,
    path: str,
    content_type: str | None,
    query: dict[str, str],
) -> None:
    server.answers[method, path] = echo
    assert ask(api) == {"echo": path}
    call = server.calls[-1]
    assert query.items() <= call.query.items()
    assert content_type is None or call.headers["Content-Type"] == content_type
    assert call.headers["authorization"] == "Bearer fake-token"


def test_a_deletion_carries_its_conditions(server: FakeServer, api: Api) -> None:
    server.answers["DELETE", f"{PODS}/app-0"] = echo
    api.delete(POD, "app-0", "ns", uid="u1", grace=0, propagation="Foreground")
    expected = {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "preconditions": {"uid": "u1"},
        "gracePeriodSeconds": 0,
        "propagationPolicy": "Foreground",
    }
    assert server.calls[-1].body == expected


def test_a_long_list_is_read_page_by_page(server: FakeServer, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.kube.api._PAGE", 3)
    for number in range(8):
        server.put("ns", "pods", f"app-{number}")
    listing = api.list(POD, "ns")
    assert [item["metadata"]["name"] for item in listing.items] == [f"app-{number}" for number in range(8)]
    assert {(item["apiVersion"], item["kind"]) for item in listing.items} == {("v1", "Pod")}
    assert listing.resource_version == str(server.version)
    assert len(server.calls) == 3


def test_a_list_whose_continuation_expires_is_read_anew_in_one_piece(
    server: FakeServer, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.kube.api._PAGE", 1)
    server.put("ns", "pods", "app-0")
    server.put("ns", "pods", "app-1")
    server.space("ns").list_faults.extend([Fault("pass"), Fault("refuse", status=410)])
    assert len(api.list(POD, "ns").items) == 2
    assert "limit" not in server.calls[-1].query


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, Invalid),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (410, Expired),
        (422, Invalid),
        (429, TooManyRequests),
        (500, Unreachable),
        (503, Unreachable),
        (418, KubeError),
    ],
)
def test_each_status_is_an_error_of_its_own(server: FakeServer, api: Api, code: int, error: type[KubeError]) -> None:
    server.answers["GET", f"{PODS}/app-0"] = lambda _call: (code, status(code, "Reason", "the server says why"))
    with pytest.raises(error) as caught:
        api.read(POD, "app-0", "ns")
    assert type(caught.value) is error
    assert str(caught.value).startswith(f"cannot get pods app-0 in namespace ns: the server says why ({code} Reason)")
    assert len(server.calls) == 1


@pytest.mark.row(14)
def test_a_forbidden_request_names_the_rule_to_add(server: FakeServer, api: Api) -> None:
    told = 'pods "app-0" is forbidden: User "u" cannot create resource "pods/eviction" in API group "" in the namespace'
    server.answers["POST", f"{PODS}/app-0/eviction"] = lambda _call: (403, status(403, "Forbidden", told))
    with pytest.raises(Forbidden, match=r'resources: \["pods/eviction"\], verbs: \["create"\]'):
        api.evict("app-0", "ns")


def test_what_admission_refuses_is_no_matter_of_rights(server: FakeServer, api: Api) -> None:
    """No rule could allow it, so none is named."""
    told = 'pods "app-0" is forbidden: exceeded quota: few, requested: pods=1, used: pods=3, limited: pods=3'
    server.answers["POST", f"{PODS}/app-0/eviction"] = lambda _call: (403, status(403, "Forbidden", told))
    with pytest.raises(Denied) as caught:
        api.evict("app-0", "ns")
    assert "allow it with" not in str(caught.value)


@pytest.mark.row(16)
def test_a_conflict_names_the_manager_and_the_field(server: FakeServer, api: Api) -> None:
    cause = {"reason": "FieldManagerConflict", "message": 'conflict with "other"', "field": ".spec.replicas"}
    server.answers["PATCH", f"{PODS}/app-0"] = lambda _call: (409, status(409, "Conflict", "1 conflict", (cause,)))
    with pytest.raises(Conflict) as caught:
        api.apply(POD, BODY, namespace="ns", force=False)
    assert caught.value.causes == (("spec.replicas", 'conflict with "other"'),)


def test_an_unknown_field_is_invalid_though_the_server_calls_it_an_error_of_its_own(
    server: FakeServer, api: Api
) -> None:
    message = "failed to create typed patch object (/q; /v1, Kind=Pod): .spec.containrs: field not declared in schema"
    server.answers["PATCH", f"{PODS}/app-0"] = lambda _call: (500, status(500, "", message))
    with pytest.raises(Invalid) as caught:
        api.apply(POD, BODY, namespace="ns")
    assert caught.value.causes == (("spec.containrs", "field not declared in schema"),)


@pytest.mark.row(15)
@pytest.mark.parametrize("code", [429, 503])
def test_a_busy_server_is_not_asked_again_behind_the_callers_back(server: FakeServer, api: Api, code: int) -> None:
    server.space("ns").list_faults.append(Fault("refuse", status=code, headers=(("Retry-After", "60"),)))
    began = time.monotonic()
    with pytest.raises((TooManyRequests, Unreachable)) as caught:
        api.list(POD, "ns")
    assert caught.value.retry_after_s == 60
    assert time.monotonic() - began < 1
    assert len(server.calls) == 1


def test_a_server_that_never_answers_is_given_up(server: FakeServer, api: Api) -> None:
    server.space("ns").list_faults.append(Fault("mute"))
    began = time.monotonic()
    with pytest.raises(Unreachable, match="does not answer in time"):
        api.list(POD, "ns", timeout_s=0.2)
    assert time.monotonic() - began < 2


def test_what_a_proxy_answers_instead_is_shown_shortened(server: FakeServer, api: Api) -> None:
    server.answers["GET", "/version"] = lambda _call: (502, {"page": "x" * 5000})
    with pytest.raises(Unreachable) as caught:
        api.version()
    assert len(str(caught.value)) < 600
    assert caught.value.status == 502


def test_a_kind_that_nobody_named_is_looked_up_once(server: FakeServer, api: Api) -> None:
    served = {
        "resources": [
            {"name": "backups", "kind": "Backup", "namespaced": True},
            {"name": "backups/status", "kind": "Backup", "namespaced": True},
            {"name": "sites", "kind": "Site", "namespaced": False},
        ]
    }
    server.answers["GET", "/apis/db.example/v1"] = lambda _call: (200, served)
    assert api.kind("db.example/v1", "Backup") == Kind("Backup", "db.example/v1", "backups")
    assert api.kind("db.example/v1", "Site") == Kind("Site", "db.example/v1", "sites", namespaced=False)
    assert api.kind("v1", "Pod") is POD
    assert len(server.calls) == 1


@pytest.mark.row(29)
def test_a_kind_that_comes_later_is_found_and_one_that_never_comes_is_not(server: FakeServer, api: Api) -> None:
    served: dict[str, Any] = {"resources": []}
    server.answers["GET", "/apis/db.example/v1"] = lambda _call: (200, served)
    with pytest.raises(NotFound, match=r"the server has db\.example/v1 but no Backup in it"):
        api.kind("db.example/v1", "Backup")
    served["resources"] = [{"name": "backups", "kind": "Backup", "namespaced": True}]
    assert api.kind("db.example/v1", "Backup").plural == "backups"


@pytest.mark.parametrize("answer", [True, False])
def test_permission_is_what_the_server_says(server: FakeServer, api: Api, answer: bool) -> None:
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    server.answers["POST", path] = lambda _call: (201, {"status": {"allowed": answer}})
    assert api.permissions.allow("create", "", "pods/exec", "ns") is answer
    expected = {"verb": "create", "group": "", "resource": "pods", "subresource": "exec", "namespace": "ns"}
    assert server.calls[-1].body["spec"]["resourceAttributes"] == expected


def test_an_aborted_fork_ends_its_own_requests_only(server: FakeServer, api: Api) -> None:
    fork = api.fork()
    watch = iter(fork.watch(POD, "ns", "1"))
    server.put("ns", "pods", "app-0")
    assert next(watch)["type"] == "ADDED"
    fork.abort()
    with pytest.raises(Unreachable):
        next(watch)
    with pytest.raises(Unreachable):
        fork.list(POD, "ns")
    assert len(api.list(POD, "ns").items) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(Fault("close", raw=b'{"type": "MODIFIED", "obj'), Garbled, id="half a line"),
        pytest.param(Fault("close", raw=b"\n"), Garbled, id="blank line"),
        pytest.param(Fault("cut"), Unreachable, id="cut"),
        pytest.param(Fault("gone"), Expired, id="expired"),
        pytest.param(Fault("hang"), Unreachable, id="silent"),
    ],
)
def test_a_watch_that_breaks_raises_after_what_it_brought(
    server: FakeServer, api: Api, fault: Fault, error: type[KubeError]
) -> None:
    server.put("ns", "pods", "app-0")
    watch = iter(api.watch(POD, "ns", "1", read_timeout_s=0.3))
    assert next(watch)["object"]["metadata"]["name"] == "app-0"
    server.strike("ns", fault)
    with pytest.raises(error) as caught:
        next(watch)
    assert type(caught.value) is error


def test_a_watch_that_the_server_ends_just_ends(server: FakeServer, api: Api) -> None:
    server.put("ns", "pods", "app-0")
    server.strike("ns", Fault("close"))
    assert [event["type"] for event in api.watch(POD, "ns", "1")] == ["ADDED"]


@pytest.mark.row(6)
def test_a_silent_watch_says_for_how_long(server: FakeServer, api: Api) -> None:
    server.strike("ns", Fault("hang"))
    with pytest.raises(Unreachable, match=r"cannot watch pods in namespace ns: .* sent nothing for 0\.3 s"):
        next(iter(api.watch(POD, "ns", "1", read_timeout_s=0.3)))


def test_server_whose_metrics_are_closed_tells_its_version_alone(api: Api, server: FakeServer) -> None:
    server.answers["GET", "/version"] = lambda _call: (200, {"gitVersion": "v1.36.3"})
    server.answers["GET", "/metrics"] = lambda _call: (403, status(403, "Forbidden", "cannot get path /metrics"))

    assert api.told_of_itself() == ApiServer("v1.36.3", None)
