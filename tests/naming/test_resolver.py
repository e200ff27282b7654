"""What a resolver says of good answers, bad answers and none."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import closing

import dns.message
import pytest

from harness.errors import BadInput, Unreachable
from harness.naming.resolver import Resolver, server_at

from .dns_server import Answerer, failing, serving, zone

POD = "myapp-0.myapp-svc.demo.svc.cluster.local"
ZONE = zone(
    {
        (POD, "A"): ["10.1.0.7"],
        ("myapp-svc.demo.svc.cluster.local", "A"): ["10.1.0.9", "10.1.0.7"],
        ("_web._tcp.myapp-svc.demo.svc.cluster.local", "SRV"): [f"0 50 80 {POD}."],
        ("7.0.1.10.in-addr.arpa", "PTR"): [f"{POD}."],
        ("alias.demo", "CNAME"): [f"{POD}."],
    }
)


@pytest.mark.parametrize(
    ("name", "record_type", "records"),
    [
        (POD, "A", ("10.1.0.7",)),
        ("myapp-svc.demo.svc.cluster.local", "A", ("10.1.0.7", "10.1.0.9")),
        ("_web._tcp.myapp-svc.demo.svc.cluster.local", "SRV", (f"0 50 80 {POD}",)),
        ("7.0.1.10.in-addr.arpa", "PTR", (POD,)),
        ("alias.demo", "CNAME", (POD,)),
    ],
)
def test_records_are_sorted_texts_without_final_dot(name: str, record_type: str, records: tuple[str, ...]) -> None:
    with serving(ZONE) as server, Resolver([server_at(server.address)]) as resolver:
        reply = resolver.ask(name, record_type)
    assert ("NOERROR", records, server.address, "service") == (
        reply.rcode,
        reply.records,
        reply.server,
        reply.viewpoint,
    )
    assert 0 < reply.took_s < 3


@pytest.mark.row(26)
def test_no_such_name_is_not_no_such_record() -> None:
    with serving(ZONE) as server, Resolver([server_at(server.address)]) as resolver:
        absent = resolver.ask("myapp-9.myapp-svc.demo.svc.cluster.local")
        nodata = resolver.ask(POD, "AAAA")
    assert (absent.rcode, absent.records, absent.nodata) == ("NXDOMAIN", (), False)
    assert (nodata.rcode, nodata.records, nodata.nodata) == ("NOERROR", (), True)


@pytest.mark.row(26)
@pytest.mark.parametrize("rcode", ["SERVFAIL", "REFUSED"])
def test_a_refusal_is_an_answer_with_its_code(rcode: str) -> None:
    with serving(failing(rcode)) as server, Resolver([server_at(server.address)]) as resolver:
        reply = resolver.ask(POD)
    assert (rcode, (), False) == (reply.rcode, reply.records, reply.nodata)


def test_one_connection_serves_many_questions() -> None:
    with serving(ZONE) as server, Resolver([server_at(server.address)]) as resolver:
        assert {("10.1.0.7",)} == {resolver.ask(POD).records for _ in range(50)}
    assert server.connections == 1


def test_a_connection_that_was_cut_is_opened_again_once() -> None:
    with serving(ZONE) as server, Resolver([server_at(server.address)]) as resolver:
        resolver.ask(POD)
        server.answer = _cutting_once(server.answer)
        reply = resolver.ask(POD)
    assert reply.records == ("10.1.0.7",)
    assert server.connections == 2


def test_a_server_that_keeps_hanging_up_is_an_error_that_names_it() -> None:
    with serving(lambda _: None) as server, Resolver([server_at(server.address)]) as resolver:
        with pytest.raises(Unreachable) as raised:
            resolver.ask(POD)
        assert server.connections == 1
        server.answer = ZONE
        assert resolver.ask(POD).records == ("10.1.0.7",)
        server.answer = lambda _: None
        with pytest.raises(Unreachable):
            resolver.ask(POD)
    assert f"cannot ask DNS server {server.address} for {POD}: it hung up before it answered" == str(raised.value)
    assert server.connections == 3


@pytest.mark.row(26)
def test_silence_ends_at_the_lifetime() -> None:
    release = threading.Event()

    def silent(_: dns.message.Message) -> None:
        release.wait(10)

    with serving(silent) as server, Resolver([server_at(server.address)], lifetime_s=0.2) as resolver:
        began = time.monotonic()
        with pytest.raises(Unreachable, match=r"no answer within 0\.2 s"):
            resolver.ask(POD)
        took = time.monotonic() - began
        release.set()
    assert 0.15 < took < 1.5
    assert len(server.questions) == 1


@pytest.mark.row(26)
def test_garbage_is_an_error() -> None:
    with serving(lambda _: b"\x00\x05hello") as server, Resolver([server_at(server.address)]) as resolver:
        with pytest.raises(Unreachable, match="its answer is not one"):
            resolver.ask(POD)
        server.answer = ZONE
        assert resolver.ask(POD).records == ("10.1.0.7",)


def test_the_answer_to_another_question_is_an_error() -> None:
    def mixed_up(query: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(query)
        response.id = query.id ^ 1
        return response

    with (
        serving(mixed_up) as server,
        Resolver([server_at(server.address)]) as resolver,
        pytest.raises(Unreachable, match="its answer is not one"),
    ):
        resolver.ask(POD)


def test_a_port_without_a_server_is_an_error() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as bound:
        address = f"127.0.0.1:{bound.getsockname()[1]}"
    with Resolver([server_at(address)]) as resolver, pytest.raises(Unreachable, match="refused"):
        resolver.ask(POD)


def test_servers_that_disagree_are_asked_in_turn() -> None:
    """One server lags behind and still gives the address that the pod had before."""
    stale = zone({(POD, "A"): ["10.1.0.3"]})
    with serving(ZONE) as first, serving(stale) as second, serving(failing("SERVFAIL")) as third:
        servers = [server_at(server.address) for server in (first, second, third)]
        with Resolver(servers) as resolver:
            replies = [resolver.ask(POD) for _ in range(3)]
    assert {(reply.rcode, reply.records) for reply in replies} == {
        ("NOERROR", ("10.1.0.7",)),
        ("NOERROR", ("10.1.0.3",)),
        ("SERVFAIL", ()),
    }
    assert {reply.server for reply in replies} == {server.address for server in (first, second, third)}


def test_answers_do_not_cross_between_threads() -> None:
    many = {(f"myapp-{number}.demo", "A"): [f"10.1.0.{number}"] for number in range(20)}
    wrong: list[str] = []

    def ask(resolver: Resolver, number: int) -> None:
        for _ in range(20):
            records = resolver.ask(f"myapp-{number}.demo").records
            if records != (f"10.1.0.{number}",):
                wrong.append(f"{number}: {records}")

    with serving(zone(many)) as server, Resolver([server_at(server.address)]) as resolver:
        threads = [threading.Thread(target=ask, args=(resolver, number)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(server.questions) == 80
    assert wrong == []


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".demo"])
def test_what_is_no_name_is_bad_input(name: str) -> None:
    with Resolver([server_at("127.0.0.1:1")]) as resolver, pytest.raises(BadInput, match="is not a DNS name"):
        resolver.ask(name)


def test_what_cannot_be_asked_is_bad_input() -> None:
    with Resolver([server_at("127.0.0.1:1")]) as resolver, pytest.raises(BadInput, match="one of A, AAAA, SRV"):
        resolver.ask(POD, "TXT")
    with pytest.raises(BadInput, match="needs a DNS server"):
        Resolver([])
    with pytest.raises(BadInput, match=r"127\.0\.0\.1:53"):
        server_at("localhost")


def _cutting_once(answer: Answerer) -> Answerer:
    left = [1]

    def cutting(query: dns.message.Message) -> dns.message.Message | bytes | None:
        if left:
            left.pop()
            return None
        return answer(query)

    return cutting
