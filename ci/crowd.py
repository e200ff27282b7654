"""
The history of a set of any number of replicas that starts and is rolled out, made of what a real cluster has told.

Every state of a pod is one that was recorded of a real pod, under another name, and so is the set's, with other
numbers. They go through the same tracker as on a cluster.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from harness.history.history import History
from harness.history.history_file import load
from harness.history.object_tracker import ObjectTracker
from harness.history.observation import ACTION, STEP, Observation, Verb

__all__ = ["NAME", "Crowd"]

NAME = "crowd"
PACE_S = 0.005
"""Between two observations: what a set of 300 replicas causes on fake nodes."""
_SAMPLE = Path(__file__).resolve().parents[1] / "tests" / "promises" / "recordings" / "canary.jsonl.gz"
_SET, _POD = "myapp", "myapp-2"
"""What is recorded of a real set."""
_KINDS = ("StatefulSet", "Pod", "Event")

Raw = dict[str, Any]


class Crowd:
    """Records a set of `replicas` pods: `play` begins a step, lets everything happen, and closes it by proofs."""

    def __init__(self, replicas: int) -> None:
        self.history = History()
        self.replicas = replicas
        self._trackers = {kind: ObjectTracker(kind, self, lambda _: True) for kind in _KINDS}
        for tracker in self._trackers.values():
            tracker.listed(())
        former, newer = _lives()
        self._start, self._stop = _parts(former)
        self._restart, _ = _parts(newer)
        self._set = _text(load(_SAMPLE)[1].incarnations("StatefulSet", _SET)[-1].last.data)
        self._version = 0
        self._counts = {"ready": 0, "updated": 0, "generation": 0}

    @property
    def now(self) -> float:
        """Seconds since the history began: each observation comes a little later than the former."""
        return self.history.end * PACE_S

    def record(self, topic: str, verb: Verb, *, name: str = "", uid: str = "", data: Any = None) -> Observation:
        """Append one observation."""
        at = self.now
        wall = f"2026-01-01T{int(at) // 3600:02}:{int(at) // 60 % 60:02}:{at % 60:06.3f}+00:00"
        seen = Observation(self.history.end, at, wall, topic, verb, name, uid, data or {})
        self.history.append(seen)
        return seen

    def play(self, step: tuple[str, str], *deeds: Callable[[], Iterator[tuple[str, str, Raw]]]) -> None:
        """Record a step, its deeds as the server tells of them, and a proof of every kind."""
        mark = {"type": step[0], "text": step[1], "line": 1}
        self.record(STEP, Verb.BEGAN, name=step[1], data=mark)
        for deed in deeds:
            for kind, verb, raw in deed():
                self._trackers[kind].happened(verb, raw)
        for kind in _KINDS:
            self.record(kind, Verb.SYNCED, data={"asked": self.now, "lag": 0.001})
        self.record(STEP, Verb.ENDED, name=step[1], data=mark | {"outcome": "passed"})

    def started(self) -> Iterator[tuple[str, str, Raw]]:
        """Apply the set and let its pods start, each once those before it are ready."""
        yield self._apply("ADDED")
        yield self._told()
        for number in range(self.replicas):
            yield self._event(NAME, "SuccessfulCreate")
            yield from self._pod(number, "v1", self._start)
            self._counts["ready"] += 1
            yield self._told()

    def rolled_out(self) -> Iterator[tuple[str, str, Raw]]:
        """Apply another version and let it replace the pods, from the highest ordinal down."""
        yield self._apply("MODIFIED")
        yield self._told()
        for number in reversed(range(self.replicas)):
            yield from self._pod(number, "v1", self._stop)
            self._counts["ready"] -= 1
            yield self._told()
            yield from self._pod(number, "v2", self._restart)
            self._counts["ready"] += 1
            self._counts["updated"] += 1
            yield self._told()

    def _apply(self, verb: str) -> tuple[str, str, Raw]:
        self._counts |= {"generation": self._counts["generation"] + 1, "updated": 0}
        facts = {"verb": "apply", "kind": "StatefulSet", "uid": f"uid-{NAME}", "generation": self._counts["generation"]}
        self.record(ACTION, Verb.DONE, name=NAME, uid=f"uid-{NAME}", data=facts)
        return "StatefulSet", verb, self._current()

    def _told(self) -> tuple[str, str, Raw]:
        """Return the set as its controller reports it."""
        self._observed = self._counts["generation"]
        return "StatefulSet", "MODIFIED", self._current()

    def _current(self) -> Raw:
        raw = json.loads(self._set)
        counts, rolling = self._counts, self._counts["generation"] > 1
        raw["metadata"] |= {"uid": f"uid-{NAME}", "generation": counts["generation"], "resourceVersion": self._next()}
        raw["spec"] |= {"replicas": self.replicas, "updateStrategy": {"type": "RollingUpdate"}}
        observed = getattr(self, "_observed", 0)
        done = observed == 1 or counts["updated"] == self.replicas
        raw["status"] = {
            "observedGeneration": observed,
            "replicas": self.replicas if rolling else counts["ready"],
            "readyReplicas": counts["ready"],
            "availableReplicas": counts["ready"],
            "updatedReplicas": counts["updated"],
            "currentRevision": f"{NAME}-v{observed if done else 1}",
            "updateRevision": f"{NAME}-v{observed}",
        }
        return raw

    def _pod(self, number: int, version: str, states: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str, Raw]]:
        name = f"{NAME}-{number}"
        for verb, text in states:
            raw = json.loads(re.sub(rf"\b{NAME}-2\b", name, text))
            raw["metadata"] |= {"uid": f"{name}-{version}", "resourceVersion": self._next()}
            raw["metadata"]["labels"] |= {
                "controller-revision-hash": f"{NAME}-{version}",
                "apps.kubernetes.io/pod-index": str(number),
            }
            raw["metadata"]["ownerReferences"][0] |= {"name": NAME, "uid": f"uid-{NAME}"}
            if verb == "ADDED":
                yield self._event(name, "Scheduled")
            yield "Pod", verb, raw

    def _event(self, about: str, reason: str) -> tuple[str, str, Raw]:
        version = self._next()
        metadata = {"name": f"{about}.{version}", "uid": f"event-{version}", "resourceVersion": version}
        return "Event", "ADDED", {"metadata": metadata, "reason": reason, "involvedObject": {"name": about}}

    def _next(self) -> str:
        self._version += 1
        return str(self._version)


def _lives() -> tuple[list[Observation], list[Observation]]:
    """Return the states of a pod that was replaced, and of the one that came in its place."""
    lives = [list(life.seen) for life in load(_SAMPLE)[1].incarnations("Pod", _POD)]
    return lives[-2], lives[-1]


def _parts(life: list[Observation]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return verb and text of each state, those before the deletion was asked for and those from there on."""
    texts = [(seen.verb.upper(), _text(seen.data)) for seen in life]
    leaving = next((at for at, seen in enumerate(life) if "deletionTimestamp" in seen.data["metadata"]), len(life))
    return texts[:leaving], texts[leaving:]


def _text(raw: Any) -> str:
    """Return an object as text, its set named like the crowd."""
    return re.sub(rf"\b{_SET}\b", NAME, json.dumps(raw))
