"""The guard lets test clusters through and nothing else."""

from __future__ import annotations

import pytest

from harness.cluster.guard import refuse_unless_test_cluster
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
    ],
)
def test_a_test_cluster_passes(context: str, server: str) -> None:
    assert not is_refused(context, server, [])


@pytest.mark.parametrize(
    ("context", "server", "doubt"),
    [
        ("production", "https://127.0.0.1:6443", "its name"),
        ("minikube", "https://203.0.113.7:6443", "its server https://203.0.113.7:6443"),
        ("kind-one", "https://api.example.com", "its server"),
        ("kind-one", "https://localhost.example.com", "its server"),
        ("Minikube", "https://127.0.0.1", "its name"),
        ("kind-one", "", "its server"),
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


def test_a_proxy_elsewhere_makes_a_local_address_doubtful() -> None:
    way = Proxy("proxy.example.com", 3128, "HTTPS_PROXY", exception="add 192.168.49.2 to NO_PROXY")
    with pytest.raises(
        BadInput,
        match=r"the proxy http://proxy\.example\.com:3128 \(HTTPS_PROXY\)[\s\S]*add 192\.168\.49\.2 to NO_PROXY",
    ):
        refuse_unless_test_cluster("kind-one", "https://192.168.49.2:1", (), way)
