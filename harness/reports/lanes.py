"""The lanes of a timeline: what each replica, claim, volume, service, name and node was at every moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from harness.history.history import History, Incarnation
from harness.history.observation import ACTION, ANSWER, OUTPUT, SAMPLE, Observation, Verb
from harness.history.sampling import NAMED, WRITTEN
from harness.model import Object
from harness.promises.explain import explain
from harness.promises.pods import addresses
from harness.reports.states import ObjectState, claim_state, node_state, pod_state, set_state, volume_state

__all__ = ["Lane", "Point", "Stretch", "lanes_of"]

WARNING = "Warning"

Classify = Callable[[Object], ObjectState]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a lane in which nothing visible changed, in seconds; `seq` is of the observation it began with."""

    begin: float
    end: float
    state: ObjectState
    seq: int


@dataclass(frozen=True, slots=True)
class Point:
    """
    One observation on a lane: its moment in seconds, its `seq`, what happened in words.

    `look`: created, removed, seen, action, warning, output or answer.
    """

    at: float
    seq: int
    look: str
    text: str


@dataclass(frozen=True, slots=True)
class Lane:
    """
    Everything that is known of one name of one kind, through all its lives.

    `group` is the heading it stands under. `gaps`: pairs of seconds between which it was not watched.
    """

    group: str
    topic: str
    name: str
    stretches: tuple[Stretch, ...]
    points: tuple[Point, ...]
    gaps: tuple[tuple[float, float], ...] = ()


def lanes_of(history: History) -> Iterator[Lane]:
    """Yield the lanes in the order in which they are read: what was done, the sets, their replicas, what those have."""
    words = {row.observation.seq: row.happened for row in explain(history, history)}
    for lane in _all(history, words):
        gaps = tuple((gap.since, gap.seen.at) for gap in history.gaps(lane.topic, lane.name))
        points = sorted((*lane.points, *_said_about(history, words, lane)), key=lambda point: point.seq)
        yield replace(lane, points=tuple(points), gaps=lane.gaps if lane.topic == SAMPLE else gaps)


def _all(history: History, words: dict[int, str]) -> Iterator[Lane]:
    yield from _deeds(history)
    yield from _kind(history, words, "StatefulSets", "StatefulSet", set_state)
    yield from _kind(history, words, "replicas", "Pod", pod_state(history))
    yield from _kind(history, words, "claims", "PersistentVolumeClaim", claim_state)
    yield from _kind(history, words, "volumes", "PersistentVolume", volume_state)
    yield from _services(history)
    yield from _names(history)
    yield from _clients(history)
    yield from (lane for lane in _kind(history, words, "nodes", "Node", node_state) if len(lane.stretches) > 1)


def _kind(history: History, words: dict[int, str], group: str, topic: str, state_of: Classify) -> Iterator[Lane]:
    lives = history.incarnations(topic)
    ordinals = {life.name: (_stem(life.name), len(life.name), life.name) for life in lives}
    names = list(ordinals) if topic == "PersistentVolume" else sorted(ordinals, key=lambda name: ordinals[name])
    for name in names:
        own = [life for life in lives if life.name == name]
        stretches = [stretch for life in own for stretch in _stretches(life, state_of, history.now)]
        points = [Point(seen.at, seen.seq, _look(seen), words[seen.seq]) for life in own for seen in life.seen]
        yield Lane(group, topic, name, tuple(stretches), tuple(points))


def _stem(name: str) -> str:
    stem, _, number = name.rpartition("-")
    return stem if number.isdecimal() else name


def _look(seen: Observation) -> str:
    return {Verb.ADDED: "created", Verb.DELETED: "removed"}.get(seen.verb, "seen")


def _stretches(life: Incarnation, state_of: Classify, now: float) -> Iterator[Stretch]:
    states = [(seen, state_of(seen.data)) for seen in life.seen if seen.verb is not Verb.DELETED]
    yield from _merged(states, life.deleted.at if life.deleted else now)


def _merged(states: Iterable[tuple[Observation, ObjectState]], end: float) -> Iterator[Stretch]:
    """Yield a stretch for each state that differs from the one before; each lasts until the next begins."""
    begins = [next(several) for _, several in groupby(states, key=lambda pair: pair[1])]
    ends = [seen.at for seen, _ in begins[1:]] + [end]
    for (seen, state), until in zip(begins, ends, strict=False):
        yield Stretch(seen.at, until, state, seen.seq)


def _said_about(history: History, words: dict[int, str], lane: Lane) -> Iterator[Point]:
    """Yield what was done to the object of a lane, warnings about it, commands that ran in its containers."""
    if lane.topic in (ACTION, ANSWER):
        return
    for seen in history.of(ACTION, name=lane.name):
        if seen.data.get("kind") == lane.topic:
            yield Point(seen.at, seen.seq, "action", words[seen.seq])
    for seen in history.of("Event"):
        about = seen.data.get("involvedObject") or {}
        if seen.is_state and seen.data.get("type") == WARNING and _named(about) == (lane.topic, lane.name):
            yield Point(seen.at, seen.seq, "warning", words[seen.seq])
    if lane.topic == "Pod":
        for seen in history.of(OUTPUT):
            if seen.data.get("pod") == lane.name:
                yield Point(seen.at, seen.seq, "output", words[seen.seq])


def _named(about: Object) -> tuple[str, str]:
    return str(about.get("kind", "")), str(about.get("name", ""))


def _deeds(history: History) -> Iterator[Lane]:
    done = history.of(ACTION)
    points = [Point(seen.at, seen.seq, "action", f"{seen.data.get('verb', 'write')} {seen.name}") for seen in done]
    if points:
        yield Lane("done by the scenario", ACTION, "", (), tuple(points))
    yield from _faults(history)


def _faults(history: History) -> Iterator[Lane]:
    """Yield a lane for each fault of each object: every ACTION that says `until`, up to the ACTION that ends it."""
    found: dict[tuple[str, str, str], list[Stretch]] = {}
    for seen in history.of(ACTION):
        if "until" in seen.data:
            facts = str(seen.data.get("kind", "")), seen.name, str(seen.data["verb"])
            stretches = found.setdefault(facts, [])
            if not stretches or stretches[-1].end <= seen.at:
                stretches.append(Stretch(seen.at, _healed(history, seen), ObjectState("fault", facts[2]), seen.seq))
    for (_, name, _), stretches in found.items():
        yield Lane("faults", ACTION, name, tuple(stretches), ())


def _healed(history: History, fault: Observation) -> float:
    later = history.of(ACTION, name=fault.name, since=fault.seq + 1)
    same = (one for one in later if one.data.get("kind") == fault.data.get("kind"))
    return next((one.at for one in same if one.data.get("verb") == fault.data["until"]), history.now)


def _services(history: History) -> Iterator[Lane]:
    """Yield a lane for each service: how many of the addresses it lists are ready."""
    label = "kubernetes.io/service-name"
    states: dict[str, list[tuple[Observation, ObjectState]]] = {}
    ready: dict[str, dict[str, int]] = {}
    for seen in history.of("EndpointSlice"):
        if seen.is_state:
            service = str((seen.data["metadata"].get("labels") or {}).get(label, seen.name))
            slices = ready.setdefault(service, {})
            slices[seen.uid] = 0 if seen.verb is Verb.DELETED else _ready_addresses(seen.data)
            count = sum(slices.values())
            states.setdefault(service, []).append((seen, ObjectState("listed" if count else "none", f"{count} ready")))
    for service, several in sorted(states.items()):
        points = [Point(seen.at, seen.seq, _look(seen), state.text) for seen, state in several]
        yield Lane("services", "EndpointSlice", service, tuple(_merged(several, history.now)), tuple(points))


def _ready_addresses(endpoint_slice: Object) -> int:
    endpoints = endpoint_slice.get("endpoints") or ()
    return sum(1 for endpoint in endpoints if (endpoint.get("conditions") or {}).get("ready", True))


def _names(history: History) -> Iterator[Lane]:
    """Yield a lane for each name that the DNS was asked for: to whom each answer led."""
    pods = [(life, {one for seen in life.seen for one in addresses(seen.data)}) for life in history.incarnations("Pod")]
    asked: dict[str, list[Observation]] = {}
    for seen in history.of(ANSWER):
        kind = str(seen.data.get("type", "A"))
        asked.setdefault(seen.name if kind == "A" else f"{seen.name} {kind}", []).append(seen)
    for name, answers in sorted(asked.items()):
        states = [(seen, _answer_state(seen, pods)) for seen in answers]
        points = [Point(seen.at, seen.seq, "answer", state.text) for seen, state in states]
        yield Lane("DNS names", ANSWER, name, tuple(_merged(states, answers[-1].at)), tuple(points))


def _clients(history: History) -> Iterator[Lane]:
    """Yield a lane for whatever each client was told: of one member, of one name, of its writes."""
    told: dict[tuple[str, str], list[Observation]] = {}
    for seen in history.of(SAMPLE, Verb.DONE, Verb.GAP):
        about = str(seen.data["subject"]) if seen.data["kind"] != WRITTEN else "writes"
        told.setdefault((seen.name, about), []).append(seen)
    for (client, about), several in told.items():
        states = [(seen, _sample_state(seen)) for seen in several if seen.data.get("outcome", "began") != "began"]
        points = [Point(seen.at, seen.seq, "output", state.text) for seen, state in states if state.look == "failing"]
        gaps = tuple((float(seen.data["since"]), seen.at) for seen in several if seen.verb is Verb.GAP)
        stretches = tuple(_merged(states, several[-1].at))
        yield Lane("clients", SAMPLE, f"{client}: {about}", stretches, tuple(points), gaps)


def _sample_state(seen: Observation) -> ObjectState:
    outcome = str(seen.data["outcome"])
    if seen.data["kind"] == NAMED:
        return ObjectState("none" if outcome in ("none", "failed") else "leads", outcome)
    return ObjectState("ready" if outcome == "ok" else "failing", outcome)


def _answer_state(answer: Observation, pods: list[tuple[Incarnation, set[str]]]) -> ObjectState:
    records = [str(record) for record in answer.data.get("records", ())]
    if not records:
        code = str(answer.data.get("rcode", ""))
        return ObjectState("none", "no address" if code == "NOERROR" else code)
    return ObjectState("leads", ", ".join(record + _owner(record, answer, pods) for record in records))


def _owner(address: str, answer: Observation, pods: list[tuple[Incarnation, set[str]]]) -> str:
    """Return which pod had an address last when it was answered, in brackets; empty where none ever had."""
    had = [life for life, several in pods if address in several and life.first.seq < answer.seq]
    if not had:
        return ""
    return f" ({had[-1].name})" if had[-1].at(answer.seq) is not None else f" ({had[-1].name}, gone)"
