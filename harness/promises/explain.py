"""A counterexample in words: what happened to which object, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harness.history.history import History
from harness.history.observation import ACTION, ANSWER, OUTPUT, SAMPLE, STEP, Observation, Verb
from harness.promises import statefulsets
from harness.promises.own_actions import removals
from harness.promises.pods import describe, ready, revision, terminating

__all__ = ["ExplainedEvent", "explain", "spell_events"]


@dataclass(frozen=True, slots=True)
class ExplainedEvent:
    """One line of a counterexample; `after_s`: seconds since the window began."""

    after_s: float
    what: str
    happened: str
    observation: Observation


def spell_events(history: History, events: Iterable[Observation], since: int) -> str:
    """Return the events as a table of text; the times count from observation `since`. Empty for no events."""
    rows = explain(history, events, since)
    width = max((len(row.what) for row in rows), default=0)
    return "\n".join(f"  {row.after_s:>+9.3f} s  {row.what:<{width}}  {row.happened}" for row in rows)


def explain(history: History, events: Iterable[Observation], since: int = 0) -> list[ExplainedEvent]:
    """Return what each event means, in order of arrival, each once; the times count from observation `since`."""
    began = history[since].at if since < history.end else history.now
    ordered = [event for _, event in sorted({event.seq: event for event in events}.items())]
    return [ExplainedEvent(event.at - began, _what(event), _happened(history, event), event) for event in ordered]


def _what(event: Observation) -> str:
    if event.topic == "Event":
        return str((event.data.get("involvedObject") or {}).get("name", event.name))
    if event.topic == SAMPLE:
        return f"{event.name} {event.data.get('subject', '')}".rstrip()
    return event.name if event.topic in ("Pod", STEP) else f"{event.topic} {event.name}"


def _happened(history: History, event: Observation) -> str:
    if event.is_state:
        words = _state(history, event)
        return words if event.topic != "Pod" or not revision(event.data) else f"{words} [{revision(event.data)}]"
    if event.topic == ACTION:
        return f"{event.data.get('verb', 'write')} by the scenario"
    if event.topic == ANSWER:
        records = ", ".join(event.data.get("records", [])) or "nothing"
        return f"{event.data.get('type', '')} answered {event.data.get('rcode', '')}: {records}"
    if event.topic == OUTPUT:
        return f"{event.data.get('purpose', 'printed')} {event.data.get('file', '')}".rstrip()
    if event.topic == SAMPLE and event.verb is Verb.DONE:
        return " ".join(str(event.data[fact]) for fact in ("kind", "outcome", "detail") if event.data.get(fact))
    return str(event.verb)


def _state(history: History, event: Observation) -> str:
    if event.topic == "Event":
        kind, reason = str(event.data.get("type", "Normal")).lower(), event.data.get("reason", "")
        return f"{kind} {reason}: {event.data.get('message', '')}"
    by_us = " by the scenario" if event.uid in removals(history, event.topic) else ""
    if event.verb is Verb.DELETED:
        return f"removed{by_us}"
    former = history.former(event)
    if former is None:
        return "created" if event.verb is Verb.ADDED else f"there already: {_now(event)}"
    before = former.data
    if terminating(event.data) and not terminating(before):
        return f"deletion asked for{by_us}"
    if event.topic == "Pod" and ready(event.data) != ready(before):
        return "became ready" if ready(event.data) else f"stopped being ready: {describe(event.data)}"
    return _now(event)


def _now(event: Observation) -> str:
    if event.topic == "Pod":
        return describe(event.data)
    if event.topic == "StatefulSet":
        wanted, partition = statefulsets.replicas(event.data), statefulsets.partition(event.data)
        ready = statefulsets.status(event.data, "readyReplicas")
        return f"wants {wanted}, partition {partition}, reports {ready} ready"
    return str(event.data.get("status", {}).get("phase", "changed"))
