"""Conditions about what an event has changed, and what it has left alone."""

from __future__ import annotations

from harness.history.history import History, Incarnation
from harness.promises import statefulsets
from harness.promises.condition import Answer, Condition, absent, unmet
from harness.promises.own_actions import generation_asked
from harness.promises.pods import describe, healthy, terminating
from harness.promises.subjects import bears, named_pods, pods_of

__all__ = [
    "created_only",
    "former_revision",
    "member_replaced",
    "new_revision",
    "none_replaced",
    "remade",
    "unreplaced",
]


def created_only(*pods: str) -> Condition:
    """Since the event these pods were created, each once, and no other."""

    def ask(history: History, since: int) -> Answer:
        made = [life for life in history.incarnations("Pod") if life.created and life.created.seq >= since]
        names = [life.name for life in made]
        text = f"created: {', '.join(names) or 'none'}"
        return Answer(sorted(names) == sorted(pods), text, tuple(life.first for life in made))

    return Condition(f"of all pods exactly {', '.join(pods)} created", ("Pod",), ask)


def none_replaced(set_name: str) -> Condition:
    """Each pod of the set is the one it was before the event, and none is terminating."""

    def ask(history: History, since: int) -> Answer:
        own = bears(history, set_name)
        before = history.upto(since).alive("Pod")
        alive = history.alive("Pod")
        moved = [
            name for name in {**before, **alive} if own(name) and not _untouched(before.get(name), alive.get(name))
        ]
        events = tuple(alive[name].last for name in moved if name in alive)
        return Answer(not moved, f"replaced: {', '.join(moved) or 'none'}", events)

    return Condition(f'no pod of "{set_name}" is replaced', ("Pod",), ask)


def member_replaced(name: str, member: str) -> Condition:
    """A member of named pods is another pod than before the event, and ready."""

    def ask(history: History, since: int) -> Answer:
        before, now = (_member(view, name, member) for view in (history.upto(since), history))
        if before is None or now is None:
            return unmet(f"there is no member {member}" if before else f"there was no member {member} to replace")
        told = "still the pod of before" if now.uid == before.uid else "another pod than before"
        text = f"{now.name} is {describe(now.last.data)}, {told}"
        return Answer(now.uid != before.uid and healthy(now.last.data), text, (now.first, now.last))

    return Condition(f'member {member} of "{name}" is replaced and ready', ("Pod",), ask)


def _member(history: History, name: str, member: str) -> Incarnation | None:
    """Return the newest pod that is this member."""
    pods = named_pods(history, name)
    found = [life for life in pods_of(history, name) if pods and pods.member_of(life.last.data) == member]
    return max(found, key=lambda life: life.first.seq, default=None)


def unreplaced(*pods: str) -> Condition:
    """Each of these pods is the one it was before the event, and none is terminating."""

    def ask(history: History, since: int) -> Answer:
        before, alive = history.upto(since).alive("Pod"), history.alive("Pod")
        moved = [pod for pod in pods if not _untouched(before.get(pod), alive.get(pod))]
        events = tuple(alive[pod].last for pod in moved if pod in alive)
        return Answer(not moved, f"replaced: {', '.join(moved) or 'none'}", events)

    return Condition(f"{' and '.join(pods)} {'are' if len(pods) > 1 else 'is'} not replaced", ("Pod",), ask)


def remade(name: str, kind: str) -> Condition:
    """An object of this name exists, and one of the same name is gone."""

    def look(history: History) -> Answer:
        lives = history.incarnations(kind, name)
        if not lives or lives[-1].deleted:
            return unmet(f"{kind} {name} does not exist", *(life.last for life in lives[-1:]))
        leaving = ", its deletion was asked for" * bool(lives[-1].last.data["metadata"].get("deletionTimestamp"))
        text = f"{kind} {name} is {'another one' if len(lives) > 1 else 'the one it was'}{leaving}"
        return Answer(len(lives) > 1, text, (lives[-1].last,))

    return Condition.now(f"{kind} {name} is made anew", (kind,), look)


def new_revision(set_name: str) -> Condition:
    """The set's status names another update revision than before the event."""

    def ask(history: History, since: int) -> Answer:
        found = history.alive("StatefulSet").get(set_name)
        if found is None:
            return absent(history, "StatefulSet", set_name)
        before = history.upto(since).current("StatefulSet", set_name)
        newest, asked = found.last.data, generation_asked(history, "StatefulSet", set_name, found.uid, since=since)
        changed = before is None or statefulsets.update_revision(newest) != statefulsets.update_revision(before)
        text = f"its update revision is {statefulsets.update_revision(newest) or 'none'}"
        return Answer(changed and statefulsets.acknowledged(newest, asked), text, (found.last,))

    return Condition(f'"{set_name}" knows of a new revision', ("StatefulSet",), ask)


def former_revision(set_name: str) -> Condition:
    """The set's update revision is another one than before the event, and yet older."""

    def ask(history: History, since: int) -> Answer:
        answer = new_revision(set_name).ask(history, since)
        if not answer.met:
            return answer
        name = statefulsets.update_revision(answer.events[-1].data)
        revision = history.alive("ControllerRevision").get(name)
        if revision is None:
            return unmet(f"{answer.observed}, which does not exist", *answer.events)
        made = "made by this rollout" if revision.first.seq > since else "made before"
        return Answer(revision.first.seq < since, f"{answer.observed}, {made}", (revision.first, *answer.events))

    return Condition(
        f'"{set_name}" uses a revision again that it had before', ("StatefulSet", "ControllerRevision"), ask
    )


def _untouched(before: Incarnation | None, now: Incarnation | None) -> bool:
    return before is not None and now is not None and before.uid == now.uid and not terminating(now.last.data)
