"""Names as the DNS specification spells them, the service behind them, and answers as they are recorded."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.errors import EnvironmentUnfit
from harness.history.observation import ANSWER, Verb
from harness.history.recorder import Recorder
from harness.kube.api import Api, Listing
from harness.naming.dns_names import full_name, reverse_name, service_name, srv_name
from harness.naming.reply import Reply, record_reply
from harness.naming.service import cluster_servers


def test_names() -> None:
    assert service_name("myapp-svc", "demo") == "myapp-svc.demo.svc.cluster.local"
    assert srv_name("web", "myapp-svc", "demo") == "_web._tcp.myapp-svc.demo.svc.cluster.local"
    assert reverse_name("10.1.0.7") == "7.0.1.10.in-addr.arpa"
    with pytest.raises(ValueError, match="not-an-address"):
        reverse_name("not-an-address")


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("db-0.db", "db-0.db.demo.svc.cluster.local"),
        ("db-0.db.other.svc.cluster.local", "db-0.db.other.svc.cluster.local"),
        ("db-0.db.other.svc.cluster.local.", "db-0.db.other.svc.cluster.local"),
        ("db.example.org.", "db.example.org."),
    ],
)
def test_a_full_name_is_left_as_it_is(name: str, full: str) -> None:
    assert full_name(name, "demo") == full


def test_an_answer_is_recorded_under_its_question() -> None:
    recorded: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    recorder = SimpleNamespace(record=lambda *args, **kwargs: recorded.append((args, kwargs)))
    record_reply(cast(Recorder, recorder), Reply("a.b", "A", "NOERROR", ("10.1.0.7",), "coredns-1", 0.5))
    data = {"question": "a.b", "type": "A", "server": "coredns-1", "viewpoint": "service", "rcode": "NOERROR"}
    data |= {"records": ["10.1.0.7"], "took": 0.5}
    assert recorded == [((ANSWER, Verb.DONE), {"name": "a.b", "data": data})]


def test_each_ready_pod_of_the_service_is_a_server() -> None:
    """The port is the one the pod listens on, as the EndpointSlice tells it; a metrics port is none of DNS."""
    ports = [
        {"name": "metrics", "port": 9153, "protocol": "TCP"},
        {"name": "dns", "port": 1053, "protocol": "UDP"},
        {"name": "dns-tcp", "port": 1053, "protocol": "TCP"},
    ]
    api = _FakeApi([{"ports": ports, "endpoints": [_endpoint("b"), _endpoint("c", ready=False), _endpoint("a")]}])
    servers = cluster_servers(cast(Api, api))
    with servers[0].connect():
        pass
    assert [server.name for server in servers] == ["a", "b"]
    assert api.forwarded == [("a", "kube-system", 1053)]
    assert api.asked == [("EndpointSlice", "kube-system", "kubernetes.io/service-name=kube-dns")]


@pytest.mark.parametrize(
    "slices",
    [
        [],
        [{"ports": None, "endpoints": None}],
        [{"ports": [{"name": "dns", "port": 53, "protocol": "UDP"}], "endpoints": [{"targetRef": {"name": "a"}}]}],
    ],
)
def test_a_cluster_without_dns_is_unfit(slices: list[dict[str, Any]]) -> None:
    with pytest.raises(EnvironmentUnfit, match="the cluster has no DNS service that answers"):
        cluster_servers(cast(Api, _FakeApi(slices)))


def _endpoint(pod: str, *, ready: bool = True) -> dict[str, Any]:
    return {"targetRef": {"kind": "Pod", "name": pod}, "conditions": {"ready": ready}}


class _FakeApi:
    def __init__(self, slices: list[dict[str, Any]]) -> None:
        self._slices = slices
        self.asked: list[tuple[str, str, str]] = []
        self.forwarded: list[tuple[str, str, int]] = []

    def list(self, kind: Any, namespace: str, *, selector: str) -> Listing:
        self.asked.append((kind.name, namespace, selector))
        return Listing(tuple(self._slices), "1")

    def forward(self, pod: str, namespace: str, port: int) -> nullcontext[None]:
        self.forwarded.append((pod, namespace, port))
        return nullcontext()
