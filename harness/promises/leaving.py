"""
That nobody is sent to a pod that is on its way out, though it is still there.

Names go when a deletion is asked for, not when the pod is gone: whoever looks a replica up while that stops is told of
the others. A service that publishes unready addresses promises none of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.history.history import History, Incarnation
from harness.history.observation import ANSWER, SAMPLE, Observation
from harness.history.sampling import NAMED
from harness.model import Object
from harness.promises.changes import in_record, incarnations_of
from harness.promises.clients import about_others, moments
from harness.promises.directory import Directory, newest
from harness.promises.pods import addresses, condemned
from harness.promises.services import publishes_unready
from harness.promises.verdict import Breach, NotApplicable, Subject, Window, promise

__all__ = ["LEAVING_S", "leaves_its_services"]

LEAVING_S = 3.0
"""Seconds that a service gets to follow a deletion; on an idle cluster it takes two tenths of one."""

_SERVICE = "kubernetes.io/service-name"
_MANAGER = "endpointslice.kubernetes.io/managed-by"
_CONTROLLER = "endpointslice-controller.k8s.io"


@promise(
    "leaves its services before it is gone",
    "A pod that is being deleted has left the answers of its services, and lost its own name, before it is gone",
    clauses={
        "listed": "A service lists no pod any more whose deletion was asked for",
        "named": "A pod whose deletion was asked for has no name any more",
    },
    kinds=("Pod", "Service", "EndpointSlice", SAMPLE),
    source="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination-flow",
    bears=lambda _history, _subject, gap: about_others(gap, NAMED),
)
def leaves_its_services(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """
    Judge each deletion in the window by what slices and answers said of the pod afterwards.

    `allowed_s`, or LEAVING_S, is how long they may lag behind. Slices are those that the cluster makes of a selector.
    """
    in_record(history, subject)
    leaving = {
        life.uid: (life, event)
        for life in incarnations_of(history, subject)
        if (event := condemned(life)) and window.start <= event.seq < window.end
    }
    if not leaving:
        raise NotApplicable("no pod was deleted in this window")
    allowed_s = history.lag + (LEAVING_S if window.allowed_s is None else window.allowed_s)
    slices = [life for life in history.incarnations("EndpointSlice") if _made_by_the_cluster(life.last.data)]
    return [
        *(breach for pod, event in leaving.values() for breach in _listed(history, slices, pod, event, allowed_s)),
        *_named(history, subject, leaving, allowed_s),
    ]


def _made_by_the_cluster(endpoint_slice: Object) -> bool:
    return bool((endpoint_slice["metadata"].get("labels") or {}).get(_MANAGER) == _CONTROLLER)


def _listed(
    history: History, slices: list[Incarnation], pod: Incarnation, event: Observation, allowed_s: float
) -> Iterator[Breach]:
    late = event.at + allowed_s
    for life in slices:
        known = [seen for seen in life.seen if seen.at <= late]
        if history.now > late and known and known[-1] is not life.deleted and _lists(known[-1].data, pod.uid):
            service = str(known[-1].data["metadata"]["labels"].get(_SERVICE, ""))
            if not _publishes(history, service, known[-1].seq):
                text = f"service {service} still listed {pod.name} {allowed_s:.1f} s after its deletion was asked for"
                shown = next((seen for seen in life.seen if seen.at > late), known[-1])
                yield Breach("listed", text, tuple(sorted((event, shown), key=lambda seen: seen.seq)))


def _lists(endpoint_slice: Object, uid: str) -> bool:
    return any(
        (endpoint.get("targetRef") or {}).get("uid") == uid and (endpoint.get("conditions") or {}).get("ready", True)
        for endpoint in endpoint_slice.get("endpoints") or []
    )


def _publishes(history: History, service: str, seq: int) -> bool:
    """Whether a service may list whom it likes: one that publishes unready addresses, or is not there any more."""
    states = [state for life in history.incarnations("Service", service) if (state := life.at(seq))]
    return not states or publishes_unready(states[-1])


def _named(
    history: History, subject: Subject, leaving: dict[str, tuple[Incarnation, Observation]], allowed_s: float
) -> Iterator[Breach]:
    directory, moment = Directory(history, subject, allowed_s), moments(history)
    for answer in (*history.of(ANSWER), *history.of(SAMPLE)):
        question = directory.question(answer, moment(answer))
        if question is None or _publishes(history, question.name.service, answer.seq):
            continue
        for pod in directory.concerned(question.name):
            event = leaving[pod.uid][1] if pod.uid in leaving else None
            there = pod.deleted is None or question.at < pod.deleted.at - history.lag
            if event and there and question.at > event.at + allowed_s and _tells_of(answer, pod):
                told = question.name.host or question.name.service
                text = f"{told} was answered with {pod.name}, {question.at - event.at:.1f} s after its deletion"
                yield Breach("named" if question.name.host else "listed", text, (event, answer))


def _tells_of(answer: Observation, pod: Incarnation) -> bool:
    seen = newest(pod, answer.seq)
    return bool(seen and set(addresses(seen.data)) & set(answer.data.get("records") or []))
