"""
Histories for tests: a simulated cluster that keeps every promise, recorded as a real one is.

The controller acts from a cache that is as old as the last `observe`; what the streams show is delayed, each kind on
its own, by less than the lag that the closing proof tells of.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.history.history import History
from harness.history.observation import ACTION, ANSWER, OUTPUT, SAMPLE, Observation, Verb
from harness.history.sampling import read_sample
from harness.promises.verdict import Subject, Window

__all__ = ["EPOCH", "KINDS", "LAG_S", "SUBJECT", "World", "history", "rich", "whole"]

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
LAG_S = 0.05
KINDS = (
    "StatefulSet",
    "Pod",
    "ControllerRevision",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "Service",
    "EndpointSlice",
    "Event",
)
SUBJECT = Subject("web")

Raw = dict[str, Any]


def history(*seen: tuple[str, Verb, str, Raw], step_s: float = 1.0) -> History:
    """Return a history of (topic, verb, name, data), one each `step_s` seconds, with the uid of the metadata."""
    return History(
        Observation(
            number,
            number * step_s,
            stamp(number * step_s),
            topic,
            verb,
            name,
            data.get("metadata", {}).get("uid") or data.get("uid", ""),
            data,
        )
        for number, (topic, verb, name, data) in enumerate(seen)
    )


def whole(recorded: History) -> Window:
    """Return the window over all of a history, whose closing was asked for at its last proof."""
    proofs = [seen for seen in recorded if seen.verb is Verb.SYNCED]
    return Window(0, recorded.end, float(proofs[-1].data["asked"]) if proofs else recorded.now, "the beginning")


def stamp(at: float, *, whole_seconds: bool = False) -> str:
    moment = EPOCH + timedelta(seconds=int(round(at, 6)) if whole_seconds else at)
    return moment.isoformat().replace("+00:00", "Z")


class World:
    """A namespace with one StatefulSet, its controller and its nodes; each call takes a little time."""

    def __init__(
        self,
        *,
        replicas: int = 3,
        start: int = 0,
        partition: int = 0,
        min_ready_s: int = 0,
        parallel: bool = False,
        on_delete: bool = False,
        delay: Callable[[str], float] | None = None,
        step_s: float = 0.1,
    ) -> None:
        self.at = 0.0
        self.step_s = step_s
        self._delay = delay or (lambda _: 0.0)
        self._emitted: list[tuple[float, int, str, Verb, str, str, Raw]] = []
        self._delivered: dict[str, float] = {}
        self._count = 0
        self._broken: set[str] = set()
        self.pods: dict[int, Raw] = {}
        self.claims: dict[str, Raw] = {}
        self.revisions: dict[str, Raw] = {}
        self._slice: Raw | None = None
        self.set: Raw | None = None
        self.cache: tuple[Raw | None, dict[int, Raw]] = (None, {})
        self._put("Service", Verb.ADDED, _service(self._uid()))
        strategy: Raw = {"type": "OnDelete"}
        if not on_delete:
            strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}
        self._spec: Raw = {
            "replicas": replicas,
            "ordinals": {"start": start},
            "serviceName": "web-svc",
            "selector": {"matchLabels": {"app": "web"}},
            "minReadySeconds": min_ready_s,
            "podManagementPolicy": "Parallel" if parallel else "OrderedReady",
            "updateStrategy": strategy,
            "template": {"spec": {"containers": [{"name": "app", "image": "app:v1"}]}},
            "volumeClaimTemplates": [{"metadata": {"name": "www"}}],
        }

    # what the user does

    def apply(self) -> World:
        """Create the set."""
        self.set = {"metadata": {"name": "web", "uid": self._uid(), "generation": 1}, "spec": deepcopy(self._spec)}
        self._act("apply", "StatefulSet", self.set)
        self._put("StatefulSet", Verb.ADDED, self.set)
        return self

    def change(self, **spec: Any) -> World:
        """Change fields of the set's spec: replicas, partition, image, start."""
        assert self.set is not None
        for field, value in spec.items():
            if field == "partition":
                self.set["spec"]["updateStrategy"]["rollingUpdate"]["partition"] = value
            elif field == "image":
                self.set["spec"]["template"]["spec"]["containers"][0]["image"] = value
            elif field == "start":
                self.set["spec"]["ordinals"]["start"] = value
            else:
                self.set["spec"][field] = value
        self.set["metadata"]["generation"] += 1
        self._act("patch", "StatefulSet", self.set)
        self._put("StatefulSet", Verb.MODIFIED, self.set)
        return self

    def delete(self, ordinal: int) -> World:
        """Delete a pod."""
        pod = self.pods.get(ordinal)
        if pod and not pod["metadata"].get("deletionTimestamp"):
            self._act("delete", "Pod", pod)
            self._remove(pod)
        return self

    def delete_set(self) -> World:
        """Delete the set; its pods go in no order."""
        assert self.set is not None
        self._act("delete", "StatefulSet", self.set)
        self._put("StatefulSet", Verb.DELETED, self.set)
        self.set = None
        for ordinal in list(self.pods):
            self._remove(self.pods[ordinal])
        return self

    def break_pod(self, ordinal: int) -> World:
        """Make a pod unready, until it is mended."""
        self._broken.add(f"web-{ordinal}")
        pod = self.pods.get(ordinal)
        if pod and _ready(pod):
            self._readiness(pod, "False")
        return self

    def mend_pod(self, ordinal: int) -> World:
        """Let a pod become ready again."""
        self._broken.discard(f"web-{ordinal}")
        return self

    def wrote(self, ordinal: int, content: str) -> World:
        """Record the writing of a file."""
        return self._output(ordinal, "wrote", content)

    def read(self, ordinal: int, content: str) -> World:
        """Record the reading of a file."""
        return self._output(ordinal, "read", content)

    def acknowledged(self, ordinal: int, *keys: str) -> World:
        """Record that entries were stored, and which of them the replica acknowledged."""
        return self._output(ordinal, "acknowledged", "\n".join(keys), "store")

    def found(self, ordinal: int, *keys: str) -> World:
        """Record which entries a replica has."""
        return self._output(ordinal, "found", "\n".join(keys), "list")

    def journal(self, ordinal: int, content: str) -> World:
        """Record the reading of a journal."""
        return self._output(ordinal, "journal", content)

    def ask(self, name: str, kind: str = "A", *records: str, rcode: str = "NOERROR") -> World:
        """Record an answer."""
        data = {"question": name, "type": kind, "rcode": rcode, "records": list(records), "viewpoint": "service"}
        self._emit(ANSWER, Verb.DONE, name, "", data)
        return self

    def sample(self, kind: str, subject: str, outcome: str, client: str = "web", after_s: float = 0.0) -> World:
        """Record what a client told, a hundredth of a second before it arrived, `after_s` later than now."""
        self.at += after_s
        told = read_sample(f"{kind} {subject} {outcome}", client)
        assert told is not None
        clock = {"clock": self.at + self.step_s - 0.01, "same": 0}
        self._emit(SAMPLE, Verb.DONE, client, "", told.facts() | clock)
        return self

    def hole(self, subject: str, since: float, client: str = "web", kind: str = "answer") -> World:
        """Record that a client told nothing about a member, or a name, from `since` on."""
        self._emit(SAMPLE, Verb.GAP, client, "pod", {"since": since, "kind": kind, "subject": subject})
        return self

    def stored(self, *keys: str, code: int = 0, client: str = "web") -> World:
        """Record that a client has looked for all that was written."""
        data = {"purpose": "stored", "client": client, "code": code, "stdout": "\n".join(keys), "began": self.at}
        self._emit(OUTPUT, Verb.DONE, f"{client}:read", "", data)
        return self

    # what the cluster does

    def observe(self) -> World:
        """Bring the controller's cache up to date."""
        self.cache = deepcopy((self.set, self.pods))
        return self

    def sync(self) -> World:
        """Let the controller do one thing, by its cache, and report the status it saw."""
        cached, pods = self.cache
        if cached is None or self.set is None or cached["metadata"]["uid"] != self.set["metadata"]["uid"]:
            return self
        newest = _revision(cached)
        current = cached.get("status", {}).get("currentRevision", newest)
        self._revise(cached, newest)
        status = self._status(cached, pods, current, newest)
        if self._manage(cached, pods, current, newest):
            status["currentReplicas"] -= 1
        if status["replicas"] == status["readyReplicas"] == status["updatedReplicas"] == cached["spec"]["replicas"]:
            status["currentRevision"] = newest
            status["currentReplicas"] = status["updatedReplicas"]
        if status != self.set.get("status"):
            self.set["status"] = status
            self._put("StatefulSet", Verb.MODIFIED, self.set)
        return self

    def run(self, ordinal: int) -> World:
        """Let the node of a pod do the next thing with it."""
        pod = self.pods.get(ordinal)
        if pod is None:
            return self
        if pod["metadata"].get("deletionTimestamp"):
            self._stop(ordinal, pod)
        elif pod["status"]["phase"] == "Pending":
            pod["status"] |= {"phase": "Running", "podIP": f"10.0.{self._count // 250}.{self._count % 250 + 1}"}
            now = stamp(self.at, whole_seconds=True)
            prepared = {"terminated": {"exitCode": 0, "startedAt": now, "finishedAt": now}}
            pod["status"]["initContainerStatuses"] = [
                {"name": one["name"], "state": deepcopy(prepared)} for one in pod["spec"]["initContainers"]
            ]
            pod["status"]["containerStatuses"] = [{"name": "app", "state": {"running": {"startedAt": now}}}]
            self._readiness(pod, "False")
        elif not _ready(pod) and pod["metadata"]["name"] not in self._broken:
            self._readiness(pod, "True")
        return self

    def settle(self) -> World:
        """Let everything go on until nothing changes any more."""
        before = -1
        while before != len(self._emitted):
            before = len(self._emitted)
            for ordinal in sorted(self.pods):
                self.run(ordinal)
            self.observe().sync()
            if before == len(self._emitted) and self._awaits_availability():
                self.at += 1
                self.observe().sync()
        return self

    def rest(self, seconds: float) -> World:
        """Let time pass."""
        self.at += seconds
        return self

    def close(self) -> History:
        """Return the record, closed by a proof of every kind."""
        self.at += 1
        asked = self.at
        sampled = any(topic == SAMPLE for _, _, topic, *_ in self._emitted)
        for kind in (*KINDS, *((SAMPLE,) if sampled else ())):
            self._emit(kind, Verb.SYNCED, "", "", {"asked": asked, "lag": LAG_S})
        ordered = sorted(self._emitted, key=lambda one: one[:2])
        return History(
            Observation(seq, at, stamp(at), topic, verb, name, uid, data)
            for seq, (at, _, topic, verb, name, uid, data) in enumerate(ordered)
        )

    def address(self, ordinal: int) -> str:
        """Return the address of a pod."""
        return str(self.pods[ordinal]["status"]["podIP"])

    def uid(self, ordinal: int) -> str:
        """Return the uid of a pod."""
        return str(self.pods[ordinal]["metadata"]["uid"])

    def _manage(self, cached: Raw, pods: dict[int, Raw], current: str, newest: str) -> bool:
        """Do what the contract says next; whether a pod of the current revision was removed for an update."""
        wanted = _ordinals(cached)
        ordered = cached["spec"]["podManagementPolicy"] == "OrderedReady"
        for ordinal in wanted:
            pod = pods.get(ordinal)
            if pod is None:
                self._create(cached, ordinal, current, newest)
            if ordered and (pod is None or not self._available(cached, pod)):
                return False
        sick = [ordinal for ordinal, pod in sorted(pods.items()) if not self._available(cached, pod)]
        for ordinal in sorted((ordinal for ordinal in pods if ordinal not in wanted), reverse=True):
            leaving = pods[ordinal]["metadata"].get("deletionTimestamp")
            if ordered and (leaving or (ordinal in sick and ordinal != sick[0])):
                return False
            if not leaving:
                self._dispose(pods[ordinal])
                if ordered:
                    return False
        return self._update(cached, pods, newest)

    def _update(self, cached: Raw, pods: dict[int, Raw], newest: str) -> bool:
        strategy = cached["spec"]["updateStrategy"]
        if strategy["type"] == "OnDelete":
            return False
        for ordinal in reversed([one for one in _ordinals(cached) if one >= _first_open(cached)]):
            pod = pods.get(ordinal)
            if pod is None:
                return False
            if _label(pod) != newest and not pod["metadata"].get("deletionTimestamp"):
                self._dispose(pod)
                return True
            if not self._available(cached, pod):
                return False
        return False

    def _create(self, cached: Raw, ordinal: int, current: str, newest: str) -> None:
        if ordinal in self.pods:
            return
        rolling = cached["spec"]["updateStrategy"]["type"] == "RollingUpdate"
        revision = current if rolling and ordinal < _first_open(cached) else newest
        name = f"web-{ordinal}"
        claim = f"www-{name}"
        if claim not in self.claims:
            self._claim(claim)
        owner = {"kind": "StatefulSet", "name": "web", "uid": cached["metadata"]["uid"], "controller": True}
        pod = self.pods[ordinal] = {
            "metadata": {
                "name": name,
                "uid": self._uid(),
                "creationTimestamp": stamp(self.at, whole_seconds=True),
                "ownerReferences": [owner],
                "labels": {
                    "app": "web",
                    "controller-revision-hash": revision,
                    "apps.kubernetes.io/pod-index": str(ordinal),
                    "statefulset.kubernetes.io/pod-name": name,
                },
            },
            "spec": {
                "hostname": name,
                "subdomain": "web-svc",
                "initContainers": [{"name": "first"}, {"name": "second"}],
                "containers": [{"name": "app", "image": f"app:{revision.removeprefix('web-')}"}],
                "volumes": [{"name": "www", "persistentVolumeClaim": {"claimName": claim}}],
            },
            "status": {"phase": "Pending", "conditions": []},
        }
        self._put("Pod", Verb.ADDED, pod)

    def _claim(self, name: str) -> None:
        claim = {
            "metadata": {"name": name, "uid": self._uid()},
            "spec": {"volumeName": f"pv-{name}"},
            "status": {"phase": "Bound"},
        }
        volume = {
            "metadata": {"name": f"pv-{name}", "uid": self._uid()},
            "spec": {"claimRef": {"name": name, "uid": claim["metadata"]["uid"]}},
            "status": {"phase": "Bound"},
        }
        self.claims[name] = claim
        self._put("PersistentVolumeClaim", Verb.ADDED, claim)
        self._put("PersistentVolume", Verb.ADDED, volume)

    def _dispose(self, cached: Raw) -> None:
        live = self.pods.get(int(cached["metadata"]["name"].rpartition("-")[2]))
        if live and live["metadata"]["uid"] == cached["metadata"]["uid"]:
            self._remove(live)

    def _remove(self, pod: Raw) -> None:
        if not pod["metadata"].get("deletionTimestamp"):
            grace = {"deletionTimestamp": stamp(self.at + 30, whole_seconds=True), "deletionGracePeriodSeconds": 30}
            pod["metadata"] |= grace
            self._put("Pod", Verb.MODIFIED, pod)

    def _stop(self, ordinal: int, pod: Raw) -> None:
        if _ready(pod):
            self._readiness(pod, "False")
            return
        finished = {"exitCode": 0, "finishedAt": stamp(self.at, whole_seconds=True)}
        pod["status"]["containerStatuses"] = [{"name": "app", "state": {"terminated": finished}}]
        del self.pods[ordinal]
        self._put("Pod", Verb.DELETED, pod)

    def _readiness(self, pod: Raw, status: str) -> None:
        condition = {
            "type": "Ready",
            "status": status,
            "lastTransitionTime": stamp(self.at, whole_seconds=True),
        }
        pod["status"]["conditions"] = [condition]
        self._put("Pod", Verb.MODIFIED, pod)

    def _available(self, cached: Raw, pod: Raw) -> bool:
        if not _ready(pod) or pod["metadata"].get("deletionTimestamp"):
            return False
        since = datetime.fromisoformat(pod["status"]["conditions"][0]["lastTransitionTime"])
        least = cached["spec"]["minReadySeconds"]
        return bool(least == 0 or since + timedelta(seconds=least) <= EPOCH + timedelta(seconds=self.at))

    def _awaits_availability(self) -> bool:
        return self.set is not None and any(
            _ready(pod) and not self._available(self.set, pod) and not pod["metadata"].get("deletionTimestamp")
            for pod in self.pods.values()
        )

    def _status(self, cached: Raw, pods: dict[int, Raw], current: str, newest: str) -> Raw:
        staying = [pod for pod in pods.values() if not pod["metadata"].get("deletionTimestamp")]
        return {
            "observedGeneration": cached["metadata"]["generation"],
            "replicas": len(pods),
            "readyReplicas": sum(_ready(pod) for pod in pods.values()),
            "availableReplicas": sum(self._available(cached, pod) for pod in pods.values()),
            "currentReplicas": sum(_label(pod) == current for pod in staying),
            "updatedReplicas": sum(_label(pod) == newest for pod in staying),
            "currentRevision": current,
            "updateRevision": newest,
        }

    def _act(self, verb: str, kind: str, affected: Raw) -> None:
        metadata = affected["metadata"]
        data = {"verb": verb, "kind": kind, "uid": metadata["uid"]}
        if verb != "delete":
            data["generation"] = metadata.get("generation")
        self._emit(ACTION, Verb.DONE, metadata["name"], metadata["uid"], data)

    def _output(self, ordinal: int, purpose: str, content: str, file: str = "/data/f") -> World:
        name = f"web-{ordinal}"
        data = {"pod": name, "file": file, "purpose": purpose, "code": 0, "stdout": content, "content": content}
        self._emit(OUTPUT, Verb.DONE, f"{name}:{file}", "", data)
        return self

    def _put(self, kind: str, verb: Verb, raw: Raw) -> None:
        self._count += 1
        raw["metadata"]["resourceVersion"] = str(self._count)
        self._emit(kind, verb, raw["metadata"]["name"], raw["metadata"]["uid"], raw)
        if kind == "Pod":
            self._list_endpoints()

    def _revise(self, cached: Raw, newest: str) -> None:
        """Let the newest revision be there, above all others; that takes no time."""
        number = 1 + max((one["revision"] for one in self.revisions.values()), default=0)
        known = self.revisions.get(newest)
        if known is None or known["revision"] < number - 1:
            owner = {"kind": "StatefulSet", "name": "web", "uid": cached["metadata"]["uid"], "controller": True}
            metadata = {"name": newest, "uid": f"uid-{newest}", "ownerReferences": [owner]}
            data = {"spec": {"template": deepcopy(cached["spec"]["template"])}}
            made = self.revisions[newest] = {"metadata": metadata, "revision": number, "data": data}
            verb = Verb.MODIFIED if known else Verb.ADDED
            self._emit("ControllerRevision", verb, newest, metadata["uid"], made, step_s=0.0)

    def _list_endpoints(self) -> None:
        """Let the service's slice list each pod, as ready while nobody has asked for its deletion; at once."""
        endpoints = [
            {
                "addresses": [pod["status"]["podIP"]],
                "hostname": name,
                "targetRef": {"kind": "Pod", "name": name, "uid": pod["metadata"]["uid"]},
                "conditions": {"ready": _ready(pod) and not pod["metadata"].get("deletionTimestamp")},
            }
            for pod in self.pods.values()
            if pod["status"].get("podIP") and (name := pod["metadata"]["name"])
        ]
        if self._slice is None or self._slice["endpoints"] != endpoints:
            labels = {
                "kubernetes.io/service-name": "web-svc",
                "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
            }
            verb = Verb.ADDED if self._slice is None else Verb.MODIFIED
            metadata = {"name": "web-svc-1", "uid": "uid-slice", "labels": labels}
            self._slice = {"metadata": metadata, "endpoints": endpoints}
            self._emit("EndpointSlice", verb, "web-svc-1", "uid-slice", self._slice, step_s=0.0)

    def _emit(self, topic: str, verb: Verb, name: str, uid: str, data: Raw, step_s: float | None = None) -> None:
        self.at += self.step_s if step_s is None else step_s
        seen_at = max(self._delivered.get(topic, 0.0), self.at + self._delay(topic))
        self._delivered[topic] = seen_at
        self._emitted.append((seen_at, len(self._emitted), topic, verb, name, uid, deepcopy(data)))

    def _uid(self) -> str:
        self._count += 1
        return f"uid-{self._count:04}"


def rich() -> History:
    """Return a record in which every promise has its occasion: start, scaling, a canary, deletions, names and data."""
    world = World().apply().settle()
    for ordinal in (0, 1, 2):
        world.wrote(ordinal, f"data of {ordinal}").acknowledged(ordinal, f"first-of-{ordinal}")
    for key in ("k1", "k2"):
        world.sample("write", key, "began").sample("write", key, "ok")
    world.sample("write", "k3", "began").sample("write", "k3", "unknown").stored("k1", "k2", "k3")
    first = world.uid(1)
    world.delete(1).settle().read(1, "data of 1").found(1, "first-of-1")
    world.journal(1, f"1.0 {first} started\n2.0 {first} stopped\n3.0 {world.uid(1)} started")
    world.change(replicas=5).settle().rest(20)
    world.ask("web-4.web-svc.ns.svc.cluster.local", "A", world.address(4))
    world.change(replicas=3).settle().rest(20)
    world.ask("web-4.web-svc.ns.svc.cluster.local", rcode="NXDOMAIN")
    world.ask("web-svc.ns.svc.cluster.local", "A", *(world.address(ordinal) for ordinal in (0, 1, 2)))
    world.ask("web-svc.ns.svc.cluster.local", "SRV", *(f"0 33 80 web-{one}.web-svc.ns.svc" for one in (0, 1, 2)))
    world.change(partition=2, image="app:v2").settle()
    world.delete(0).delete(2).settle()
    return world.change(partition=0).settle().close()


def _service(uid: str) -> Raw:
    spec = {"clusterIP": "None", "selector": {"app": "web"}}
    return {"metadata": {"name": "web-svc", "uid": uid}, "spec": spec}


def _revision(stateful_set: Raw) -> str:
    return "web-" + str(stateful_set["spec"]["template"]["spec"]["containers"][0]["image"]).partition(":")[2]


def _ordinals(stateful_set: Raw) -> range:
    start = stateful_set["spec"]["ordinals"]["start"]
    return range(start, start + stateful_set["spec"]["replicas"])


def _first_open(stateful_set: Raw) -> int:
    partition = stateful_set["spec"]["updateStrategy"]["rollingUpdate"]["partition"]
    return int(stateful_set["spec"]["ordinals"]["start"] + partition)


def _label(pod: Raw) -> str:
    return str(pod["metadata"]["labels"]["controller-revision-hash"])


def _ready(pod: Raw) -> bool:
    conditions = pod["status"]["conditions"]
    return pod["status"]["phase"] == "Running" and bool(conditions) and conditions[0]["status"] == "True"
