"""Who a pod is: its name, hostname, index, subdomain; and that never two processes bear one identity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from harness.history.history import History, Incarnation
from harness.history.observation import Observation
from harness.model import Object
from harness.promises.changes import in_record, incarnations_of
from harness.promises.outputs import JOURNAL, about, content
from harness.promises.pods import instant
from harness.promises.verdict import Breach, NotApplicable, Subject, Window, promise

__all__ = ["one_process", "stable_identity"]

SOURCE = "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id"
SAFETY = "https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/#statefulset-considerations"


@promise(
    "stable identity",
    "Every pod, in each of its lives, has the identity that its ordinal gives it",
    clauses={
        "name": "A pod of the set is named after the set and an ordinal",
        "hostname": "A pod's hostname is its name",
        "index": "A pod's label apps.kubernetes.io/pod-index is its ordinal",
        "label": "A pod's label statefulset.kubernetes.io/pod-name is its name",
        "subdomain": "A pod's subdomain is the set's service name",
    },
    kinds=("Pod", "StatefulSet"),
    source=SOURCE,
)
def stable_identity(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """Judge each state of each pod that the set owns."""
    owners = in_record(history, subject)
    pods = [life for life in history.incarnations("Pod") if _within(life, window) and _belongs(life, subject)]
    if not pods:
        raise NotApplicable(f'"{subject.name}" had no pod in this window')
    services = {str(seen.data["spec"].get("serviceName", "")) for life in owners for seen in life.seen}
    return [breach for life in pods for breach in _strange(life, subject, services)]


@promise(
    "at most one process per identity",
    "Of two pods that bore one name, the later one's containers start only after the former's have ended",
    clauses={
        "containers": "No container starts before those of the pod that had the name before have ended",
        "writers": "In a volume's journal, no pod writes again once the pod after it has written",
    },
    kinds=("Pod",),
    source=SAFETY,
)
def one_process(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """
    Judge the times of containers, and the journals that pods wrote into their volumes.

    Two pods of one name cannot exist, so that their objects prove nothing. Where a pod was removed while its
    containers were last seen running, as by force or from a silent node, only a journal can tell. A journal is an
    OUTPUT with the purpose "journal" whose content has lines of the form `<seconds> <pod uid> started|alive|stopped`.
    """
    lives = [life for life in incarnations_of(history, subject) if _within(life, window)]
    journals = [told for told in about(history, subject, window, JOURNAL) if told.data["code"] == 0 and content(told)]
    named: dict[str, list[Incarnation]] = {}
    for life in lives:
        named.setdefault(life.name, []).append(life)
    pairs = [pair for bearers in named.values() for pair in combinations(bearers, 2)]
    pairs.sort(key=lambda pair: pair[0].first.seq)
    if not pairs and not journals:
        raise NotApplicable("no name had two pods in this window, and no journal was read")
    unknown = [former.name for former, _ in pairs if _still_running(former) and former.name not in _named(journals)]
    breaches = [breach for former, later in pairs for breach in _overlap(former, later)]
    breaches += [breach for journal in journals for breach in _interleaved(journal)]
    if unknown and not breaches:
        raise NotApplicable(f"{unknown[0]} was removed while last seen running, and no journal of its volume was read")
    return breaches


def _within(life: Incarnation, window: Window) -> bool:
    return life.first.seq < window.end and (life.deleted is None or life.deleted.seq >= window.start)


def _belongs(life: Incarnation, subject: Subject) -> bool:
    owners = life.first.data["metadata"].get("ownerReferences", [])
    owned = any(owner.get("kind") == "StatefulSet" and owner.get("name") == subject.name for owner in owners)
    return owned or subject.ordinal(life.name) is not None


def _strange(life: Incarnation, subject: Subject, services: set[str]) -> Iterator[Breach]:
    ordinal = subject.ordinal(life.name)
    if ordinal is None or str(ordinal) != life.name.rpartition("-")[2]:
        yield Breach("name", f'a pod of "{subject.name}" is named {life.name}', (life.first,))
        return
    wanted = {"hostname": {life.name}, "index": {str(ordinal)}, "label": {life.name}, "subdomain": services}
    shown = [(seen, _identity(seen.data)) for seen in _telling(life)]
    for clause, allowed in wanted.items():
        for seen, identity in shown:
            found = identity[clause]
            if found not in allowed:
                text = f"{clause} of {life.name} is {found!r}, not {' or '.join(sorted(allowed))!r}"
                yield Breach(clause, text, (seen,))
                break


def _telling(life: Incarnation) -> Iterator[Observation]:
    """Yield the states that may say another identity than the one before: most share their spec and labels with it."""
    spec, labels = None, None
    for seen in life.seen:
        told = seen.data["spec"], seen.data["metadata"].get("labels")
        if told[0] is not spec or told[1] is not labels:
            yield seen
        spec, labels = told


def _identity(pod: Object) -> dict[str, str]:
    labels = pod["metadata"].get("labels", {})
    return {
        "hostname": str(pod["spec"].get("hostname", "")),
        "index": str(labels.get("apps.kubernetes.io/pod-index", "")),
        "label": str(labels.get("statefulset.kubernetes.io/pod-name", "")),
        "subdomain": str(pod["spec"].get("subdomain", "")),
    }


def _containers(life: Incarnation) -> list[Object]:
    status = life.last.data.get("status", {})
    return [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]


def _still_running(life: Incarnation) -> bool:
    return any("running" in container.get("state", {}) for container in _containers(life))


def _overlap(former: Incarnation, later: Incarnation) -> Iterator[Breach]:
    finished = [
        instant(ended["finishedAt"])
        for container in _containers(former)
        if (ended := container.get("state", {}).get("terminated", {})).get("finishedAt")
    ]
    for seen in later.seen:
        for container in seen.data.get("status", {}).get("containerStatuses", []):
            state = container.get("state", {})
            began = (state.get("running") or state.get("terminated") or {}).get("startedAt")
            if began and finished and instant(began) < max(finished):
                text = f"container {container['name']} of the later {later.name} started before the former had ended"
                yield Breach("containers", text, (former.last, seen))
                return


def _named(journals: list[Observation]) -> set[str]:
    return {str(journal.data["pod"]) for journal in journals}


def _interleaved(journal: Observation) -> Iterator[Breach]:
    done: set[str] = set()
    writer = ""
    for number, line in enumerate(content(journal).splitlines(), 1):
        words = line.split()
        if len(words) < 2 or words[1] == writer:
            continue
        if words[1] in done:
            text = f"line {number} of {journal.data.get('file', 'the journal')}: {words[1]} writes after {writer} had"
            yield Breach("writers", f"{text} taken its place as {journal.data['pod']}", (journal,))
            return
        done.add(writer)
        writer = words[1]
