"""
What went differently between two recordings of the same scenario.

Problem: uids, addresses and times of two runs never agree, and a cluster does in another order what nobody ordered.
Solution: objects are matched by kind, name and life (the second pod of a name is its second life), and of each life
only these moments count: created, ready, terminating, deleted. Pods of a deployment are one, to
which the same happens several times. The order is compared among pods alone, whose events come from one stream, and
only where the moments lie apart for longer than the streams lag.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.history.history import History, Incarnation
from harness.history.observation import ACTION, ANSWER, OUTPUT, Observation, Verb
from harness.model import Object, format_seconds
from harness.reports.aspects import Normalizer, clients, led_to, sequence, services, volumes
from harness.reports.signature import stable
from harness.reports.states import ObjectState, claim_state, pod_state, set_state
from harness.reports.timeline import timeline_of

__all__ = ["DifferenceRow", "Differences", "Recorded", "compare"]

NOTABLE_S = 1.0
"""A step whose time differs by less is not worth a line; nor is one that took less than half as long again."""
_TOLD = {"ready": "was ready", "terminating": "began to terminate", "failing": "could not run", "ended": "ended"}

Key = tuple[str, str, int, str, int]
"""Kind, name, number of the life, what happened, and how many times it had happened in this life."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One of the two: its header (see `harness.plugin.recording`) and its history."""

    header: Mapping[str, Any]
    history: History


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One line of the table: what is compared, how it was in the one and in the other."""

    what: str
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Differences:
    """
    What went differently: `sentence` says the first and plainest of it, `rows` all. `slower`: steps by their times.

    Times alone are no difference.
    """

    sentence: str
    rows: tuple[DifferenceRow, ...]
    slower: tuple[DifferenceRow, ...]

    def __bool__(self) -> bool:
        """Whether anything but times differs."""
        return bool(self.rows)


def compare(one: Recorded, other: Recorded) -> Differences:
    """Return what went differently in B (`other`) than in A (`one`)."""
    words, their_words = (Normalizer(str(each.header.get("namespace", "")), each.history) for each in (one, other))
    ours, theirs = _moments(one.history, words), _moments(other.history, their_words)
    happened = [*_only(ours, theirs), *_swapped(ours, theirs, max(one.history.lag, other.history.lag))]
    happened.sort(key=lambda pair: pair[0])
    rows = [row for _, _, row in happened]
    rows += _unlike("", _facts(one.history, words), _facts(other.history, their_words))
    verdict = list(_unlike("", _verdict(one), _verdict(other)))
    if happened:
        sentence = happened[0][1]
    elif rows:
        sentence = f"{rows[0].what}: {rows[0].one or 'nothing'} in A, {rows[0].other or 'nothing'} in B"
    elif verdict:
        sentence = f"the same was seen, and judged differently: {verdict[0].one} in A, {verdict[0].other} in B"
    else:
        sentence = "the same happened in A and in B"
    return Differences(sentence, (*verdict, *rows), tuple(_slower(one.history, other.history)))


def _moments(history: History, words: Normalizer) -> dict[Key, float]:
    """Return when each moment of each object was, in order of arrival."""
    found: list[tuple[Observation, tuple[str, str, int, str]]] = []
    for kind, state_of in (("Pod", pod_state(history)), ("PersistentVolumeClaim", claim_state)):
        for life, name, number in words.incarnations(history, kind):
            found += ((seen, (kind, name, number, told)) for seen, told in _of_incarnation(life, state_of))
    for seen in history.of(ACTION):
        deed = f"{seen.data.get('verb', '')} {seen.data.get('kind', '')} {words(seen.name)}"
        found.append((seen, (ACTION, deed, 1, "was done")))
    times: Counter[tuple[str, str, int, str]] = Counter()
    moments = {}
    for seen, what in sorted(found, key=lambda moment: moment[0].seq):
        times[what] += 1
        moments[*what, times[what]] = seen.at
    return moments


def _of_incarnation(life: Incarnation, state_of: Callable[[Object], ObjectState]) -> Iterator[tuple[Observation, str]]:
    former = ""
    for seen in life.seen:
        look = "removed" if seen.verb is Verb.DELETED else state_of(seen.data).look
        told = "was deleted" if look == "removed" else _TOLD.get(look, "")
        if seen is life.created:
            yield seen, "was created"
        if look != former and former == "ready" and not told:
            told = "stopped being ready"
        if look != former and told:
            yield seen, told
        former = look


def _only(ours: Mapping[Key, float], theirs: Mapping[Key, float]) -> Iterator[tuple[float, str, DifferenceRow]]:
    """Yield moment, sentence and row of what happened in one only."""
    for key, at in ours.items():
        if key not in theirs:
            yield at, f"only in A: {_spell(key)}", DifferenceRow(_spell(key), f"{at:.3f} s", "never")
    for key, at in theirs.items():
        if key not in ours:
            yield at, f"only in B: {_spell(key)}", DifferenceRow(_spell(key), "never", f"{at:.3f} s")


def _swapped(
    ours: Mapping[Key, float], theirs: Mapping[Key, float], lag: float
) -> Iterator[tuple[float, str, DifferenceRow]]:
    """Yield moment, sentence and row of each pod's moment that came before one which it had followed in A."""
    shared = [key for key in theirs if key in ours and key[0] == "Pod"]
    for place, key in enumerate(shared):
        overtaken = [
            late
            for late in shared[place + 1 :]
            if ours[late] < ours[key] and max(ours[key] - ours[late], theirs[late] - theirs[key]) > lag
        ]
        if overtaken and _leads(key, overtaken, ours):
            late = max(overtaken, key=lambda one: ours[one])
            words = f"{_spell(key)} before {_spell(late)}"
            yield theirs[key], f"in B {words}", DifferenceRow(words, "the other way round", f"{theirs[key]:.3f} s")


def _leads(key: Key, overtaken: list[Key], ours: Mapping[Key, float]) -> bool:
    """Return whether a moment is the first of its pod that is out of order: those after it only follow from it."""
    first = min(ours[late] for late in overtaken)
    return not any(one[:3] == key[:3] and first < at < ours[key] for one, at in ours.items())


def _spell(key: Key) -> str:
    kind, name, life, what, times = key
    if kind == ACTION:
        return f"the scenario did: {name}" + (f" ({times} times)" if times > 1 else "")
    noun = {"Pod": "pod", "PersistentVolumeClaim": "claim"}[kind]
    again = f" for the {_ordinal(times)} time" if times > 1 else ""
    return f"{_ordinal(life) + ' ' if life > 1 else ''}{noun} {name} {what}{again}"


def _ordinal(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")


def _facts(history: History, words: Normalizer) -> dict[str, str]:
    """
    Return what the record says that has no moment.

    These are versions and identities of pods, wishes of sets, volumes, services, answers, what commands printed and
    what clients were told.
    """
    state_of = pod_state(history)
    pods: dict[str, set[str]] = {}
    for life, name, number in words.incarnations(history, "Pod"):
        told = {"has version": sequence(state_of(seen.data).text for seen in life.seen)}
        for fact, text in (told | _identity(life.last.data, words)).items():
            pods.setdefault(_spell(("Pod", name, number, fact, 1)), set()).add(text)
    facts = {what: "; ".join(sorted(texts)) for what, texts in pods.items()}
    for name in dict.fromkeys(life.name for life in history.incarnations("StatefulSet")):
        seen = [one.data for life in history.incarnations("StatefulSet", name) for one in life.seen]
        facts[f"StatefulSet {name} specifies"] = sequence(set_state(one).text for one in seen)
    facts |= volumes(history, words) | services(history, words) | clients(history, words)
    for name, answers in _grouped(history, ANSWER, words, lambda data: f"{data.get('type', '')}").items():
        facts[f"answers for {words(name)}"] = sequence(
            led_to(history, history[seq], words) or str(history[seq].data.get("rcode", "")) for seq in answers
        )
    for name, outputs in _grouped(history, OUTPUT, words, _command).items():
        facts[f"command in {name}"] = sequence(_printed(history[seq].data, words) for seq in outputs)
    return facts


def _identity(pod: Object, words: Normalizer) -> dict[str, str]:
    """Return by what a pod is found and what it holds on to, as it was last."""
    metadata, spec = pod["metadata"], pod.get("spec", {})
    labels = {key: told for key, told in (metadata.get("labels") or {}).items() if key != "controller-revision-hash"}
    claims = [(one.get("persistentVolumeClaim") or {}).get("claimName") for one in spec.get("volumes") or ()]
    owners = [f"{one.get('kind')} {one.get('name')}" for one in metadata.get("ownerReferences") or ()]
    told = {
        "has the host name": ".".join(filter(None, (spec.get("hostname"), spec.get("subdomain")))),
        "has labels": ", ".join(f"{key}={told}" for key, told in sorted(labels.items())),
        "has claims": ", ".join(sorted(filter(None, claims))),
        "is owned by": ", ".join(sorted(owners)),
    }
    return {fact: words(text) for fact, text in told.items()}


def _grouped(
    history: History, topic: str, words: Normalizer, also: Callable[[Mapping[str, Any]], str]
) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for seen in history.of(topic):
        found.setdefault(f"{words.pod(seen.data.get('pod', seen.name))} {also(seen.data)}".strip(), []).append(seen.seq)
    return found


def _command(data: Mapping[str, Any]) -> str:
    return f"{data.get('purpose') or ' '.join(map(str, data.get('argv', ())))} {data.get('file', '')}".strip()


def _printed(data: Mapping[str, Any], words: Normalizer) -> str:
    text, code = " ".join(str(data.get("stdout", "")).split()), data.get("code", 0)
    return words(text)[:80] + (f" (code {code})" if code else "")


def _verdict(recorded: Recorded) -> dict[str, str]:
    result = recorded.header.get("result") or {}
    facts = {"verdict": str(result.get("outcome", ""))}
    facts |= {f"step: {step['text']}": str(step["outcome"]) for step in result.get("steps", ())}
    headline = str(result.get("message", "")).partition("\n")[0]
    return (
        facts
        | {f"promise: {name}": str(told) for name, told in (result.get("promises") or {}).items()}
        | ({"failure": stable(headline)} if headline else {})
    )


def _unlike(prefix: str, ours: Mapping[str, str], theirs: Mapping[str, str]) -> Iterator[DifferenceRow]:
    for what in dict.fromkeys([*ours, *theirs]):
        if ours.get(what, "") != theirs.get(what, ""):
            yield DifferenceRow(prefix + what, ours.get(what, ""), theirs.get(what, ""))


def _slower(one: History, other: History) -> Iterator[DifferenceRow]:
    ours, theirs = (_times(history) for history in (one, other))
    for step, took in ours.items():
        also = theirs.get(step, took)
        if abs(also - took) >= NOTABLE_S and max(also, took) >= 1.5 * min(also, took):
            yield DifferenceRow(step[0], format_seconds(took), format_seconds(also))


def _times(history: History) -> dict[tuple[str, int], float]:
    counted: Counter[str] = Counter()
    times = {}
    for step in timeline_of(history).steps:
        counted[step.text] += 1
        times[step.text, counted[step.text]] = step.end - step.begin
    return times
