"""The record and the door to Kubernetes against a real API server and a real kubelet."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import dns.message
import dns.query
import dns.rdatatype
import pytest

from harness.cluster.embedded import lifecycle
from harness.errors import Conflict, Invalid, NotFound, Unreachable
from harness.history.observation import Verb
from harness.history.recorder import Recorder
from harness.kube.api import Api
from harness.model import KINDS, Object
from harness.scenario.namespace import OPTIONAL_KINDS, REQUIRED_KINDS

pytestmark = pytest.mark.embedded

POD, NAMESPACE = KINDS["Pod"], KINDS["Namespace"]


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """Connect to the cluster of HARNESS_KUBECONFIG, else to one that is started for this module."""
    given = os.environ.get("HARNESS_KUBECONFIG")
    if given:
        yield Api.connect(Path(given))
        return
    if os.geteuid() != 0:
        pytest.skip("real nodes need root; without it name a cluster in HARNESS_KUBECONFIG")
    name = f"record-{os.getpid()}"
    try:
        yield Api.connect(lifecycle.up(name, progress=lambda _: None).paths.kubeconfig)
    finally:
        lifecycle.down(name)


@pytest.fixture
def namespace(api: Api) -> Iterator[str]:
    name = f"statefulspec-test-{secrets.token_hex(3)}"
    api.create(NAMESPACE, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    api.delete(NAMESPACE, name)


@pytest.fixture
def recorder(api: Api, namespace: str) -> Iterator[Recorder]:
    started = Recorder(api, namespace, REQUIRED_KINDS, OPTIONAL_KINDS)
    started.start()
    yield started
    started.stop()


def shell(name: str = "shell") -> Object:
    container = {"name": "shell", "image": "docker.io/library/busybox:1.36", "command": ["sleep", "600"]}
    spec = {"terminationGracePeriodSeconds": 0, "containers": [container]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def await_running(recorder: Recorder, name: str) -> None:
    ends, end = time.monotonic() + 60, 0
    while (recorder.history.current("Pod", name) or {}).get("status", {}).get("phase") != "Running":
        assert time.monotonic() < ends, recorder.history.current("Pod", name)
        end = recorder.wait(end, 1)


def await_gone(recorder: Recorder, name: str) -> None:
    ends, end = time.monotonic() + 60, 0
    while recorder.history.current("Pod", name) is not None:
        assert time.monotonic() < ends, recorder.history.current("Pod", name)
        end = recorder.wait(end, 1)


def test_the_life_of_a_pod_is_recorded_in_order_and_proved(api: Api, namespace: str, recorder: Recorder) -> None:
    applied = api.apply(POD, shell(), namespace=namespace)
    await_running(recorder, "shell")
    api.delete(POD, "shell", namespace, uid=applied["metadata"]["uid"])
    await_gone(recorder, "shell")
    asked = recorder.confirm_fresh(REQUIRED_KINDS)
    assert [kind for kind in REQUIRED_KINDS if recorder.history.synced(kind, asked) is None] == []
    (life,) = recorder.history.incarnations("Pod", "shell")
    verbs = [seen.verb for seen in life.seen]
    assert (verbs[0], verbs[-1]) == (Verb.ADDED, Verb.DELETED)
    assert set(verbs[1:-1]) == {Verb.MODIFIED}
    assert life.uid == applied["metadata"]["uid"]
    assert recorder.history.gaps("Pod", "shell") == []
    assert "managedFields" not in life.last.data["metadata"]


def test_a_write_is_seen_by_a_waiter_at_once(api: Api, namespace: str, recorder: Recorder) -> None:
    body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "app"}, "spec": {"clusterIP": "None"}}
    api.apply(KINDS["Service"], body, namespace=namespace)
    answered, end = time.monotonic(), 0
    while recorder.history.current("Service", "app") is None:
        assert time.monotonic() - answered < 1
        end = recorder.wait(end, 1)


def test_commands_end_as_they_do_in_the_container(api: Api, namespace: str, recorder: Recorder) -> None:
    api.apply(POD, shell(), namespace=namespace)
    await_running(recorder, "shell")
    ran = api.exec("shell", namespace, ["sh", "-c", "echo out; echo err >&2; exit 42"], container="shell")
    assert (ran.code, ran.stdout, ran.stderr, ran.error) == (42, "out\n", "err\n", "")
    much = api.exec("shell", namespace, ["head", "-c", "3000000", "/dev/zero"], container="shell", limit=10)
    assert much.stdout.endswith("[truncated]")
    missing = api.exec("shell", namespace, ["nosuch"], container="shell")
    assert missing.code is None
    assert "nosuch" in missing.error
    late = api.exec("shell", namespace, ["sleep", "20"], container="shell", timeout_s=1)
    assert (late.code, late.error) == (None, "the command had not ended after 1 s")
    with pytest.raises(Invalid, match="container other is not valid for pod shell"):
        api.exec("shell", namespace, ["true"], container="other")
    with pytest.raises(NotFound):
        api.exec("nobody", namespace, ["true"], container="shell")


def test_names_are_asked_through_a_forwarded_port(api: Api) -> None:
    server = api.list(POD, "kube-system", selector="k8s-app=kube-dns").items[0]["metadata"]["name"]
    question = dns.message.make_query("kubernetes.default.svc.cluster.local", dns.rdatatype.A)
    with api.forward(server, "kube-system", 53) as connection:
        answers = [dns.query.tcp(question, "127.0.0.1", sock=connection, timeout=5).answer for _ in range(3)]
    service = api.read(KINDS["Service"], "kubernetes", "default")
    assert [str(answer[0][0]) for answer in answers] == [service["spec"]["clusterIP"]] * 3


def test_a_port_without_listener_is_told_in_the_kubelets_words(api: Api, namespace: str, recorder: Recorder) -> None:
    api.apply(POD, shell(), namespace=namespace)
    await_running(recorder, "shell")
    with pytest.raises(Unreachable, match=r"port 81 gives no connection: .*refused"):
        read_one(api, namespace, 81)


def read_one(api: Api, namespace: str, port: int) -> None:
    with api.forward("shell", namespace, port) as connection:
        connection.settimeout(10)
        if not connection.recv(1):
            raise EOFError


def test_the_servers_refusals_name_fields_and_managers(api: Api, namespace: str) -> None:
    unknown = shell() | {"spec": {"containrs": []}}
    with pytest.raises(Invalid) as caught:
        api.apply(POD, unknown, namespace=namespace)
    assert caught.value.causes == (("spec.containrs", "field not declared in schema"),)
    labelled = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "labels": {"a": "1"}}}
    api.apply(KINDS["ConfigMap"], labelled, namespace=namespace, manager="other")
    labelled = labelled | {"metadata": {"name": "x", "labels": {"a": "2"}}}
    with pytest.raises(Conflict) as conflict:
        api.apply(KINDS["ConfigMap"], labelled, namespace=namespace, force=False)
    assert conflict.value.causes == (("metadata.labels.a", 'conflict with "other"'),)
