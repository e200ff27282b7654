"""
Tags that tie a scenario to versions of Kubernetes or to a feature gate: `@since_1_37`, `@until_1_36`, `@needs_gate_X`.

Neither is something that a cluster lacks: where a scenario is not meant for the cluster's version it is left out, with
the reason, whatever profile the run claims.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pytest

from harness.api_server import ApiServer, Minor

__all__ = ["GATE", "VersionTags", "is_misspelt", "register", "span_of", "unmet"]

GATE = "needs_gate_"
_VERSION = re.compile(r"(since|until)_(\d+)_(\d+)")
_MEANS = {
    "since": "is of Kubernetes {} and newer ones",
    "until": "is of Kubernetes {} and older ones",
    "needs": "needs this feature gate to be on",
}


def is_misspelt(tag: str) -> bool:
    """Return whether a tag looks as if it named a version or a gate, and names none: it would leave nothing out."""
    begins = tag.startswith(("since_", "until_", GATE))
    return begins and not (_VERSION.fullmatch(tag) or re.fullmatch(GATE + r"[A-Z]\w*", tag))


def span_of(tags: Iterable[str]) -> tuple[Minor | None, Minor | None]:
    """Return the first and the last minor release that tags let a scenario run on; None where they set no bound."""
    found = [version for tag in tags if (version := _VERSION.fullmatch(tag))]
    bounds = {word: [(int(one[2]), int(one[3])) for one in found if one[1] == word] for word in ("since", "until")}
    return max(bounds["since"], default=None), min(bounds["until"], default=None)


def register(config: pytest.Config, tags: Iterable[str]) -> None:
    """Register those of the tags that name a version or a gate as markers: nobody can list them beforehand."""
    for tag in tags:
        kind = tag.partition("_")[0]
        if (_VERSION.fullmatch(tag) or tag.startswith(GATE)) and not is_misspelt(tag):
            means = _MEANS[kind].format(".".join(tag.split("_")[1:]))
            config.addinivalue_line("markers", f"{tag}: the scenario {means}")


class VersionTags:
    """Registers the tags of scenarios that a Python module binds, as they are met."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(tryfirst=True)
    def pytest_bdd_apply_tag(self, tag: str) -> None:
        """Have the tag known before it becomes a marker; pytest-bdd goes on with it."""
        register(self._config, [tag])


def unmet(tags: Iterable[str], server: Callable[[], ApiServer]) -> tuple[str, str] | None:
    """Return a tag that the server does not meet with the reason, None where it meets all; asked only if there are."""
    for tag in sorted(tags):
        version = _VERSION.fullmatch(tag)
        if version:
            reason = _of_version(version[1], (int(version[2]), int(version[3])), server())
        elif tag.startswith(GATE):
            reason = _of_gate(tag.removeprefix(GATE), server())
        else:
            continue
        if reason:
            return tag, reason
    return None


def _of_version(word: str, wanted: Minor, server: ApiServer) -> str:
    name = f"{wanted[0]}.{wanted[1]}"
    fits = server.minor >= wanted if word == "since" else server.minor <= wanted
    ages = "newer" if word == "since" else "older"
    return "" if fits else f"it is of Kubernetes {name} and {ages}, and the cluster is of {server.version}"


def _of_gate(gate: str, server: ApiServer) -> str:
    if server.gates is None:
        return f"the server does not say whether feature gate {gate} is on: allow get of /metrics"
    if gate not in server.gates:
        return f"Kubernetes {server.version} has no feature gate {gate}"
    turned_on = f"feature gate {gate} is off; on an embedded cluster: --harness-feature-gates={gate}=true"
    return "" if server.gates[gate] else turned_on
