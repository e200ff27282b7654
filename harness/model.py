"""Pure data that every room shares: kinds of objects, sizes and spans of time. It imports nothing of the project."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeAlias

__all__ = [
    "A_NODE",
    "KINDS",
    "PLACEHOLDER_CLASS",
    "ZONE",
    "Kind",
    "Lack",
    "Object",
    "Recovery",
    "Since",
    "TimeLimit",
    "TimeWord",
    "amount",
    "format_seconds",
    "seconds",
    "takes_pods",
]

Object: TypeAlias = Mapping[str, Any]
"""One API object as the server sent it: a raw dictionary, never changed after it was read."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of API object and where the API server serves it."""

    name: str
    api_version: str
    plural: str
    namespaced: bool = True

    @property
    def group(self) -> str:
        """The API group, empty for the core group."""
        return self.api_version.rpartition("/")[0]

    def path(self, namespace: str | None = None, name: str | None = None, subresource: str = "") -> str:
        """
        Return the URL path of one object, or of the collection where no name is given.

        A namespaced kind without a namespace gives the collection of all namespaces.
        """
        parts = ["apis" if self.group else "api", self.api_version]
        if self.namespaced and namespace:
            parts += ["namespaces", namespace]
        parts.append(self.plural)
        parts += [part for part in (name, subresource) if part]
        return "/" + "/".join(parts)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("Namespace", "v1", "namespaces", namespaced=False),
        Kind("Node", "v1", "nodes", namespaced=False),
        Kind("PersistentVolume", "v1", "persistentvolumes", namespaced=False),
        Kind("StorageClass", "storage.k8s.io/v1", "storageclasses", namespaced=False),
        Kind("VolumeAttachment", "storage.k8s.io/v1", "volumeattachments", namespaced=False),
        Kind("Pod", "v1", "pods"),
        Kind("Service", "v1", "services"),
        Kind("Event", "v1", "events"),
        Kind("ConfigMap", "v1", "configmaps"),
        Kind("PersistentVolumeClaim", "v1", "persistentvolumeclaims"),
        Kind("VolumeSnapshot", "snapshot.storage.k8s.io/v1", "volumesnapshots"),
        Kind("StatefulSet", "apps/v1", "statefulsets"),
        Kind("Deployment", "apps/v1", "deployments"),
        Kind("ReplicaSet", "apps/v1", "replicasets"),
        Kind("ControllerRevision", "apps/v1", "controllerrevisions"),
        Kind("EndpointSlice", "discovery.k8s.io/v1", "endpointslices"),
        Kind("PodDisruptionBudget", "policy/v1", "poddisruptionbudgets"),
    )
}
"""The kinds the harness speaks of by name; any other is found by the server's own discovery."""

ZONE = "topology.kubernetes.io/zone"
"""The label that says in which zone a node is."""

A_NODE = "a-node.statefulspec.dev"
"""What a control calls a node that takes pods, whatever the names of the cluster's nodes are."""

PLACEHOLDER_CLASS = "csi.statefulspec.dev"
"""What manifests call the cluster's own classes of storage by that a CSI driver provides, whatever their names are."""

_SUFFIXES: dict[str, float] = {"": 1, "m": 0.001, "k": 10**3, "Ki": 2**10}
_SUFFIXES |= {letter: 1000**power for power, letter in enumerate("MGTPE", 2)}
_SUFFIXES |= {f"{letter}i": 1024**power for power, letter in enumerate("MGTPE", 2)}
_AMOUNT = re.compile(r"\+?((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]*)")

_UNITS = {
    "ms": 0.001,
    "millisecond": 0.001,
    "s": 1,
    "second": 1,
    "m": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(milliseconds?|seconds?|minutes?|hours?|ms|s|m|h)")


class Since(StrEnum):
    """Where the window of an `at no time` begins; the event is the last When."""

    SCENARIO = "since the scenario began"
    EVENT = "since the event"


@dataclass(frozen=True, slots=True)
class TimeWord:
    """A time word with its span: `within` so many seconds something comes about, `for` so many it holds."""

    word: str
    seconds: float

    @property
    def within(self) -> bool:
        """Whether the time word is `within`."""
        return self.word == "within"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A `within` that was kept: the seconds it allows, and those that were used of it."""

    allowed_s: float
    used_s: float

    @property
    def left_s(self) -> float:
        """The seconds that were left."""
        return self.allowed_s - self.used_s


class Lack(StrEnum):
    """What was missing for a while after an event; each value completes "was …"."""

    READY = "not ready"
    """A pod, from the moment when it was no longer ready and staying to the one when a pod of its name was again."""
    ANSWER = "without an answer"
    """A member, from the first answer that a client missed to the first one that it got."""
    WRITE = "without an acknowledged write"
    """A client, from its last acknowledged write to the next one: the longest such pause."""
    NAME = "ready and not found by name"
    """A pod, from the moment when it was ready to the first answer to its own name that had its address."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """
    How long something was missing after an event of a scenario.

    `event`: the step, or the write of ours, after which it began. `subject`: the pod, member or client. `began`:
    seconds since the history began. `seconds`: None where it had not ended when the record did.
    """

    event: str
    lack: Lack
    subject: str
    began: float
    seconds: float | None

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"lack": self.lack.value}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Recovery:
        """Return what `to_data` has made plain."""
        return cls(**{**data, "lack": Lack(data["lack"])})


def takes_pods(node: Object) -> bool:
    """Return whether new pods go there: a node that is not ready has a taint, one that is cordoned says so at once."""
    spec = node.get("spec", {})
    closed = any(taint["effect"] in ("NoSchedule", "NoExecute") for taint in spec.get("taints") or ())
    return not closed and not spec.get("unschedulable")


def amount(text: str) -> float:
    """
    Return the number of bytes that a size such as `2Gi`, `500M` or `1073741824` says.

    Raises ValueError for anything else. Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/.
    """
    found = _AMOUNT.fullmatch(text)
    if found is None or found[2] not in _SUFFIXES:
        raise ValueError(f"{text!r} is not a size; write it as 2Gi, 500M or 1073741824")
    return float(found[1]) * _SUFFIXES[found[2]]


def seconds(text: str) -> float:
    """
    Return the seconds that a span such as `60 seconds`, `2 minutes`, `90s` or `1m30s` lasts.

    Raises ValueError, naming the accepted forms, for anything else.
    """
    spans = _SPAN.findall(text)
    if not spans or _SPAN.sub("", text).strip():
        raise ValueError(f"{text!r} is not a span of time; write it as 60 seconds, 2 minutes, 90s or 1m30s")
    return sum(float(number) * _UNITS[unit if len(unit) <= 2 else unit.rstrip("s")] for number, unit in spans)


def format_seconds(span_s: float) -> str:
    """Return a span of seconds as a person would write it: `850 ms`, `12.4 s`, `3 min 20 s`."""
    if span_s < 1:
        return f"{span_s * 1000:.0f} ms"
    if span_s < 120:
        return f"{span_s:.1f}".removesuffix(".0") + " s"
    return f"{int(span_s // 60)} min {span_s % 60:.0f} s"
