"""Whatever a user gets wrong is said in their words, before a scenario runs, without a traceback."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

FEATURE = """\
Feature: A set
  Scenario: A set starts
    When StatefulSet "myapp" is applied with 3 replicas
    Then within 60 seconds all 3 replicas of "myapp" are ready
"""
KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: {current}
contexts:
  - {{name: kind-shelf, context: {{cluster: shelf, user: shelf}}}}
  - {{name: production, context: {{cluster: shelf, user: shelf}}}}
clusters:
  - {{name: shelf, cluster: {{server: "https://127.0.0.1:{port}"}}}}
users:
  - {{name: shelf, user: {{token: secret-token}}}}
"""


@pytest.fixture
def closed_port():
    """A port of this machine where nobody listens; kept bound, so that nobody can."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def run(pytester):
    def run(*arguments: str, kubeconfig: str = "") -> pytest.RunResult:
        feature = pytester.makefile(".feature", set=FEATURE)
        if kubeconfig:
            Path("kubeconfig").write_text(kubeconfig)
            arguments = ("--harness-kubeconfig=kubeconfig", *arguments)
        return pytester.runpytest(feature, *arguments)

    return run


def assert_told(result: pytest.RunResult, *lines: str) -> None:
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{line}*" for line in lines])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*secret-token*")


@pytest.mark.row(19)
def test_no_kubeconfig(run):
    assert_told(run("--harness-kubeconfig=missing"), "missing: there is no such kubeconfig")


@pytest.mark.row(19)
def test_no_current_context_lists_those_there_are(run):
    result = run(kubeconfig=KUBECONFIG.format(current='""', port=1))

    assert_told(result, "the kubeconfig has no current context", "it has: kind-shelf, production")


@pytest.mark.row(19)
def test_unknown_context_lists_those_there_are(run):
    result = run("--harness-context=kind-shelv", kubeconfig=KUBECONFIG.format(current="kind-shelf", port=1))

    assert_told(result, "the kubeconfig has no context 'kind-shelv'", "it has: kind-shelf, production")


@pytest.mark.row(21)
def test_context_that_may_be_production_is_refused_before_any_request(run):
    """The server would be reached at once if a request left: it listens, and hears nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        result = run(kubeconfig=KUBECONFIG.format(current="production", port=server.getsockname()[1]))

        assert_told(result, "production", "harness*allow*context")
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.row(21)
@pytest.mark.parametrize(
    ("wrote", "instead", "told"),
    [
        pytest.param("kind-shelf", "kind-shop-production", "its name is one of", id="name"),
        pytest.param("127.0.0.1:", "203.0.113.7:", "its server https://203.0.113.7", id="address"),
        pytest.param(
            "cluster: shelf,", "cluster: gke_shop_west1_a,", "its cluster is called gke_", id="renamed context"
        ),
        pytest.param(
            'server: "',
            'tls-server-name: api.shop.example.com, server: "',
            "the certificate of api.shop.example.com",
            id="tunnel to an address of this machine",
        ),
        pytest.param(
            'server: "', 'proxy-url: "http://203.0.113.7:3128", server: "', "leads through the proxy", id="proxy"
        ),
        pytest.param("token: secret-token", "auth-provider: {{name: gcp}}", "its user is one of a cloud", id="cloud"),
        pytest.param(
            "token: secret-token",
            "exec: {{command: ./login, apiVersion: client.authentication.k8s.io/v1}}",
            "--harness-allow-credential-plugins ./login",
            id="credential plugin",
        ),
    ],
)
def test_nothing_is_sent_where_anything_looks_like_a_cluster_elsewhere(run, wrote, instead, told):
    """Neither does the program start that the file names for credentials."""
    Path("login").write_text("#!/bin/sh\ntouch started\n")
    Path("login").chmod(0o755)
    text = KUBECONFIG.replace(wrote, instead)
    if wrote == "cluster: shelf,":
        text = text.replace("name: shelf, cluster", "name: gke_shop_west1_a, cluster")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        named = "kind-shop-production" if wrote == "kind-shelf" else "kind-shelf"
        result = run(kubeconfig=text.format(current=named, port=server.getsockname()[1]))

        assert_told(result, told)
        with pytest.raises(TimeoutError):
            server.accept()
    assert not Path("started").exists()


@pytest.mark.row(18)
def test_unreachable_server_is_named(run, closed_port):
    result = run(kubeconfig=KUBECONFIG.format(current="kind-shelf", port=closed_port))

    assert_told(result, f"127.0.0.1:{closed_port}")


@pytest.mark.row(19)
def test_kubeconfig_that_is_no_yaml_is_told_with_its_line(run):
    assert_told(run(kubeconfig="contexts: [\n"), "kubeconfig:*: the kubeconfig is not YAML")


def test_cluster_of_that_name_and_context_do_not_go_together(run):
    result = run("--harness-cluster=embedded", "--harness-context=kind-shelf")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--harness-cluster=embedded does not go with --harness-context*"])
