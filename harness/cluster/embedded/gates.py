"""
Feature gates that somebody turns on or off for a whole cluster.

The components of one release share one list of gates, so all are told the same. Which gates there are, which are
locked and which depend on others only the release itself knows: it is asked, before anything is started, by a command
that sets them and then prints its version (seen with 1.34 to 1.37).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from harness.cluster.embedded import host
from harness.errors import BadInput

__all__ = ["check", "parse", "spelled"]

_SPELLED = {"true": True, "false": False}
_KNOWN = re.compile(r"\bkube:(\w+)=true\|false")
_REFUSED = re.compile(r'err="\[?(.+?)\]?"\s*$', re.MULTILINE)


def parse(text: str) -> dict[str, bool]:
    """Return the gates of a text such as `A=true,B=false`; BadInput for one that says something else."""
    gates = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.strip().partition("=")
        if not name.isidentifier() or value not in _SPELLED:
            raise BadInput(f"{part!r} turns no feature gate on or off", remedy="write NAME=true or NAME=false")
        gates[name] = _SPELLED[value]
    return gates


def spelled(gates: Mapping[str, bool]) -> str:
    """Return gates as components take them, in the order of their names."""
    return ",".join(f"{name}={str(on).lower()}" for name, on in sorted(gates.items()))


def check(server: Path, release: str, gates: Mapping[str, bool]) -> None:
    """Return where this API server takes the gates; BadInput names those it does not know or does not let be set."""
    told = host.ask([str(server), f"--feature-gates={spelled(gates)}", "--version"])
    if told.returncode == 0:
        return
    refused = _REFUSED.search(told.stderr)
    reason = refused[1] if refused else told.stderr.strip()[-500:]
    raise BadInput(f"Kubernetes {release} refuses these feature gates: {reason}", remedy=_like(server, gates, reason))


def _like(server: Path, gates: Mapping[str, bool], reason: str) -> str:
    """Return what was most likely meant by the gates that the server does not know."""
    known = _KNOWN.findall(host.ask([str(server), "--help"]).stdout)
    unknown = [name for name in gates if re.search(rf"unrecognized feature gate: {name}\b", reason)]
    close = {name: get_close_matches(name, known, n=1, cutoff=0.8) for name in unknown}
    meant = [f"{found[0]} for {name}" for name, found in close.items() if found]
    if meant:
        return f"was {', '.join(meant)} meant?"
    return "a gate comes with a release and goes some releases after its feature became stable"
