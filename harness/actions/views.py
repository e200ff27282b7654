"""
What one program gets to see of the API server, and what becomes of its requests, decided by its go-between.

Scenarios that do this are `@exclusive @needs_go_between`. Requests are decided about in the scenario's own namespace
alone. A watch that is held back is so as a whole from the first event of the scenario on, for a program never sees a
later event before an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness import timeouts
from harness.actions.infrastructure import node_of, power_of, record_deed
from harness.actions.target import Target
from harness.errors import BadInput
from harness.history.observation import ACTION, ANSWER, STEP, Observation, Verb
from harness.model import KINDS

__all__ = [
    "WRITE",
    "Client",
    "Fate",
    "cut_off_alone",
    "delay",
    "hide",
    "join_again",
    "kill_held",
    "merge",
    "refuse_next",
    "restart_in_the_past",
    "show",
    "stop_after",
    "tell_of_refusal",
]

WRITE = "write"
"""What the answers to `tell_of_refusal` are found by."""
_SHOW, _JOIN, _KILL = "show", "join", "restart"
_NEW, _LATE, _LAST, _PAST = "sees nothing new of", "sees late", "misses what happens to", "sees as they were"


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the API server: a program that there is once, or with `pod` one of this pod's node."""

    program: str
    pod: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a write: the rule's fields, and the words for it."""

    said: str
    rule: Mapping[str, Any]


def hide(target: Target, client: Client, kind: str) -> Observation:
    """
    Return once a program sees no new event of a kind, until `show`.

    Also lists show it the kind as it is at this moment, so that the program can be started anew meanwhile.
    """
    now = target.api.list(KINDS[kind], target.namespace).resource_version
    return _keep_from(target, client, kind, _NEW, {"do": "hold", "version": now})


def delay(target: Target, client: Client, kind: str, span_s: float) -> Observation:
    """Return once a program sees each event of a kind so many seconds late, until `show`."""
    return _keep_from(target, client, kind, _LATE, {"do": "delay", "seconds": span_s})


def merge(target: Target, client: Client, kind: str) -> Observation:
    """Return once a program sees no new event of a kind; `show` tells it the last state of each object alone."""
    now = target.api.list(KINDS[kind], target.namespace).resource_version
    return _keep_from(target, client, kind, _LAST, {"do": "merge", "version": now})


def restart_in_the_past(target: Target, program: str, kind: str) -> list[Observation]:
    """
    Return once a program was killed and started anew, and sees a kind as it was after the first step, until `show`.

    That is what happens to one that has several servers, of which one is behind.
    """
    history = target.recorder.history
    ended = history.of(STEP, Verb.ENDED)
    before = [seen for seen in history.of(kind, before=ended[0].seq if ended else None) if seen.resource_version]
    if not before:
        raise BadInput(f"this scenario had no {kind} after its first step", remedy="let the first Given make one")
    rule = {"do": "hold", "version": before[-1].resource_version}
    power = power_of(target)
    power.stop(program)
    hidden = _keep_from(target, Client(program), kind, _PAST, rule)
    power.restore(program)
    return [hidden, record_deed(target, "restart", program)]


def show(target: Target, client: Client, kind: str) -> Observation:
    """
    Return once a program gets to see all of a kind again, beginning with what it was not shown.

    It is waited for that there is something to show; BadInput where nothing comes for a while, or where nothing
    was kept from the program.
    """
    program = _program(target, client)
    name, power = f"{program}: {kind}", power_of(target)
    hidden = [seen.data for seen in target.recorder.history.of(ACTION, name=name)][-1:]
    if not hidden or hidden[0]["verb"] == _SHOW:
        raise BadInput(f"{program} sees {kind} as it is", remedy="let something be kept from it before")
    what = str(hidden[0]["what"])
    seen, _ = power.met(what, 0 if hidden[0]["verb"] == _PAST else timeouts.WRITES.s)
    power.restore(what)
    if not seen and hidden[0]["verb"] != _PAST:
        raise BadInput(f"nothing was kept from {program}", remedy=f"let something happen to a {kind} meanwhile")
    return record_deed(target, _SHOW, name, kept_back=seen)


def refuse_next(target: Target, client: Client, kind: str, fate: Fate) -> Observation:
    """Return once the next write of a program to this kind will fail in this way; those after it succeed."""
    rule = {**fate.rule, "resource": KINDS[kind].plural, "namespace": target.namespace, "times": 1}
    program, what = _steer(target, client, f"next write to {KINDS[kind].plural} {fate.said}", rule)
    return record_deed(target, "refuse", f"{program}: {kind}", what=what, until="end of the scenario")


def tell_of_refusal(target: Target, client: Client, kind: str) -> Observation:
    """Return the answer, found by `write`, whether the write that was to fail was made: `failed` or `not yet`."""
    program = _program(target, client)
    refused = target.recorder.history.of(ACTION, name=f"{program}: {kind}")
    what = next((seen.data["what"] for seen in reversed(refused) if seen.data["verb"] == "refuse"), None)
    if what is None:
        raise BadInput(f"no write of {program} to a {kind} was to fail", remedy="say so before the event")
    _, done = power_of(target).met(what)
    data = {"question": what, "type": WRITE, "rcode": "failed" if done else "not yet", "records": []}
    return target.recorder.record(ANSWER, Verb.DONE, name=WRITE, data=data)


def stop_after(target: Target, program: str, count: int) -> Observation:
    """Return once a program will get no further than its write of this number; leases and events do not count."""
    rule = {"do": "stop", "namespace": target.namespace, "after": count}
    _, what = _steer(target, Client(program), f"stops after write {count}", rule)
    return record_deed(target, f"stop after write {count}", program, what=what, until=_KILL)


def kill_held(target: Target, program: str) -> Observation:
    """
    Return once a program that got no further was killed there, and started anew: it writes again then.

    Raises BadInput where it has not written as often, and no more for a while.
    """
    held = [seen.data["what"] for seen in target.recorder.history.of(ACTION, name=program) if "what" in seen.data]
    if not held:
        raise BadInput(f"{program} is not going to be killed", remedy="say after which write, before the event")
    power = power_of(target)
    before, (seen, done) = -1, power.met(held[-1])
    while not done and seen != before:
        before, (seen, done) = seen, power.met(held[-1], timeouts.WRITES.s)
    if not done:
        raise BadInput(f"{held[-1]}: it has written {seen} times so far", remedy="name an earlier write")
    power.stop(program)
    power.restore(held[-1])
    power.restore(program)
    return record_deed(target, _KILL, program)


def cut_off_alone(target: Target, client: Client) -> Observation:
    """Return once nothing passes between a program and the API server; whatever else it does goes on."""
    program, what = _steer(target, client, "is cut off from the API server", {"do": "cut"})
    return record_deed(target, "cut off", program, what=what, until=_JOIN)


def join_again(target: Target, client: Client) -> Observation:
    """Return once a program can reach the API server again; what it said meanwhile is lost."""
    program = _program(target, client)
    power_of(target).restore(f"{program}: is cut off from the API server")
    return record_deed(target, _JOIN, program)


def _keep_from(target: Target, client: Client, kind: str, how: str, rule: Mapping[str, Any]) -> Observation:
    plural, namespace = KINDS[kind].plural, target.namespace if KINDS[kind].namespaced else ""
    program, what = _steer(target, client, f"{how} {plural}", {**rule, "resource": plural, "namespace": namespace})
    return record_deed(target, how, f"{program}: {kind}", what=what, until=_SHOW)


def _steer(target: Target, client: Client, said: str, rule: Mapping[str, Any]) -> tuple[str, str]:
    """Put a program under a rule; return how it is called, and how the rule is."""
    program = _program(target, client)
    power_of(target).steer(program, said, rule)
    return program, f"{program}: {said}"


def _program(target: Target, client: Client) -> str:
    return f"{node_of(target, client.pod)}/{client.program}" if client.pod else client.program
