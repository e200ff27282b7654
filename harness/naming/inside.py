"""
What a pod sees of names: its own files, and its resolver with search paths.

Problem: busybox's nslookup, the one program that nearly every image has, appends search paths to names without a dot
only, and no program prints what the C library would get. Solution: the rules of resolver(5) are applied here, to the
pod's own files, and each full name that they lead to is asked for from inside the pod.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace

from harness.app_container import app_name
from harness.errors import EnvironmentUnfit
from harness.kube.api import Api
from harness.kube.exec import CommandResult
from harness.model import KINDS
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

    def candidates(self, name: str) -> list[str]:
        """Return the full names, with their final dot, that are asked for one after another (resolver(5))."""
        if name.endswith("."):
            return [name]
        searched = [f"{name}.{domain}." for domain in self.search]
        return [*searched, f"{name}."] if name.count(".") < self.ndots else [f"{name}.", *searched]


def ask_inside(api: Api, pod: str, namespace: str, name: str) -> Reply:
    """
    Return what a program in the pod's application gets for the IPv4 addresses of a name, short or full.

    Raises EnvironmentUnfit where the pod's files cannot be read or its `nslookup` gets no answer.
    """
    began = time.monotonic()
    container = app_name(api.read(KINDS["Pod"], pod, namespace))

    def run(*argv: str) -> CommandResult:
        return api.exec(pod, namespace, list(argv), container=container)

    files = [run("cat", path) for path in ("/etc/hosts", "/etc/resolv.conf")]
    for ran in files:
        if ran.code != 0:
            raise _no_answer(f"{pod} -c {container}", namespace, name, ran)
    hosts, conf = read_hosts(files[0].stdout), read_resolv_conf(files[1].stdout)
    known = tuple(address for address in hosts.get(name.rstrip("."), ()) if ":" not in address)
    if known:
        return Reply(name, "A", "NOERROR", known, "/etc/hosts", time.monotonic() - began, "pod")
    replies = []
    for candidate in conf.candidates(name):
        ran = run("nslookup", "-type=a", candidate)
        reply = read_nslookup(ran.stdout + ran.stderr, name)
        if reply is None:
            raise _no_answer(f"{pod} -c {container}", namespace, name, ran)
        replies.append(reply)
        if reply.records:
            break
    return replace(_conclusion(replies), took_s=time.monotonic() - began)


def _conclusion(replies: list[Reply]) -> Reply:
    """Return what the C library makes of the answers: the first with addresses, else the least certain one."""
    found = [reply for reply in replies if reply.records]
    failed = [reply for reply in replies if reply.rcode not in ("NOERROR", "NXDOMAIN")]
    empty = [reply for reply in replies if reply.nodata]
    return (found or failed or empty or replies)[0]


def read_nslookup(text: str, question: str) -> Reply | None:
    """Return the answer that busybox's nslookup printed, None where it printed none (silence, another program)."""
    server = _SERVER.search(text)
    _, named, found = text.partition("\nName:")
    addresses = tuple(sorted(set(_ADDRESS.findall(found)))) if named else ()
    codes = _RCODE.findall(text) or (["NXDOMAIN"] if _UNKNOWN.search(text) else [])
    if server is None or (_SILENT.search(text) and not addresses):
        return None
    rcode = "NOERROR" if addresses or not codes else next((code for code in codes if code != "NXDOMAIN"), "NXDOMAIN")
    return Reply(question, "A", rcode, addresses, server[1], viewpoint="pod")


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


def _no_answer(place: str, namespace: str, name: str, ran: CommandResult) -> EnvironmentUnfit:
    return EnvironmentUnfit(
        f'pod "{place.partition(" ")[0]}" could not ask for "{name}"',
        expected="busybox's nslookup ends with an answer",
        observed=ran.error or f"code {ran.code}: {(ran.stdout + ran.stderr).strip()}",
        look_at=(f"kubectl -n {namespace} exec {place} -- nslookup {name}",),
    )
