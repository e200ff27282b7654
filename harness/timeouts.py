"""
How long the harness waits for a machine or a cluster before it says that something does not come: one table, one scale.

A slow machine gets more time by `--harness-timeout-scale`, which multiplies every entry. What a feature says (`within`,
`for`) is no entry: it is what the application promises, and the same recording must get the same verdict everywhere.
Nor are the paces of protocols and programs (how often something is asked, how long a cache lives), which a slow machine
does not change.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

__all__ = ["Timeout", "factor", "scale", "set_scale"]  # and every entry


@dataclass(slots=True)
class _Scale:
    factor: float = 1.0


_SCALE = _Scale()


def scale() -> float:
    """Return by what every entry of the table is multiplied in this process."""
    return _SCALE.factor


def factor(text: str) -> float:
    """Return the scale that a text gives; raises ValueError for what is no positive, finite number."""
    given = float(text)
    if not 0 < given < inf:
        raise ValueError(f"{text} is no positive number")
    return given


def set_scale(times: float) -> None:
    """Multiply every entry of the table by `times` from now on, in this process."""
    _SCALE.factor = times


@dataclass(frozen=True, slots=True)
class Timeout:
    """An entry of the table: seconds on a machine of two cores with nothing else to do."""

    plain_s: float

    @property
    def s(self) -> float:
        """The seconds to wait, with the scale."""
        return self.plain_s * _SCALE.factor


GIVEN = Timeout(120)
"""What a Given says has not come true, and nothing has moved on towards it."""
REST = Timeout(120)
"""A set has not come to rest before an `at no time` is judged, and nothing has moved on towards it."""
PROOF = Timeout(20)
"""Every judged kind is listed anew, and its stream has caught up; also over the restart of an API server."""
LISTS = Timeout(30)
"""Every recorded kind is listed when a scenario begins."""
HOOK = Timeout(300)
"""A hook of a chart ends: as long as Helm itself waits for one."""
DEFINITIONS = Timeout(30)
"""The server serves a kind that has just been defined."""
COMMAND = Timeout(30)
"""A command in a container ends."""
CLIENT = Timeout(60)
"""A client has read all that it wrote."""

DRAIN = Timeout(60)
"""The pods of a node that is drained are gone; budgets and grace periods may hold them back."""
DNS_GONE = Timeout(60)
"""The pods of the cluster's DNS are gone after their deletion."""
RECOVERY = Timeout(60)
"""The cluster's DNS answers again after a fault."""
POD_FAULT = Timeout(20)
"""A program that makes a pod fail has done so."""

CLEARING = Timeout(120)
"""A pod has removed what a scenario has left in folders of its nodes."""
HELPERS = Timeout(120)
"""Pods of the harness's own run on every node."""
BELONGINGS = Timeout(60)
"""An object of a former scenario ends: its finalizers may take their time."""
NAMESPACES = Timeout(120)
"""The namespaces of a run are gone."""
CLEANING = Timeout(90)
"""Workers have cleaned up: a node that was switched off takes a minute to come back on a busy machine."""

API_SERVER = Timeout(120)
"""The API server of an embedded cluster answers."""
NODES = Timeout(90)
"""Its nodes are ready."""
DNS = Timeout(90)
"""Its DNS is ready."""
NODE_BOOT = Timeout(10)
"""The mounts of a node are in place."""
CONTAINERD = Timeout(30)
"""The container runtime of a node serves."""
GO_BETWEEN = Timeout(10)
"""A go-between takes connections."""
WRITES = Timeout(15)
"""A program that is to be killed writes once more, or something comes that a program is not shown."""
PROCESS_END = Timeout(5)
"""A killed process is gone."""
PROGRAM = Timeout(120)
"""A program of the machine that is run once ends."""

LOCAL_MAKING = Timeout(900)
"""kind, minikube or k3d have made a cluster: most of it is for pulling images over a slow line."""
LOCAL_ARRIVAL = Timeout(300)
"""Its nodes have joined, and its DNS has started: their images may have to come over a slow line."""
LOCAL_RETURN = Timeout(60)
"""The same of a cluster that was there, and may just have been started again."""
LOCAL_LOADING = Timeout(300)
"""An image is loaded into it."""
LOCAL_ASKING = Timeout(60)
"""A tool for local clusters answers a question."""

RENDERING = Timeout(60)
"""A kustomization is rendered; one without remote bases takes less than a second."""
CREDENTIAL = Timeout(30)
"""A credential plugin answers: some ask a token service on another continent."""
