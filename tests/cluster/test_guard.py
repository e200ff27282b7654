"""The guard lets test clusters through and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from harness.cluster.guard import doubts_of, refuse_unless_test_cluster
from harness.errors import BadInput
from harness.kube.proxy import Proxy


def is_refused(context: str, server: str, allowed: list[str]) -> bool:
    try:
        refuse_unless_test_cluster(context, server, allowed)
    except BadInput:
        return True
    return False


@pytest.mark.parametrize(
    ("context", "server"),
    [
        ("kind-one", "https://127.0.0.1:38211"),
        ("minikube", "https://192.168.49.2:8443"),
        ("k3d-demo", "https://0.0.0.0:6443"),
        ("docker-desktop", "https://kubernetes.docker.internal:6443"),
        ("statefulspec-dev", "https://198.18.0.2:6443"),
        ("colima-x", "https://localhost:6443"),
        ("kind-six", "https://[::1]:6443"),
        ("kind-delivery", "https://mymac.local:6443"),
        ("kind-reproduction", "https://127.0.0.1:6443"),
    ],
)
def test_a_test_cluster_passes(context: str, server: str) -> None:
    assert not is_refused(context, server, [])


@pytest.mark.row(21)
@pytest.mark.parametrize(
    ("context", "server", "doubt"),
    [
        ("production", "https://127.0.0.1:6443", "its name"),
        ("minikube", "https://203.0.113.7:6443", "its server https://203.0.113.7:6443"),
        ("kind-one", "https://api.example.com", "its server"),
        ("kind-one", "https://localhost.example.com", "its server"),
        ("Minikube", "https://127.0.0.1", "its name"),
        ("kind-one", "", "its server"),
        ("kind-prod", "https://127.0.0.1:6443", "its name is one of a cluster that is not for testing"),
        ("k3d-live", "https://127.0.0.1:6443", "its name"),
        ("kind-one", "https://127.0.0.1@203.0.113.7:6443", "its server"),
        ("kind-one", "https://127.0.0.1.nip.example:6443", "its server"),
        ("kind-one", "https://api.corp.local:6443", "its server"),
        ("kind-one", "https://localhost.local.example", "its server"),
        ("kind-one", "https://2130706433:6443", "its server"),
        ("kind-one", "https://100.64.0.7:6443", "its server"),
        ("kind-one", "https://169.254.0.7:6443", "its server"),
        ("kind-one", "https://[::ffff:203.0.113.7]:6443", "its server"),
        ("kind-one", "https://[2001:db8::1]:6443", "its server"),
        ("kind-one", "unix:///var/run/api.sock", "its server"),
    ],
)
def test_anything_else_is_refused_with_the_doubt_and_the_remedy(context: str, server: str, doubt: str) -> None:
    with pytest.raises(BadInput) as refusal:
        refuse_unless_test_cluster(context, server, ())
    assert doubt in refusal.value.problem
    assert "no request was sent" in refusal.value.problem
    assert f"--harness-allow-contexts {context}" in refusal.value.remedy


def test_a_name_that_is_allowed_passes_wherever_it_leads() -> None:
    assert not is_refused("staging", "https://203.0.113.7", ["staging"])


def test_an_allowed_name_is_no_pattern() -> None:
    assert is_refused("staging", "https://203.0.113.7", ["*"])


@pytest.mark.row(21)
def test_a_proxy_elsewhere_makes_a_local_address_doubtful() -> None:
    way = Proxy("proxy.example.com", 3128, "HTTPS_PROXY", exception="add 192.168.49.2 to NO_PROXY")
    with pytest.raises(
        BadInput,
        match=r"the proxy http://proxy\.example\.com:3128 \(HTTPS_PROXY\)[\s\S]*add 192\.168\.49\.2 to NO_PROXY",
    ):
        refuse_unless_test_cluster("kind-one", "https://192.168.49.2:1", (), way)


LOCAL = {"server": "https://127.0.0.1:6443"}


@pytest.mark.row(21)
@pytest.mark.parametrize(
    ("chosen", "cluster", "user", "doubt"),
    [
        ({"cluster": "arn:aws:eks:eu-west-1:111122223333:cluster/a"}, {}, {}, "its cluster is called arn:aws:eks:"),
        ({"cluster": "a.eu-west-1.eksctl.io"}, {}, {}, "its cluster is called a.eu"),
        ({"cluster": "gke_shop_europe-west1_a"}, {}, {}, "its cluster is called gke_"),
        ({"cluster": "a", "user": "clusterAdmin_group_a"}, {}, {}, "its user is called clusterAdmin_"),
        ({"cluster": "do-fra1-a"}, {}, {}, "its cluster is called do-fra1"),
        ({"cluster": "shop-PROD-1"}, {}, {}, "its cluster is called shop-PROD-1"),
        ({}, {"tls-server-name": "api.shop.example.com"}, {}, r"the certificate of api\.shop\.example\.com"),
        ({}, {"insecure-skip-tls-verify": True}, {}, "nobody looks whose certificate"),
        ({}, {}, {"auth-provider": {"name": "gcp"}}, "its user is one of a cloud"),
    ],
)
def test_a_tunnel_to_a_cluster_elsewhere_shows_in_its_entries(
    chosen: dict[str, str], cluster: dict[str, Any], user: dict[str, Any], doubt: str
) -> None:
    """Name and address are those of a local cluster: who renames a context and opens a tunnel has both."""
    assert not is_refused("kind-one", LOCAL["server"], [])
    more = doubts_of(chosen, LOCAL | cluster, user)
    with pytest.raises(BadInput, match=doubt):
        refuse_unless_test_cluster("kind-one", LOCAL["server"], (), more=more)
    refuse_unless_test_cluster("kind-one", LOCAL["server"], ("kind-one",), more=more)


@pytest.mark.parametrize(
    ("chosen", "cluster"),
    [
        ({"cluster": "kind-one", "user": "kind-one"}, {}),
        ({"cluster": "minikube", "user": "minikube"}, {"tls-server-name": "localhost"}),
        ({"cluster": "microk8s-cluster", "user": "admin"}, {}),
        ({"cluster": "deliver-product", "user": "olive"}, {}),
    ],
)
def test_entries_of_local_clusters_raise_no_doubt(chosen: dict[str, str], cluster: dict[str, Any]) -> None:
    assert doubts_of(chosen, LOCAL | cluster, {"client-certificate-data": "x"}) == []
