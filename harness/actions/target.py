"""What a fault is done to, and the record of it."""

from __future__ import annotations

from typing import Any, Protocol

from harness.actions.healing import Healing
from harness.api_server import ApiServer
from harness.cluster.provider import Faults
from harness.history.observation import ACTION, Observation, Verb
from harness.history.recorder import Recorder
from harness.kube.api import Api
from harness.model import KINDS, Object

__all__ = ["Target", "has_pod", "record_action"]


class Target(Protocol):
    """A namespace on a cluster, what records it, and the healings that run at its end."""

    @property
    def api(self) -> Api:
        """The cluster's API."""

    @property
    def recorder(self) -> Recorder:
        """What records the namespace."""

    @property
    def namespace(self) -> str:
        """The scenario's own namespace."""

    @property
    def healing(self) -> Healing:
        """Where a fault leaves what undoes it."""

    @property
    def faults(self) -> Faults | None:
        """What makes the cluster's components fail; None where it cannot, or the scenario has neighbours."""

    def note_server(self, server: ApiServer) -> None:
        """Record what the server says of itself: from here on the scenario is judged as one on that version."""

    def recover(self) -> None:
        """Return when nodes, API server and DNS of the cluster are well again."""


def has_pod(target: Target, uid: str) -> bool:
    """Return whether this very pod is still there, so that what was done to it can be undone."""
    return any(one["metadata"]["uid"] == uid for one in target.api.list(KINDS["Pod"], target.namespace).items)


def record_action(target: Target, verb: str, kind: str, affected: Object, **more: Any) -> Observation:
    """
    Record that the server has accepted a write of ours to the object `affected`.

    `more` are further facts of the action (`generation`, `grace`, `until`); those that are None are left out.
    """
    metadata = affected["metadata"]
    facts = {"verb": verb, "kind": kind, "uid": metadata["uid"]}
    facts |= {name: value for name, value in more.items() if value is not None}
    return target.recorder.record(ACTION, Verb.DONE, name=metadata["name"], uid=metadata["uid"], data=facts)
