"""
What a server has acknowledged is found in it afterwards.

How entries get into a server and out of it, its StatefulSet says (see `harness.actions.entries`). Each such command
leaves an OUTPUT whose data has, beside the facts of every OUTPUT, `pod` and `purpose`: `acknowledged` where entries
were stored, and the server printed the key of each that it had committed, one on a line; `found` where it printed the
keys of all that it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.history.history import History
from harness.history.observation import Observation
from harness.promises.outputs import about, content
from harness.promises.verdict import Breach, NotApplicable, Subject, Window, promise

__all__ = ["ACKNOWLEDGED", "FOUND", "acknowledged_entries_kept"]

ACKNOWLEDGED = "acknowledged"
FOUND = "found"


@promise(
    "acknowledged entries kept",
    "Every replica has each entry that it acknowledged, and none of another's",
    clauses={
        "listed": "A replica that has acknowledged entries can say which it has",
        "present": "An entry that a replica has acknowledged is found in it",
        "own": "A replica has no entry that only another one has acknowledged",
    },
    kinds=("Pod",),
    source="https://jepsen.io/consistency/phenomena/lost-write",
)
def acknowledged_entries_kept(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """Judge each list of a replica's entries by what it, under its name, had acknowledged before."""
    stored: dict[str, dict[str, Observation]] = {}
    breaches: list[Breach] = []
    judged = 0
    for seen in about(history, subject, Window(0, window.end, window.asked), ACKNOWLEDGED, FOUND):
        pod = str(seen.data["pod"])
        if seen.data["purpose"] == ACKNOWLEDGED:
            stored.setdefault(pod, {}).update(dict.fromkeys(content(seen).split(), seen))
        elif pod in stored and seen.seq >= window.start:
            judged += 1
            breaches += _judge(pod, seen, stored)
    if not judged:
        raise NotApplicable("no replica that had acknowledged entries was asked for them in this window")
    return breaches


def _judge(pod: str, found: Observation, stored: dict[str, dict[str, Observation]]) -> Iterator[Breach]:
    if found.data["code"] != 0:
        told = str(found.data.get("stderr", "")).strip() or f"code {found.data['code']}"
        yield Breach("listed", f"{pod} cannot say which entries it has: {told}", (found,))
        return
    keys = set(content(found).split())
    lost = [key for key in stored[pod] if key not in keys]
    if lost:
        events = (stored[pod][lost[0]], found)
        yield Breach("present", f"{pod} has acknowledged {_spell(lost)} and does not have it", events)
    for other in sorted(stored.keys() - {pod}):
        strange = [key for key in stored[other] if key in keys and key not in stored[pod]]
        if strange:
            yield Breach("own", f"{pod} has {_spell(strange)} of {other}", (stored[other][strange[0]], found))


def _spell(keys: list[str]) -> str:
    return f"{keys[0]} and {len(keys) - 1} more" if len(keys) > 1 else keys[0]
