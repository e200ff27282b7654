"""What a scenario's place does when the cluster's DNS falls silent."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from harness import timeouts
from harness.errors import EnvironmentUnfit, Forbidden
from harness.history.recorder import Recorder
from harness.kube.api import Api
from harness.manifests.loading import parse
from harness.scenario import namespace as namespaces
from harness.scenario.namespace import ScenarioNamespace
from harness.scenario.removal import await_removal
from tests.actions.test_actions import FakeRecorder
from tests.fakes.apiserver import kubeconfig, status
from tests.fakes.apiserver import serving as serving_api
from tests.naming.dns_server import serving, zone

NAME = "kubernetes.default.svc.cluster.local"


def scenario(dns: str) -> ScenarioNamespace:
    return ScenarioNamespace(cast(Api, None), cast(Recorder, FakeRecorder()), "demo", "t", dns=dns)


def silent_address() -> str:
    """Return an address on loopback where nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{unused.getsockname()[1]}"


def test_a_question_that_nobody_answers_is_recorded_and_the_next_is_asked_anew() -> None:
    scene = scenario(silent_address())
    silence = scene.ask(NAME)
    assert (silence.data["rcode"], silence.data["records"]) == ("NOANSWER", [])
    assert "refused" in silence.data["error"]
    with serving(zone({(NAME, "A"): ["10.0.0.1"]})) as server:
        scene.dns = server.address
        assert scene.ask(NAME).data["records"] == ["10.0.0.1"]
        scene.healing.heal()


class Services:
    """An API server of services alone."""

    def __init__(self) -> None:
        self.left: list[str] = []

    def create(self, kind: Any, body: dict[str, Any], namespace: str) -> dict[str, Any]:
        del namespace
        self.left.append(f"{kind.name} {body['metadata']['name']}")
        return {"metadata": {"uid": "u"}}

    def delete(self, kind: Any, name: str, namespace: str, *, uid: str) -> None:
        assert (namespace, uid) == ("demo", "u")
        self.left.remove(f"{kind.name} {name}")


def test_a_cluster_has_recovered_when_its_dns_answers_for_a_new_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it knew before proves nothing: it may be that it does not follow the API server yet."""
    monkeypatch.setattr(namespaces, "token_hex", lambda _: "1")
    new = "statefulspec-well-1.demo.svc.cluster.local"
    with serving(zone({(new, "A"): ["10.0.0.1"]})) as server:
        scene = scenario(server.address)
        scene.api = cast(Api, services := Services())
        scene.recover()
        scene.healing.heal()
        assert len(server.questions) == 1
        assert services.left == []


def test_a_dns_that_does_not_recover_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeouts, "RECOVERY", timeouts.Timeout(0.3))
    with serving(zone({(NAME, "A"): ["10.0.0.1"]})) as server:
        scene = scenario(server.address)
        scene.api = cast(Api, services := Services())
        with pytest.raises(EnvironmentUnfit, match="DNS has not recovered") as told:
            scene.recover()
        scene.healing.heal()
    assert told.value.observed == "NXDOMAIN"
    assert services.left == []


CLAIMS = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {resources: {requests: {storage: 2Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: log}
spec: {resources: {requests: {storage: 2Gi}}}
"""
ADMISSION = 'persistentvolumeclaims "data" is forbidden: the storageclass that provisions the pvc must support resize'
RIGHTS = (
    'persistentvolumeclaims "data" is forbidden: User "u" cannot patch resource "persistentvolumeclaims" in API group'
)


@pytest.mark.parametrize(("code", "reason", "message"), [(403, "Forbidden", ADMISSION), (422, "Invalid", "too small")])
def test_a_proposal_is_refused_by_admission_as_by_validation(
    tmp_path: Path, code: int, reason: str, message: str
) -> None:
    """Only what was named is proposed, and nothing is changed."""
    with serving_api() as server, closing(Api.connect(kubeconfig(tmp_path, server.url))) as api:
        path = "/api/v1/namespaces/demo/persistentvolumeclaims"
        server.answers["PATCH", f"{path}/data"] = lambda _call: (code, status(code, reason, message))
        scene = ScenarioNamespace(api, cast(Recorder, FakeRecorder()), "demo", "t")
        answer = scene.dry_run(parse(CLAIMS, "claims.yaml"), ["data"])
        assert (answer.data["rcode"], answer.data["records"]) == ("refused", [message])
        assert [(call.path, call.query["dryRun"]) for call in server.calls] == [(f"{path}/data", "All")]


def test_a_proposal_that_may_not_be_made_is_not_refused(tmp_path: Path) -> None:
    """Who lacks the right to ask learns it, and does not take it for the answer."""
    with serving_api() as server, closing(Api.connect(kubeconfig(tmp_path, server.url))) as api:
        path = "/api/v1/namespaces/demo/persistentvolumeclaims/data"
        server.answers["PATCH", path] = lambda _call: (403, status(403, "Forbidden", RIGHTS))
        scene = ScenarioNamespace(api, cast(Recorder, FakeRecorder()), "demo", "t")
        with pytest.raises(Forbidden, match="verbs"):
            scene.dry_run(parse(CLAIMS, "claims.yaml"), ["data"])


def test_a_place_that_is_not_wanted_any_more_while_it_is_opened_leaves_no_namespace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_recorder: Recorder) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Recorder, "start", interrupted)
    monkeypatch.setattr(namespaces, "token_hex", lambda _bytes: "abc123")
    with serving_api() as server:
        server.answers["POST", "/api/v1/namespaces"] = lambda call: (201, call.body)
        server.answers["DELETE", "/api/v1/namespaces/statefulspec-abc123"] = lambda _call: (200, {})
        api = Api.connect(kubeconfig(tmp_path, server.url))
        with pytest.raises(KeyboardInterrupt):
            namespaces.open_namespace(api, "run")

        assert [call.method for call in server.calls if "namespaces" in call.path] == ["POST", "DELETE"]


@pytest.mark.parametrize("code", [200, 403])
def test_what_is_left_in_a_namespace_is_deleted_before_it_is_waited_for(tmp_path: Path, code: int) -> None:
    """Who has no right to delete all pods at once still waits until the namespace is gone."""
    space, cause = "/api/v1/namespaces/demo", status(403, "Forbidden", RIGHTS)
    with serving_api() as server, closing(Api.connect(kubeconfig(tmp_path, server.url))) as api:
        reads = iter([(200, {"metadata": {"name": "demo"}})] * 2)
        server.answers["GET", space] = lambda _call: next(reads, (404, status(404, "NotFound", "gone")))
        for plural in ("pods", "persistentvolumeclaims"):
            server.answers["DELETE", f"{space}/{plural}"] = lambda _call: (code, {} if code == 200 else cause)
        await_removal(api, ["demo"])
        asked = [(call.method, call.path.removeprefix(space)) for call in server.calls]
        deleted = [("DELETE", "/pods"), ("DELETE", "/persistentvolumeclaims")]
        assert asked == [("GET", ""), *deleted, *[("GET", "")] * 2, ("GET", "/api/v1/persistentvolumes")]


@pytest.mark.row(39)
def test_a_namespace_that_does_not_go_is_told_with_what_the_server_says_of_it(tmp_path: Path) -> None:
    """The bound is kept, and the server's own conditions name what holds it; those that are false say nothing."""
    held = [
        {"type": "NamespaceContentRemaining", "status": "True", "message": "pods. has 1 resource instances"},
        {"type": "NamespaceFinalizersRemaining", "status": "True", "message": "example.com/hold in 1 instances"},
        {"type": "NamespaceDeletionDiscoveryFailure", "status": "False", "message": "all discovered"},
    ]
    found = {"metadata": {"name": "demo"}, "status": {"phase": "Terminating", "conditions": held}}
    with serving_api() as server, closing(Api.connect(kubeconfig(tmp_path, server.url))) as api:
        server.answers["GET", "/api/v1/namespaces/demo"] = lambda _call: (200, found)
        began = time.monotonic()
        with pytest.raises(EnvironmentUnfit) as told:
            await_removal(api, ["demo"], timeout_s=0.6)
        assert time.monotonic() - began < 5
    assert str(told.value).splitlines() == [
        "namespace demo is not removed after 1 s",
        "  observed: pods. has 1 resource instances; example.com/hold in 1 instances",
        "  look at:  kubectl get namespace demo -o yaml",
    ]


def test_volumes_of_a_scenario_are_seen_to_go_and_none_is_kept(tmp_path: Path) -> None:
    """One that was provisioned for it goes though its class keeps what it makes; somebody else's is not touched."""

    def volume(name: str, namespace: str, provisioner: str = "", mark: str = "") -> dict[str, Any]:
        annotations = {"pv.kubernetes.io/provisioned-by": provisioner} if provisioner else {}
        metadata = {"name": name, "annotations": annotations, "labels": {"statefulspec.dev/namespace": mark}}
        spec = {"claimRef": {"namespace": namespace}, "persistentVolumeReclaimPolicy": "Retain"}
        return {"metadata": metadata, "spec": spec}

    path = "/api/v1/persistentvolumes"
    with serving_api() as server, closing(Api.connect(kubeconfig(tmp_path, server.url))) as api:
        server.answers["GET", "/api/v1/namespaces/demo"] = lambda _call: (404, status(404, "NotFound", "gone"))
        others = [volume("theirs", "elsewhere", "csi"), volume("static", "demo")]
        mine = [volume("made", "demo", "csi"), volume("own", "", mark="demo")]
        lists = iter([mine + others, mine[1:] + others])
        server.answers["GET", path] = lambda _call: (200, {"items": next(lists, others)})
        server.answers["PATCH", f"{path}/made"] = lambda call: (200, call.body)
        await_removal(api, ["demo"])
        assert [call.body for call in server.asked(method="PATCH")] == [
            {"spec": {"persistentVolumeReclaimPolicy": "Delete"}}
        ]
        assert len([call for call in server.calls if call.path == path]) == 3
        server.answers["GET", path] = lambda _call: (200, {"items": mine[1:]})
        with pytest.raises(EnvironmentUnfit, match="volume own is not removed after"):
            await_removal(api, ["demo"], timeout_s=0.3)
