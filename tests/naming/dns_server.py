"""A DNS server on loopback that answers over TCP as a test plans it."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rrset

Answerer = Callable[[dns.message.Message], dns.message.Message | bytes | None]
"""What one question gets: an answer, raw bytes, or None to hang up."""


class DnsServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, answer: Answerer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.connections = 0
        self.questions: list[str] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.BaseRequestHandler):
    server: DnsServer

    def handle(self) -> None:
        self.server.connections += 1
        while True:
            try:
                query, _ = dns.query.receive_tcp(self.request, time.time() + 10)
            except (EOFError, OSError):
                return
            self.server.questions.append(query.question[0].to_text())
            answer = self.server.answer(query)
            if answer is None:
                return
            if isinstance(answer, bytes):
                self.request.sendall(answer)
            else:
                dns.query.send_tcp(self.request, answer)


@contextmanager
def serving(answer: Answerer) -> Iterator[DnsServer]:
    with DnsServer(answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def zone(records: dict[tuple[str, str], list[str]]) -> Answerer:
    """Answer from `records`: (name, type) → texts; a name of another type is NODATA, an unknown one NXDOMAIN."""

    def answer(query: dns.message.Message) -> dns.message.Message:
        question = query.question[0]
        name, record_type = question.name.to_text().removesuffix("."), dns.rdatatype.to_text(question.rdtype)
        response = dns.message.make_response(query)
        if (name, record_type) in records:
            texts = records[name, record_type]
            response.answer.append(dns.rrset.from_text(question.name, 5, "IN", record_type, *texts))
        elif not any(name == known for known, _ in records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response

    return answer


def failing(rcode: str) -> Answerer:
    def answer(query: dns.message.Message) -> dns.message.Message:
        response = dns.message.make_response(query)
        response.set_rcode(dns.rcode.from_text(rcode))
        return response

    return answer
