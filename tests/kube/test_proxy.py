"""
The way to a server, as kubectl takes it, and the same for every kind of request.

The answers in the table are those of Go 1.26's net/http; 20,000 more, at random, were the same on 2026-11-30.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from select import select

import pytest

from harness.errors import BadInput, Unreachable
from harness.kube.api import Api
from harness.kube.kubeconfig import load
from harness.kube.proxy import DIRECT, Proxy, proxy_for
from harness.model import KINDS
from tests.fakes.apiserver import FakeServer, kubeconfig
from tests.kube.test_channels import forwarding, printing

SET = {"HTTPS_PROXY": "http://proxy:3128"}
EXCEPTION = "add api.example.com to NO_PROXY"
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("server", "exceptions", "proxied"),
    [
        ("https://api.example.com", "", True),
        ("https://localhost:6443", "", False),
        ("https://127.0.0.1:6443", "", False),
        ("https://127.8.9.1", "", False),
        ("https://[::1]:6443", "", False),
        ("https://198.18.0.2:6443", "localhost, 127.0.0.1, 198.18.0.0/15", False),
        ("https://198.20.0.2:6443", "localhost, 127.0.0.1, 198.18.0.0/15", True),
        ("https://10.0.0.5", "10.0.0.5", False),
        ("https://10.0.0.5:6443", "10.0.0.5:6443", False),
        ("https://10.0.0.5", "10.0.0.5:6443", True),
        ("https://10.0.0.5", "10.0.0.5:443", False),
        ("https://10.0.0.55", "10.0.0.5", True),
        ("https://10.0.0.5", "0.5", True),
        ("https://[fd00::5]:6443", "fd00::/8", False),
        ("https://[fd00::5]:6443", "[fd00::5]:6443", False),
        ("https://[fd00::5]:6443", "[fd00::5]", True),
        ("https://api.example.com", "example.com", False),
        ("https://api.example.com", ".example.com", False),
        ("https://example.com", ".example.com", True),
        ("https://example.com", "*.example.com", True),
        ("https://api.example.com", "*.example.com", False),
        ("https://notexample.com", "example.com", True),
        ("https://api.example.com", "EXAMPLE.com ", False),
        ("https://API.example.com", "api.example.com", False),
        ("https://api.example.com:6443", "example.com:6443", False),
        ("https://api.example.com:6443", "example.com:443", True),
        ("https://b\u00fccher.example", "xn--bcher-kva.example", False),
        ("https://api.example.com", "other,*", False),
        ("https://api.example.com", " , ,:443,10.0.0.0/99", True),
    ],
)
def test_exceptions(server: str, exceptions: str, proxied: bool):
    assert (proxy_for(server, {**SET, "NO_PROXY": exceptions}) is not None) is proxied
    assert (proxy_for(server, {**SET, "no_proxy": exceptions, "NO_PROXY": ""}) is not None) is proxied


@pytest.mark.parametrize(
    ("environment", "source"),
    [
        ({"HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:1"}, "HTTPS_PROXY"),
        ({"HTTPS_PROXY": "", "https_proxy": "http://b:1"}, "https_proxy"),
        ({"HTTP_PROXY": "http://a:1", "ALL_PROXY": "http://a:1", "all_proxy": "socks5://a:1"}, ""),
        ({"HTTPS_PROXY": "a:1", "NO_PROXY": "other", "no_proxy": "api.example.com"}, "HTTPS_PROXY"),
    ],
)
def test_which_variable_counts(environment: dict[str, str], source: str):
    found = proxy_for("https://api.example.com", environment)
    assert (found.source if found else "") == source


def test_what_is_not_secured_has_a_variable_of_its_own():
    found = proxy_for("http://api.example.com:8080", {"HTTP_PROXY": "http://a:1", "HTTPS_PROXY": "http://b:1"})
    assert found == Proxy("a", 1, "HTTP_PROXY", "", EXCEPTION)


@pytest.mark.parametrize(
    ("text", "proxy"),
    [
        ("http://proxy:3128", Proxy("proxy", 3128, "HTTPS_PROXY", "", EXCEPTION)),
        ("proxy:3128", Proxy("proxy", 3128, "HTTPS_PROXY", "", EXCEPTION)),
        ("10.0.0.1:3128", Proxy("10.0.0.1", 3128, "HTTPS_PROXY", "", EXCEPTION)),
        ("proxy", Proxy("proxy", 80, "HTTPS_PROXY", "", EXCEPTION)),
        ("http://me:p%40ss@proxy:3128/", Proxy("proxy", 3128, "HTTPS_PROXY", "me:p@ss", EXCEPTION)),
        ("http://[fd00::1]:3128", Proxy("fd00::1", 3128, "HTTPS_PROXY", "", EXCEPTION)),
    ],
)
def test_a_proxy_is_spelt_in_several_ways(text: str, proxy: Proxy):
    assert proxy_for("https://api.example.com", {"HTTPS_PROXY": text}) == proxy


@pytest.mark.parametrize(
    "text", ["socks5://me:secret@proxy:1080", "https://me:secret@proxy", "http://", "http://a:b:c"]
)
def test_a_proxy_that_cannot_be_used_is_refused_with_its_variable_and_the_host(text: str):
    with pytest.raises(BadInput, match=r"^HTTPS_PROXY names .* for api\.example\.com, .*\n.*NO_PROXY") as caught:
        proxy_for("https://api.example.com:6443", {"HTTPS_PROXY": text})
    assert "secret" not in str(caught.value)
    assert proxy_for("https://api.example.com:6443", {"HTTPS_PROXY": text, "NO_PROXY": "example.com"}) is None


def test_a_kubeconfigs_proxy_comes_first_and_knows_no_exceptions(tmp_path: Path):
    path = kubeconfig(tmp_path, "https://127.0.0.1:6443", **{"proxy-url": "http://mine:1"})
    found = load(path, None, {**SET, "NO_PROXY": "*"})
    assert found.way == Proxy("mine", 1, "the kubeconfig's proxy-url")


def test_no_proxy_leads_to_a_cluster_of_this_machine(tmp_path: Path):
    """An embedded one says so in its kubeconfig."""
    path = kubeconfig(tmp_path, "https://198.18.0.2:6443", extensions=[{"name": DIRECT, "extension": {}}])
    assert load(path, None, SET).way is None


class Relay(ThreadingHTTPServer):
    """An HTTP proxy: takes down what it is asked for and connects it all to one server."""

    daemon_threads = True

    def __init__(self, server: FakeServer) -> None:
        self.asked: list[str] = []
        self.upstream = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        super().__init__(("127.0.0.1", 0), _Relaying)
        self.url = f"http://me:secret@127.0.0.1:{self.server_port}"


class _Relaying(BaseHTTPRequestHandler):
    server: Relay

    def do_GET(self) -> None:
        self._note()
        path = self.path.removeprefix("http://api.example.com")
        with closing(HTTPConnection(*self.server.upstream)) as upstream:
            upstream.request("GET", path, headers={"Accept": "application/json"})
            answer = upstream.getresponse()
            body = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_CONNECT(self) -> None:
        self._note()
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(self.server.upstream) as upstream:
            ends = {self.connection: upstream, upstream: self.connection}
            while ready := select(list(ends), [], [])[0]:
                data = ready[0].recv(1 << 16)
                if not data:
                    break
                ends[ready[0]].sendall(data)
        self.close_connection = True

    def _note(self) -> None:
        self.server.asked.append(f"{self.command} {self.headers.get('Proxy-Authorization', '')}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def relay(server: FakeServer) -> Iterator[Relay]:
    with Relay(server) as opened:
        thread = threading.Thread(target=opened.serve_forever)
        thread.start()
        yield opened
        opened.shutdown()
        thread.join()


def ask_in_every_way(api: Api) -> None:
    """Ask, as watches and logs do too, over two connections; run a command in a pod; forward a port."""
    assert api.list(KINDS["Pod"], "ns").items == ()
    assert api.fork().list(KINDS["Pod"], "ns").items == ()
    assert api.exec("app-0", "ns", ["true"], container="app").code == 0
    with api.forward("dns", "ns", 53) as connection:
        connection.sendall(b"?")
        assert connection.recv(16) == b"> ?"


def test_every_kind_of_request_takes_the_same_proxy(
    relay: Relay, server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    server.pods |= {"app-0": printing(0), "dns": forwarding(53, b"> ")}
    monkeypatch.setenv("HTTP_PROXY", relay.url)
    monkeypatch.setenv("NO_PROXY", "other.example.com")

    ask_in_every_way(Api.connect(kubeconfig(tmp_path, "http://api.example.com")))

    known = "Basic bWU6c2VjcmV0"
    assert relay.asked == [f"GET {known}", f"GET {known}", f"CONNECT {known}", f"CONNECT {known}"]


@pytest.mark.parametrize("exceptions", ["", "other, 127.0.0.1"])
def test_no_kind_of_request_takes_a_proxy_that_is_not_for_it(
    server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exceptions: str
):
    """No proxy listens there; each library would ask it, for want of a rule about loopback or for blanks."""
    server.pods |= {"app-0": printing(0), "dns": forwarding(53, b"> ")}
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", exceptions)

    ask_in_every_way(Api.connect(kubeconfig(tmp_path, server.url)))


def test_a_proxy_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@127.0.0.1:9")
    with pytest.raises(Unreachable) as caught:
        Api.connect(kubeconfig(tmp_path, "https://api.example.com")).version()
    told = "https://api.example.com (by the proxy http://127.0.0.1:9 of HTTPS_PROXY; without it: add api.example.com"
    assert f"{told} to NO_PROXY) cannot be reached" in str(caught.value)
    assert "secret" not in str(caught.value)
