"""What is read from the output of programs inside a pod; every output was printed by busybox 1.35, but the last."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.errors import EnvironmentUnfit
from harness.kube.api import Api
from harness.kube.exec import Ran
from harness.naming.inside import ResolvConf, ask_inside, read_hosts, read_nslookup, read_resolv_conf

HEAD = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n"
NAME = "myapp-svc.demo.svc.cluster.local"
FOUND = f"{HEAD}Name:\t{NAME}\nAddress: 10.1.0.9\nName:\t{NAME}\nAddress: 10.1.0.7\n\n"
SEARCHED = f"{HEAD}** server can't find myapp-svc.svc.cluster.local: NXDOMAIN\n\nName:\t{NAME}\nAddress: 10.1.0.7\n\n"
NO_NAME = f"{HEAD}** server can't find gone.demo.svc.cluster.local: NXDOMAIN\n\n"
BROKEN = f"{HEAD}** server can't find a.svc: NXDOMAIN\n** server can't find {NAME}: SERVFAIL\n\n"
NODATA = f"{HEAD}Non-authoritative answer:\n\n"
OLD = f"Server:    10.96.0.10\nAddress 1: 10.96.0.10 kube-dns\n\nName:      {NAME}\nAddress 1: 10.1.0.7 myapp-0\n"


@pytest.mark.parametrize(
    ("text", "rcode", "records"),
    [
        pytest.param(FOUND, "NOERROR", ("10.1.0.7", "10.1.0.9"), id="two addresses"),
        pytest.param(SEARCHED, "NOERROR", ("10.1.0.7",), id="found by a search path"),
        pytest.param(NO_NAME, "NXDOMAIN", (), id="no such name"),
        pytest.param(BROKEN, "SERVFAIL", (), id="a failure hides behind a missing name"),
        pytest.param(NODATA, "NOERROR", (), id="no such record"),
        pytest.param(OLD, "NOERROR", ("10.1.0.7",), id="busybox before 1.30"),
    ],
)
def test_nslookup_is_read_as_an_answer(text: str, rcode: str, records: tuple[str, ...]) -> None:
    reply = read_nslookup(text, "myapp-svc", 0.25)
    assert reply is not None
    assert (reply.rcode, reply.records) == (rcode, records)
    assert (reply.question, reply.server, reply.viewpoint, reply.took_s) == ("myapp-svc", "10.96.0.10", "pod", 0.25)


@pytest.mark.parametrize(
    "text", [";; connection timed out; no servers could be reached\n\n", "", "bash: no such thing"]
)
def test_silence_is_no_answer(text: str) -> None:
    assert read_nslookup(text, "myapp-svc") is None


def test_a_pod_is_asked_by_its_own_program() -> None:
    ran: list[tuple[Any, ...]] = []

    def run(pod: str, namespace: str, argv: list[str], *, container: str | None) -> Ran:
        ran.append((pod, namespace, argv, container))
        return Ran(1, NO_NAME, "")

    reply = ask_inside(cast(Api, SimpleNamespace(exec=run)), "myapp-0", "demo", "gone")
    assert reply.rcode == "NXDOMAIN"
    assert ran == [("myapp-0", "demo", ["nslookup", "-type=a", "gone"], None)]


@pytest.mark.parametrize(
    ("ran", "said"),
    [
        (Ran(None, "", "", "container not found"), "container not found"),
        (Ran(127, "", "nslookup: not found"), "code 127: nslookup: not found"),
        (Ran(1, ";; connection timed out; no servers could be reached", ""), "connection timed out"),
    ],
)
def test_a_pod_that_cannot_ask_is_an_error_that_says_why(ran: Ran, said: str) -> None:
    api = cast(Api, SimpleNamespace(exec=lambda *_, **__: ran))
    with pytest.raises(EnvironmentUnfit, match=said) as raised:
        ask_inside(api, "myapp-0", "demo", "myapp-svc")
    assert str(raised.value).splitlines()[0] == 'pod "myapp-0" could not ask for "myapp-svc"'
    assert "kubectl -n demo exec myapp-0 -- nslookup myapp-svc" in str(raised.value)


def test_resolv_conf() -> None:
    text = """# made by the kubelet
search demo.svc.cluster.local svc.cluster.local cluster.local
nameserver 10.96.0.10
options ndots:5 timeout:1
"""
    search = ("demo.svc.cluster.local", "svc.cluster.local", "cluster.local")
    assert read_resolv_conf(text) == ResolvConf(("10.96.0.10",), search, 5)
    assert read_resolv_conf("search a\nsearch b c ; not d\noptions rotate") == ResolvConf((), ("b", "c"), 1)


def test_hosts() -> None:
    text = "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1 localhost\n10.1.0.7 myapp-0.myapp-svc myapp-0\n"
    assert read_hosts(text) == {
        "localhost": ("127.0.0.1", "::1"),
        "myapp-0.myapp-svc": ("10.1.0.7",),
        "myapp-0": ("10.1.0.7",),
    }
