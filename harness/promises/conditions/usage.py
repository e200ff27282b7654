"""Conditions about pods and the claims they use: which, since when, by how many at once, and on which node."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from harness.history.history import History, Incarnation
from harness.history.observation import ACTION
from harness.promises.condition import Answer, Condition, absent, unmet
from harness.promises.nodes import host
from harness.promises.own_actions import LEAVE_OUT
from harness.promises.pods import describe, instant

__all__ = [
    "both_run",
    "never_started",
    "on_nodes",
    "unmounted",
    "unschedulable",
    "unused",
    "used",
    "used_before",
]


def used(claim: str) -> Condition:
    """A pod exists that uses the claim."""

    def look(history: History) -> Answer:
        pods = [life for life in history.alive("Pod").values() if claim in _claims(life)]
        names = ", ".join(life.name for life in pods) or "no pod"
        return Answer(bool(pods), f"{names} uses claim {claim}", tuple(life.last for life in pods))

    return Condition.now(f"a pod uses claim {claim}", ("Pod",), look)


def used_before(pod: str, claim: str) -> Condition:
    """The pod uses the claim, and the claim is the very one it was before the event."""

    def ask(history: History, since: int) -> Answer:
        life, found = history.alive("Pod").get(pod), history.alive("PersistentVolumeClaim").get(claim)
        before = history.upto(since).alive("PersistentVolumeClaim").get(claim)
        if life is None or found is None:
            return absent(history, *(("PersistentVolumeClaim", claim) if life else ("Pod", pod)))
        same = before is not None and before.uid == found.uid
        claims = _claims(life)
        text = f"{pod} uses {', '.join(claims) or 'no claim'}; {claim} is {'the one it was' if same else 'another one'}"
        return Answer(same and claim in claims, text, (life.last, found.first))

    return Condition(f"{pod} uses claim {claim} that was there before", ("Pod", "PersistentVolumeClaim"), ask)


def unused(claim: str) -> Condition:
    """
    The claim's status says since when nobody uses it: from when its last pod was gone.

    Timestamps have whole seconds, and those of the record are of the moment at which the end was seen.
    """

    def ask(history: History, since: int) -> Answer:
        found = history.alive("PersistentVolumeClaim").get(claim)
        if found is None:
            return absent(history, "PersistentVolumeClaim", claim)
        told = [one for one in found.last.data.get("status", {}).get("conditions") or [] if one["type"] == "Unused"]
        if not told or found.last.seq < since:
            return unmet(f"claim {claim} does not say anew whether somebody uses it", found.last)
        gone = [life.deleted for life in history.incarnations("Pod") if life.deleted and claim in _claims(life)]
        ended = instant(gone[-1].wall).replace(microsecond=0) if gone else None
        early = ended is not None and instant(told[0]["lastTransitionTime"]) < ended - timedelta(seconds=1)
        text = f"Unused is {told[0]['status']} since {told[0]['lastTransitionTime']}"
        text += f", its last pod was gone at {gone[-1].wall}" if gone else ""
        return Answer(told[0]["status"] == "True" and not early, text, (*gone[-1:], found.last))

    return Condition(f"claim {claim} says since when nobody uses it", ("PersistentVolumeClaim", "Pod"), ask)


def unschedulable(pod: str, because: str = "") -> Condition:
    """The scheduler has found no node for the pod, and says `because` in its message."""

    def look(life: Incarnation) -> Answer:
        told = [one for one in life.last.data.get("status", {}).get("conditions", []) if one["type"] == "PodScheduled"]
        refused = [one for one in told if one["status"] == "False" and because in str(one.get("message", ""))]
        return Answer(bool(refused), f"{pod} is {describe(life.last.data)}", (life.last,))

    return Condition.of_object(f"no node takes {pod}" + f", because {because}" * bool(because), "Pod", pod, look)


def both_run(first: str, second: str) -> Condition:
    """Containers of both pods run at the same moment."""

    def look(history: History) -> Answer:
        lives = [life for life in map(history.alive("Pod").get, (first, second)) if life]
        running = [life for life in lives if _runs(life)]
        text = f"{' and '.join(life.name for life in running) or 'none'} of {first} and {second} runs"
        return Answer(len(running) == 2, text, tuple(life.last for life in running))

    return Condition.now(f"{first} and {second} run at once", ("Pod",), look)


def never_started(pod: str) -> Condition:
    """No container of a pod has started: it exists, or it was left out as a hook is."""

    def look(history: History) -> Answer:
        life = history.alive("Pod").get(pod)
        left_out = [seen for seen in history.of(ACTION, name=pod) if seen.data["verb"] == LEAVE_OUT]
        if life is None and left_out:
            return Answer(met=True, observed=f"{pod} was left out", events=(left_out[-1],))
        if life is None:
            return absent(history, "Pod", pod)
        started = any(status.get("started") or status.get("restartCount") for status in _statuses(life)) or _runs(life)
        return Answer(not started, f"{pod} is {describe(life.last.data)}", (life.last,))

    return Condition.now(f"{pod} does not start", ("Pod",), look)


def unmounted(pod: str, because: str) -> Condition:
    """The pod's node cannot give it a volume, and says `because` in its message."""

    def look(history: History) -> Answer:
        life = history.alive("Pod").get(pod)
        if life is None:
            return absent(history, "Pod", pod)
        events = [seen for seen in history.of("Event") if seen.is_state and seen.data.get("reason") == "FailedMount"]
        told = [seen for seen in events if seen.data.get("involvedObject", {}).get("uid") == life.uid]
        refused = [seen for seen in told if because in str(seen.data.get("message", ""))]
        text = f"{pod} is {describe(life.last.data)}: {told[-1].data.get('message') if told else 'no mount has failed'}"
        return Answer(bool(refused), text, (life.last, *refused[-1:]))

    return Condition.now(f"{pod} gets no volume, because {because}", ("Pod", "Event"), look)


def on_nodes(pods: Sequence[str], *, different: bool) -> Condition:
    """
    Each of these pods has a node, all the same one or each another, and its volumes' own.

    A volume that can be reached from some nodes alone must name the pod's among them.
    """

    def look(history: History) -> Answer:
        alive = history.alive("Pod")
        missing = [pod for pod in pods if pod not in alive]
        if missing:
            return unmet(f"{', '.join(missing)} does not exist")
        nodes = {pod: str(alive[pod].last.data["spec"].get("nodeName", "")) for pod in pods}
        hosts = {pod: host(history, node) for pod, node in nodes.items()}
        strays = [pod for pod in pods if any(hosts[pod] not in known for known in _reachable(history, alive[pod]))]
        text = ", ".join(f"{pod} is on {node or 'no node'}" for pod, node in nodes.items())
        text += f"; away from its volume: {', '.join(strays)}" * bool(strays)
        spread = len(set(nodes.values())) == (len(nodes) if different else 1)
        return Answer(spread and all(nodes.values()) and not strays, text, tuple(alive[pod].last for pod in pods))

    wanted = "a node each" if different else "one node"
    kinds = ("Pod", "PersistentVolumeClaim", "PersistentVolume")
    return Condition.now(f"{', '.join(pods)} run on {wanted}, where their volumes are", kinds, look)


def _claims(pod: Incarnation) -> list[str]:
    volumes = pod.last.data["spec"].get("volumes", [])
    return [str(one["persistentVolumeClaim"]["claimName"]) for one in volumes if "persistentVolumeClaim" in one]


def _statuses(pod: Incarnation) -> list[dict[str, object]]:
    return list(pod.last.data.get("status", {}).get("containerStatuses", []))


def _runs(pod: Incarnation) -> bool:
    return any("running" in dict(status.get("state") or {}) for status in _statuses(pod))  # type: ignore[call-overload]


def _reachable(history: History, pod: Incarnation) -> list[list[str]]:
    """Return, for each volume of the pod that is bound to nodes, the host names that it can be reached from."""
    claims, volumes = history.alive("PersistentVolumeClaim"), history.alive("PersistentVolume")
    bound = [str(claims[name].last.data["spec"].get("volumeName", "")) for name in _claims(pod) if name in claims]
    required = [
        volumes[name].last.data["spec"].get("nodeAffinity", {}).get("required", {}) for name in bound if name in volumes
    ]
    return [
        [value for term in one["nodeSelectorTerms"] for rule in term["matchExpressions"] for value in rule["values"]]
        for one in required
        if one
    ]
