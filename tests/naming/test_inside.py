"""What is read from the output of programs inside a pod; every output was printed by busybox 1.35, but the last."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from harness.errors import EnvironmentUnfit
from harness.kube.api import Api
from harness.kube.exec import CommandResult
from harness.model import Kind, Object
from harness.naming.inside import ResolvConf, ask_inside, read_hosts, read_nslookup, read_resolv_conf
from harness.naming.reply import Reply

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
    reply = read_nslookup(text, "myapp-svc")
    assert reply is not None
    assert (reply.rcode, reply.records) == (rcode, records)
    assert (reply.question, reply.server, reply.viewpoint) == ("myapp-svc", "10.96.0.10", "pod")


@pytest.mark.parametrize(
    "text", [";; connection timed out; no servers could be reached\n\n", "", "bash: no such thing"]
)
def test_silence_is_no_answer(text: str) -> None:
    assert read_nslookup(text, "myapp-svc") is None


SEARCH = ("demo.svc.cluster.local", "svc.cluster.local", "cluster.local")
CONF = f"search {' '.join(SEARCH)}\nnameserver 10.96.0.10\noptions ndots:5\n"
HOSTS = "127.0.0.1 localhost\n::1 localhost\n10.1.0.7 myapp-0.myapp-svc.demo.svc.cluster.local myapp-0\n"


class FakePod:
    """Has files, and a nslookup that prints what is known of a name with its final dot; else NXDOMAIN."""

    def __init__(self, known: dict[str, str], failure: CommandResult | None = None, conf: str = CONF) -> None:
        self._known, self._failure, self._conf = known, failure, conf
        self.asked: list[str] = []

    def exec(self, pod: str, namespace: str, argv: list[str], *, container: str) -> CommandResult:
        assert (pod, namespace, container) == ("myapp-1", "demo", "app")
        if argv[0] == "cat":
            return CommandResult(0, {"/etc/hosts": HOSTS, "/etc/resolv.conf": self._conf}[argv[1]], "")
        self.asked.append(argv[-1])
        missing = f"{HEAD}** server can't find {argv[-1]}: NXDOMAIN\n\n"
        return self._failure or CommandResult(0, self._known.get(argv[-1], missing), "")

    def ask(self, name: str) -> Reply:
        return ask_inside(cast(Api, self), "myapp-1", "demo", name)

    def read(self, kind: Kind, pod: str, namespace: str) -> Object:
        """Return a pod whose first container is not the application's."""
        assert (kind.name, pod, namespace) == ("Pod", "myapp-1", "demo")
        containers = [{"name": "proxy"}, {"name": "app"}]
        annotations = {"kubectl.kubernetes.io/default-container": "app"}
        return {"metadata": {"name": pod, "annotations": annotations}, "spec": {"containers": containers}}


@pytest.mark.parametrize("name", ["myapp-svc", "myapp-svc.demo", "myapp-svc.demo.svc"])
def test_a_short_name_is_found_by_the_search_paths_of_the_pod(name: str) -> None:
    pod = FakePod({f"{NAME}.": FOUND})
    reply = pod.ask(name)
    assert (reply.question, reply.rcode, reply.records) == (name, "NOERROR", ("10.1.0.7", "10.1.0.9"))
    assert pod.asked[-1] == f"{NAME}."
    assert pod.asked == [f"{name}.{domain}." for domain in SEARCH[: len(pod.asked)]]


def test_a_full_name_with_its_dot_is_asked_for_as_it_is() -> None:
    pod = FakePod({f"{NAME}.": FOUND})
    assert pod.ask(f"{NAME}.").records == ("10.1.0.7", "10.1.0.9")
    assert pod.asked == [f"{NAME}."]


@pytest.mark.parametrize(
    ("known", "rcode"),
    [({}, "NXDOMAIN"), ({"gone.": BROKEN}, "SERVFAIL"), ({"gone.svc.cluster.local.": NODATA}, "NOERROR")],
)
def test_a_name_that_no_path_leads_to_has_no_address(known: dict[str, str], rcode: str) -> None:
    pod = FakePod(known)
    reply = pod.ask("gone")
    assert (reply.rcode, reply.records) == (rcode, ())
    assert pod.asked == [*(f"gone.{domain}." for domain in SEARCH), "gone."]


def test_the_pods_own_hosts_come_first() -> None:
    pod = FakePod({})
    reply = pod.ask("myapp-0")
    assert (reply.records, reply.server, reply.viewpoint) == (("10.1.0.7",), "/etc/hosts", "pod")
    assert pod.asked == []
    assert pod.ask("localhost").records == ("127.0.0.1",)


def test_a_name_with_enough_dots_is_asked_for_as_it_is_first() -> None:
    conf = ResolvConf((), ("a", "b"), 2)
    assert conf.candidates("x.y") == ["x.y.a.", "x.y.b.", "x.y."]
    assert conf.candidates("x.y.z") == ["x.y.z.", "x.y.z.a.", "x.y.z.b."]


@pytest.mark.parametrize(
    ("ran", "said"),
    [
        (CommandResult(None, "", "", "container not found"), "container not found"),
        (CommandResult(127, "", "nslookup: not found"), "code 127: nslookup: not found"),
        (CommandResult(1, ";; connection timed out; no servers could be reached", ""), "connection timed out"),
    ],
)
def test_a_pod_that_cannot_ask_is_an_error_that_says_why(ran: CommandResult, said: str) -> None:
    with pytest.raises(EnvironmentUnfit, match=said) as raised:
        FakePod({}, failure=ran).ask("myapp-svc")
    assert str(raised.value).splitlines()[0] == 'pod "myapp-1" could not ask for "myapp-svc"'
    assert "kubectl -n demo exec myapp-1 -c app -- nslookup myapp-svc" in str(raised.value)


def test_a_pod_whose_files_cannot_be_read_is_an_error() -> None:
    api = SimpleNamespace(
        exec=lambda _pod, _namespace, argv, **_: CommandResult(None, "", "", f"{argv[0]}: no such file"),
        read=FakePod({}).read,
    )
    with pytest.raises(EnvironmentUnfit, match="cat: no such file"):
        ask_inside(cast(Api, api), "myapp-1", "demo", "myapp-svc")


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
