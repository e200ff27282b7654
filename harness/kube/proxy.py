"""
Which proxy leads to a server, decided once and as kubectl decides it, for every kind of request alike.

Problem: the Python client, urllib and the websocket library each read `HTTPS_PROXY`, `NO_PROXY` and the like in a way
of their own; a server was listed directly and its pods were asked through the proxy. Solution: this decision, taken
when the kubeconfig is read, which all connections are told; none of them reads the environment.

It is that of Go's net/http, as kubectl 1.36 has it: HTTPS_PROXY or HTTP_PROXY by the server's scheme, large letters
before small ones (golang.org/x/net has them the other way round since 0.58), an empty variable as if it were not there;
never for `localhost` and loopback addresses; not for what NO_PROXY names, by domain (with all below it), address,
network or `*`, names and addresses with a port or without, blanks ignored. ALL_PROXY means nothing to it. A
kubeconfig's `proxy-url` comes before all of these, and knows no exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from harness.errors import BadInput

__all__ = ["DIRECT", "Proxy", "proxy_for"]

DIRECT = "statefulspec.dev/direct"
"""The extension of a cluster's entry in a kubeconfig that says: it is on this machine, and no proxy leads there."""
PROXY_URL = "the kubeconfig's proxy-url"
_PORTS = {"http": "80", "https": "443"}

Address: TypeAlias = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Proxy:
    """
    An HTTP proxy; `source` is what names it: a variable, or PROXY_URL. `user` is `name:password`, or empty.

    `exception`: what would keep the server from it, in words; empty where nothing would.
    """

    host: str
    port: int
    source: str
    user: str = ""
    exception: str = ""

    @property
    def url(self) -> str:
        """Where it is, without who asks."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def proxy_for(server: str, environment: Mapping[str, str], proxy_url: str = "") -> Proxy | None:
    """
    Return the proxy through which kubectl would reach the server at this URL, None where it goes straight.

    `proxy_url` is that of the kubeconfig's cluster. Raises BadInput, with what names the proxy and for which host,
    where it is none that the harness can use.
    """
    address = urlsplit(server)
    if proxy_url:
        return _parse(proxy_url, PROXY_URL, address)
    source = next((name for name in _names(f"{address.scheme}_proxy") if environment.get(name)), "")
    if address.scheme not in _PORTS or not source or not _is_proxied(address, environment):
        return None
    return _parse(environment[source], source, address)


def _names(variable: str) -> tuple[str, str]:
    return variable.upper(), variable.lower()


def _parse(text: str, source: str, server: SplitResult) -> Proxy:
    found = _split(text if "://" in text else f"http://{text}")
    if found is None or not found.hostname:
        raise _unusable(source, "no address", server)
    if found.scheme != "http":
        raise _unusable(source, f"a proxy that is spoken to by {found.scheme}", server)
    user = f"{unquote(found.username or '')}:{unquote(found.password or '')}" if found.username else ""
    return Proxy(found.hostname, found.port or 80, source, user, _exception(source, server))


def _split(text: str) -> SplitResult | None:
    try:
        found = urlsplit(text)
        found.port  # noqa: B018 - it is read, and refused, only when it is asked for
    except ValueError:
        return None
    return found


def _unusable(source: str, what: str, server: SplitResult) -> BadInput:
    remedy = ", or ".join(filter(None, ["name one as http://HOST:PORT", _exception(source, server)]))
    return BadInput(f"{source} names {what} for {server.hostname}, and only HTTP proxies can be used", remedy=remedy)


def _exception(source: str, server: SplitResult) -> str:
    return "" if source == PROXY_URL else f"add {server.hostname} to NO_PROXY"


def _is_proxied(server: SplitResult, environment: Mapping[str, str]) -> bool:
    host, port = _ascii(server.hostname or ""), str(server.port or _PORTS[server.scheme])
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return False
    exceptions = next((environment[name] for name in _names("no_proxy") if environment.get(name)), "")
    return not any(_excepts(entry.strip().lower(), host, port, address) for entry in exceptions.split(","))


def _excepts(entry: str, host: str, port: str, address: Address | None) -> bool:
    """Return whether an entry of NO_PROXY is about this host and port."""
    if entry == "*":
        return True
    if entry.rpartition("/")[2].isdecimal():
        with suppress(ValueError):
            return address is not None and address in ip_network(entry, strict=False)
    name, only = _without_port(entry)
    if not name or only not in ("", port):
        return False
    named = _address(name)
    if named is not None:
        return named == address
    if address is not None:
        return False
    domain = _ascii(name.removeprefix("*") if name.startswith("*.") else name)
    return host.endswith(domain) if domain.startswith(".") else host == domain or host.endswith(f".{domain}")


def _without_port(entry: str) -> tuple[str, str]:
    """Return host and port of an entry, as net.SplitHostPort of Go does: an address of IPv6 needs its brackets."""
    host, colon, port = entry.rpartition(":")
    if not colon or (":" in host and not (host.startswith("[") and host.endswith("]"))):
        return entry, ""
    return host.removeprefix("[").removesuffix("]"), port


def _address(text: str) -> Address | None:
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _ascii(name: str) -> str:
    """Return a name as the DNS has it, or as it is where that is not possible."""
    if name.isascii():
        return name
    try:
        return ".".join(part.encode("idna").decode() for part in name.split("."))
    except UnicodeError:
        return name
