"""
What a pod sees of names: its own resolver, with search paths, and its own files.

`nslookup` of busybox asks one question per search path and prints each outcome; a name is found if any of them has an
address, as for every program in the pod.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from harness.errors import EnvironmentUnfit
from harness.kube.api import Api
from harness.kube.exec import Ran
from harness.naming.reply import Reply

__all__ = ["ResolvConf", "ask_inside", "read_hosts", "read_nslookup", "read_resolv_conf"]

_SERVER = re.compile(r"^Server:\s*(\S+)", re.MULTILINE)
_ADDRESS = re.compile(r"^Address(?: \d+)?:\s*([0-9a-fA-F.:]+)", re.MULTILINE)
_RCODE = re.compile(r"can't find [^:]*: ([A-Z]{2,})")
_UNKNOWN = re.compile(r"can't resolve '")
_SILENT = re.compile(r"connection timed out|no servers could be reached|read: ")


@dataclass(frozen=True, slots=True)
class ResolvConf:
    """What `/etc/resolv.conf` tells a program: whom to ask, what to append to short names, and when."""

    nameservers: tuple[str, ...]
    search: tuple[str, ...]
    ndots: int = 1


def ask_inside(api: Api, pod: str, namespace: str, name: str, *, container: str | None = None) -> Reply:
    """
    Return what a program in the pod gets for the addresses of a name, short or full.

    Raises EnvironmentUnfit where `nslookup` could not be run or got no answer.
    """
    began = time.monotonic()
    ran = api.exec(pod, namespace, ["nslookup", "-type=a", name], container=container)
    took_s = time.monotonic() - began
    if ran.code is None or ran.code > 1:
        raise _no_answer(pod, namespace, name, ran)
    reply = read_nslookup(ran.stdout + ran.stderr, name, took_s)
    if reply is None:
        raise _no_answer(pod, namespace, name, ran)
    return reply


def read_nslookup(text: str, question: str, took_s: float = 0.0) -> Reply | None:
    """Return the answer that busybox's nslookup printed, None where it printed none (silence, another program)."""
    server = _SERVER.search(text)
    _, named, found = text.partition("\nName:")
    addresses = tuple(sorted(set(_ADDRESS.findall(found)))) if named else ()
    codes = _RCODE.findall(text) or (["NXDOMAIN"] if _UNKNOWN.search(text) else [])
    if server is None or (_SILENT.search(text) and not addresses):
        return None
    rcode = "NOERROR" if addresses or not codes else next((code for code in codes if code != "NXDOMAIN"), "NXDOMAIN")
    return Reply(question, "A", rcode, addresses, server[1], took_s, "pod")


def read_resolv_conf(text: str) -> ResolvConf:
    """Return what a resolv.conf says; the last `search` counts, as for the C library."""
    nameservers: list[str] = []
    search: tuple[str, ...] = ()
    ndots = 1
    for words in _rows(text):
        if words[0] == "nameserver" and len(words) > 1:
            nameservers.append(words[1])
        elif words[0] in ("search", "domain"):
            search = tuple(words[1:])
        elif words[0] == "options":
            ndots = next((int(word[6:]) for word in words if re.fullmatch(r"ndots:\d+", word)), ndots)
    return ResolvConf(tuple(nameservers), search, ndots)


def read_hosts(text: str) -> dict[str, tuple[str, ...]]:
    """Return the addresses of each name that a hosts file lists, in its order."""
    hosts: dict[str, tuple[str, ...]] = {}
    for address, *names in _rows(text):
        for name in names:
            hosts[name] = (*hosts.get(name, ()), address)
    return hosts


def _rows(text: str) -> list[list[str]]:
    return [words for line in text.splitlines() if (words := re.split(r"[#;]", line)[0].split())]


def _no_answer(pod: str, namespace: str, name: str, ran: Ran) -> EnvironmentUnfit:
    return EnvironmentUnfit(
        f'pod "{pod}" could not ask for "{name}"',
        expected="busybox's nslookup ends with an answer",
        observed=ran.error or f"code {ran.code}: {(ran.stdout + ran.stderr).strip()}",
        look_at=(f"kubectl -n {namespace} exec {pod} -- nslookup {name}",),
    )
