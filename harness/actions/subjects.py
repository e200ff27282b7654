"""Pods that get a name of the scenario's own: nothing is done to them, but sentences know them by it from then on."""

from __future__ import annotations

from collections.abc import Mapping

from harness.actions.target import Target
from harness.errors import BadInput
from harness.history.observation import ACTION, Observation, Verb
from harness.promises.own_actions import NAME_PODS

__all__ = ["name_labelled_pods", "name_owned_pods"]

_BETWEEN = ("Deployment", "ReplicaSet")
"""Kinds that may stand between an owner and its pods, and that no scenario records otherwise."""


def name_labelled_pods(target: Target, name: str, labels: Mapping[str, str], member: str = "") -> Observation:
    """Have the pods with these labels known by a name; `member`: the label that tells them apart over all lives."""
    return _record(target, name, {"labels": dict(labels), "member": member})


def name_owned_pods(target: Target, name: str, kind: str, owner: str) -> Observation:
    """Have the pods that an object owns, directly or through others, known by a name."""
    target.recorder.watch(_BETWEEN)
    return _record(target, name, {"owner": {"kind": kind, "name": owner}})


def _record(target: Target, name: str, facts: Mapping[str, object]) -> Observation:
    if target.recorder.history.current("StatefulSet", name):
        remedy = "give them another one; the pods of a StatefulSet are known by its name already"
        raise BadInput(f'pods cannot be called "{name}": there is a StatefulSet of that name', remedy=remedy)
    return target.recorder.record(ACTION, Verb.DONE, name=name, data={"verb": NAME_PODS, "kind": "Pods", **facts})
