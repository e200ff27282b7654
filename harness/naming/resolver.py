"""
Questions to the servers of the cluster's DNS, over TCP connections that stay open.

Problem: from outside a cluster its DNS has no address, and a port-forward carries TCP only. Solution: a server is
whatever gives a connected socket. An idle connection may be closed by the server at any time, so a cut one is opened
again once; a second cut, and silence, are errors: what was not answered is not an answer.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Self

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype

from harness.errors import BadInput, Unreachable
from harness.naming.reply import Reply

__all__ = ["LIFETIME_S", "NameServer", "Resolver", "server_at"]

LIFETIME_S = 3.0
"""Seconds a server gets for one answer; CoreDNS takes a millisecond, and gives up on its own upstream after 2 s."""

_TYPES = ("A", "AAAA", "SRV", "PTR", "CNAME")
_CUT = (OSError, EOFError)


@dataclass(frozen=True, slots=True)
class NameServer:
    """A DNS server: its name in replies, and how to get a connected TCP socket to it."""

    name: str
    connect: Callable[[], AbstractContextManager[socket.socket]]


def server_at(address: str) -> NameServer:
    """Return the server at `HOST:PORT`; BadInput for any other spelling."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise BadInput(f"{address!r} is not the address of a DNS server", remedy="write it as 127.0.0.1:53")
    endpoint = (host.strip("[]"), int(port))
    return NameServer(address, lambda: socket.create_connection(endpoint, timeout=LIFETIME_S))


class Resolver:
    """
    Asks the servers of one DNS service; keeps a connection to each until it is closed. Safe to use from threads.

    Every question raises Unreachable, naming the server, where no answer comes, and BadInput for what is no question.
    """

    def __init__(self, servers: Sequence[NameServer], *, lifetime_s: float = LIFETIME_S) -> None:
        if not servers:
            raise BadInput("a resolver needs a DNS server")
        self._lines = [_Line(server, lifetime_s) for server in servers]
        self._turn = 0

    def ask(self, name: str, record_type: str = "A") -> Reply:
        """Return the answer of the next server in turn, as a client of the DNS service would get it."""
        self._turn = (self._turn + 1) % len(self._lines)
        return self._lines[self._turn].ask(name, record_type)

    def close(self) -> None:
        """Close all connections; the next question opens one again."""
        for line in self._lines:
            line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Line:
    """The connection to one server; questions go through it one at a time."""

    def __init__(self, server: NameServer, lifetime_s: float) -> None:
        self._server, self._lifetime_s = server, lifetime_s
        self._lock = threading.Lock()
        self._open = ExitStack()
        self._socket: socket.socket | None = None

    def ask(self, name: str, record_type: str) -> Reply:
        query = _query(name, record_type)
        with self._lock:
            began = time.monotonic()
            answer = self._exchange(query, name, again=self._socket is not None)
            took_s = time.monotonic() - began
        return _reply(name, record_type, answer, self._server.name, took_s)

    def close(self) -> None:
        with self._lock:
            self._hang_up()

    def _exchange(self, query: dns.message.Message, name: str, *, again: bool) -> dns.message.Message:
        try:
            return dns.query.tcp(query, self._server.name, timeout=self._lifetime_s, sock=self._connected())
        except dns.exception.Timeout as failure:
            self._hang_up()
            raise self._unreachable(name, f"no answer within {self._lifetime_s:g} s") from failure
        except dns.exception.DNSException as failure:
            self._hang_up()
            raise self._unreachable(name, f"its answer is not one: {failure}") from failure
        except _CUT as failure:
            self._hang_up()
            if again:
                return self._exchange(query, name, again=False)
            said = "it hung up before it answered" if isinstance(failure, EOFError) else str(failure)
            raise self._unreachable(name, said) from failure

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = self._open.enter_context(self._server.connect())
            self._socket.settimeout(0)  # dnspython waits by itself, with its own deadline
        return self._socket

    def _hang_up(self) -> None:
        self._socket = None
        self._open.close()

    def _unreachable(self, name: str, message: str) -> Unreachable:
        return Unreachable(message, verb="ask", resource=f"DNS server {self._server.name} for", name=name)


def _query(name: str, record_type: str) -> dns.message.Message:
    if record_type not in _TYPES:
        raise BadInput(f"DNS records of type {record_type} cannot be asked for", remedy=f"one of {', '.join(_TYPES)}")
    try:
        return dns.message.make_query(dns.name.from_text(name), record_type, flags=dns.flags.RD)
    except dns.exception.DNSException as error:
        raise BadInput(f"{name!r} is not a DNS name: {error}") from error


def _reply(name: str, record_type: str, answer: dns.message.Message, server: str, took_s: float) -> Reply:
    wanted = dns.rdatatype.from_text(record_type)
    records = sorted(
        rdata.to_text().removesuffix(".") for rrset in answer.answer if rrset.rdtype == wanted for rdata in rrset
    )
    return Reply(name, record_type, dns.rcode.to_text(answer.rcode()), tuple(records), server, took_s)
