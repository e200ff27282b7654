"""Conditions about all pods of a StatefulSet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from harness.history.history import History, Incarnation
from harness.model import Object
from harness.promises import statefulsets
from harness.promises.condition import Answer, Condition, absent, unmet
from harness.promises.conditions.combined import opposite
from harness.promises.conditions.pods import has_version, spell_version, state
from harness.promises.own_actions import generation_asked, removals
from harness.promises.pods import healthy, revision
from harness.promises.replicas import Replicas
from harness.promises.subjects import Subject, named_pods, pods_of

__all__ = [
    "all_ready",
    "at_least_ready",
    "count",
    "fewer_ready",
    "only_ordinals",
    "only_pods",
    "reported",
    "rolled_out",
    "settled",
    "two_versions",
]


def all_ready(set_name: str, replicas: int | None = None, version: str | None = None) -> Condition:
    """
    Exactly the wanted replicas exist, all ready, and the set's status says so too.

    Accepted is only what the event brought about: the status must speak of the newest generation that we asked for,
    and none of the pods may be one that we removed since the event. `replicas`: the number that the spec must ask for;
    `version`: what each pod must run.
    """

    def ask(history: History, since: int) -> Answer:
        if named_pods(history, set_name):
            return _named_up(history, since, set_name, replicas, version)
        look = _look(history, since, set_name)
        if isinstance(look, Answer):
            return look
        missing = [*_unmet(look, replicas), *_other_versions(look.history, look.pods, version)]
        return _answer(look, missing)

    def meets(history: History, since: int) -> bool:
        may_be = named_pods(history, set_name) or _may_be_up(history, set_name)
        return bool(may_be) and ask(history, since).met

    number = f"{replicas} replicas" if replicas is not None else "wanted replicas"
    expected = f'all {number} of "{set_name}" are ready' + (f" and run version {version}" if version else "")
    return Condition(expected, ("StatefulSet", "Pod"), ask, meets)


def settled(set_name: str) -> Condition:
    """
    All wanted replicas are ready and each has the revision that the set's strategy gives it.

    With OnDelete a pod may have any revision. Nothing is terminating, and the status agrees.
    """
    return _at_rest(set_name, f'"{set_name}" is at rest: all replicas ready, rollout done', _behind)


def rolled_out(set_name: str) -> Condition:
    """
    The set is at rest and each pod has the newest revision, from the partition on.

    That holds for any strategy: with OnDelete only once somebody has deleted each pod.
    """

    def behind(look: _Look) -> Iterator[str]:
        return _older(look) if statefulsets.on_delete(look.set) else _behind(look)

    return _at_rest(set_name, f'the rollout of "{set_name}" is complete', behind)


def _at_rest(set_name: str, expected: str, behind: Callable[[_Look], Iterator[str]]) -> Condition:
    """All wanted replicas are ready, no rollout is unfinished, and none of the pods is `behind`."""

    def ask(history: History, since: int) -> Answer:
        if named_pods(history, set_name):
            return _named_at_rest(history, since, set_name)
        look = _look(history, since, set_name)
        if isinstance(look, Answer):
            return look
        return _answer(look, [*_unmet(look, None), *behind(look)])

    def meets(history: History, since: int) -> bool:
        if named_pods(history, set_name):
            return ask(history, since).met
        found = history.current("StatefulSet", set_name)
        done = found is not None and not _unfinished(found)
        return done and _may_be_up(history, set_name) and ask(history, since).met

    return Condition(expected, ("StatefulSet", "Pod"), ask, meets)


def reported(set_name: str) -> Condition:
    """The status of the set counts exactly the pods that are ready; where there never was such a set, none has to."""

    def ask(history: History, since: int) -> Answer:
        if not history.incarnations("StatefulSet", set_name):
            return Answer(met=True, observed=f'there is no StatefulSet "{set_name}"')
        look = _look(history, since, set_name)
        if isinstance(look, Answer):
            return look
        told, up = statefulsets.status(look.set, "readyReplicas"), sum(healthy(pod.last.data) for pod in look.pods)
        current = statefulsets.acknowledged(look.set, look.asked)
        return Answer(current and told == up, f"its status says {told} ready, there are {up}", (look.life.last,))

    def meets(history: History, since: int) -> bool:
        found = history.current("StatefulSet", set_name)
        if found is None:
            return ask(history, since).met
        told, up = statefulsets.status(found, "readyReplicas"), history.digest(Replicas, set_name).up
        return told == up and ask(history, since).met

    return Condition(f'"{set_name}" reports exactly its ready replicas', ("StatefulSet", "Pod"), ask, meets)


def at_least_ready(set_name: str, least: int) -> Condition:
    """At least so many pods of the set are ready and not terminating."""

    def look(history: History) -> Answer:
        lives = pods_of(history, set_name)
        up = [life for life in lives if healthy(life.last.data)]
        down = [f"{life.name} {state(history, life)}" for life in lives if life not in up]
        text = "; ".join([f"{len(up)} ready", *down])
        return Answer(len(up) >= least, text, tuple(life.last for life in lives))

    def meets(history: History) -> bool:
        return look(history).met if named_pods(history, set_name) else history.digest(Replicas, set_name).up >= least

    return Condition.now(f'at least {least} pods of "{set_name}" are ready', ("Pod",), look, meets)


def fewer_ready(set_name: str, number: int) -> Condition:
    """Fewer pods of the set than this number are ready and not terminating."""
    return opposite(at_least_ready(set_name, number), f'fewer than {number} pods of "{set_name}" are ready')


def count(set_name: str, number: int) -> Condition:
    """So many pods of the set exist, in whatever state."""

    def look(history: History) -> Answer:
        lives = pods_of(history, set_name)
        return Answer(len(lives) == number, f"{len(lives)} exist{_named(lives)}", tuple(life.last for life in lives))

    def meets(history: History) -> bool:
        there = history.digest(Replicas, set_name).there
        return look(history).met if named_pods(history, set_name) else there == number

    return Condition.now(f'{number} pods of "{set_name}" exist', ("Pod",), look, meets)


def only_ordinals(set_name: str, ordinals: Collection[int]) -> Condition:
    """Exactly the pods of these ordinals exist, in whatever state."""
    subject = Subject(set_name)
    wanted = set(ordinals)

    def look(history: History) -> Answer:
        lives = pods_of(history, set_name)
        found = {subject.ordinal(life.name) for life in lives}
        return Answer(found == wanted, f"{len(lives)} exist{_named(lives)}", tuple(life.last for life in lives))

    def meets(history: History) -> bool:
        return history.digest(Replicas, set_name).ordinals.keys() == wanted

    names = ", ".join(f"{set_name}-{ordinal}" for ordinal in sorted(wanted)) or "no pod"
    return Condition.now(f'of "{set_name}" exactly {names} exist{"s" * (len(wanted) == 1)}', ("Pod",), look, meets)


def two_versions(set_name: str) -> Condition:
    """Pods of two revisions of the set exist, be they on their way out."""

    def look(history: History) -> Answer:
        lives = pods_of(history, set_name)
        found = {revision(life.last.data) for life in lives}
        told = ", ".join(f"{life.name} of {revision(life.last.data)}" for life in lives) or "no pod"
        shown = {revision(life.last.data): life.last for life in lives}
        return Answer(len(found) > 1, told, tuple(sorted(shown.values(), key=lambda seen: seen.seq)))

    return Condition.now(f'pods of two versions of "{set_name}" exist', ("Pod",), look)


def only_pods(name: str, pods: Collection[str]) -> Condition:
    """Exactly these pods of a StatefulSet, or of pods that the scenario has named, exist, in whatever state."""
    of_set = only_ordinals(name, [ordinal for pod in pods if (ordinal := Subject(name).ordinal(pod)) is not None])

    def ask(history: History, since: int) -> Answer:
        if not named_pods(history, name):
            return of_set.ask(history, since)
        lives = pods_of(history, name)
        met = {life.name for life in lives} == set(pods)
        return Answer(met, f"{len(lives)} exist{_named(lives)}", tuple(life.last for life in lives))

    def meets(history: History, since: int) -> bool:
        return ask(history, since).met if named_pods(history, name) else of_set.met(history, since)

    names = ", ".join(sorted(pods)) or "no pod"
    return Condition(f'of "{name}" exactly {names} exist{"s" * (len(pods) == 1)}', ("Pod",), ask, meets)


@dataclass(frozen=True, slots=True)
class _Look:
    """A set and its pods as they are at the end of a view."""

    history: History
    life: Incarnation
    asked: int
    pods: list[Incarnation]
    removed: Collection[str]

    @property
    def set(self) -> Object:
        return self.life.last.data

    def ordinal(self, pod: Incarnation) -> int:
        return Subject(self.life.name).ordinal(pod.name) or 0


def _look(history: History, since: int, set_name: str) -> _Look | Answer:
    life = history.alive("StatefulSet").get(set_name)
    if life is None:
        return absent(history, "StatefulSet", set_name)
    if life.uid in removals(history, "StatefulSet", since=since):
        return unmet(f'"{set_name}" is still the set that was deleted', life.last)
    asked = generation_asked(history, "StatefulSet", set_name, life.uid, since=since)
    return _Look(history, life, asked, pods_of(history, set_name), removals(history, since=since))


def _named_up(history: History, since: int, name: str, replicas: int | None, version: str | None) -> Answer:
    pods, removed = pods_of(history, name), removals(history, since=since)
    missing = [f"{len(pods)} exist"] if replicas is not None and len(pods) != replicas else []
    missing += [*_unwell(history, pods, removed), *_other_versions(history, pods, version)]
    return _named_answer(pods, missing)


def _named_at_rest(history: History, since: int, name: str) -> Answer:
    """
    Whether at least as many pods as before the event are there, all of them well.

    How many are wanted only their operator knows.
    """
    pods, before = pods_of(history, name), len(pods_of(history.upto(since), name))
    missing = [f"{len(pods)} exist, before there were {before}"] if len(pods) < max(before, 1) else []
    return _named_answer(pods, [*missing, *_unwell(history, pods, removals(history, since=since))])


def _unwell(history: History, pods: Iterable[Incarnation], removed: Collection[str]) -> Iterator[str]:
    for pod in pods:
        if pod.uid in removed:
            yield f"{pod.name} is still the pod that was deleted, {state(history, pod)}"
        elif not healthy(pod.last.data):
            yield f"{pod.name} {state(history, pod)}"


def _named_answer(pods: list[Incarnation], missing: list[str]) -> Answer:
    text = f"{sum(healthy(pod.last.data) for pod in pods)} of {len(pods)} ready"
    return Answer(not missing, "; ".join([text, *missing]), tuple(pod.last for pod in pods))


def _may_be_up(history: History, set_name: str) -> bool:
    """Whether the numbers are those of a set whose wanted replicas are all ready, as its status says too."""
    found, pods = history.current("StatefulSet", set_name), history.digest(Replicas, set_name)
    wanted = statefulsets.replicas(found) if found else -1
    told = (statefulsets.status(found or {}, field) for field in ("replicas", "readyReplicas"))
    return len(pods.ordinals) == wanted <= pods.up and all(number == wanted for number in told)


def _named(lives: list[Incarnation]) -> str:
    return ": " + ", ".join(life.name for life in lives) if lives else ""


def _unmet(look: _Look, replicas: int | None) -> Iterator[str]:
    wanted = statefulsets.ordinals(look.set)
    if replicas is not None and replicas != len(wanted):
        yield f"the spec asks for {len(wanted)} replicas"
    if not statefulsets.acknowledged(look.set, look.asked):
        observed = statefulsets.status(look.set, "observedGeneration")
        yield f"the controller has seen generation {observed} of {max(look.asked, statefulsets.generation(look.set))}"
    found = {look.ordinal(pod): pod for pod in look.pods}
    yield from (f"{look.life.name}-{ordinal} does not exist" for ordinal in wanted if ordinal not in found)
    for ordinal, pod in sorted(found.items()):
        if pod.uid in look.removed:
            yield f"{pod.name} is still the pod that was deleted, {state(look.history, pod)}"
        elif ordinal not in wanted:
            yield f"{pod.name} is not wanted any more, {state(look.history, pod)}"
        elif not healthy(pod.last.data):
            yield f"{pod.name} {state(look.history, pod)}"
    for field in ("replicas", "readyReplicas"):
        if statefulsets.status(look.set, field) != len(wanted):
            yield f"status.{field} is {statefulsets.status(look.set, field)}"


def _other_versions(history: History, pods: Iterable[Incarnation], version: str | None) -> list[str]:
    if version is None:
        return []
    others = (pod for pod in pods if not has_version(history, pod, version))
    return [f"{pod.name} runs {spell_version(pod)}" for pod in others]


def _older(look: _Look) -> Iterator[str]:
    newest, first = statefulsets.update_revision(look.set), statefulsets.first_open(look.set)
    for pod in look.pods:
        if look.ordinal(pod) >= first and revision(pod.last.data) != newest:
            yield f"{pod.name} has revision {revision(pod.last.data)}, not yet {newest}"


def _behind(look: _Look) -> Iterator[str]:
    if statefulsets.on_delete(look.set):
        return
    yield from _older(look)
    newest = statefulsets.update_revision(look.set)
    if _unfinished(look.set):
        yield f"the rollout from {statefulsets.current_revision(look.set)} to {newest} is not reported done"


def _unfinished(stateful_set: Object) -> bool:
    """Whether a rollout that is to reach every ordinal is not reported done."""
    behind = statefulsets.current_revision(stateful_set) != statefulsets.update_revision(stateful_set)
    return behind and statefulsets.partition(stateful_set) == 0 and not statefulsets.on_delete(stateful_set)


def _answer(look: _Look, missing: list[str]) -> Answer:
    up = sum(healthy(pod.last.data) for pod in look.pods)
    text = f"{up} of {statefulsets.replicas(look.set)} ready"
    return Answer(
        not missing,
        "; ".join([text, *missing]) if missing else text,
        (look.life.last, *(pod.last for pod in look.pods)),
    )
