"""The cluster's components upgraded in place to the next minor release, in the order that upstream asks for."""

from __future__ import annotations

from collections.abc import Iterator

from harness.actions.infrastructure import power_of, record_deed
from harness.actions.target import Target
from harness.history.observation import Observation

__all__ = ["upgrade_control_plane"]

_SERVER = "kube-apiserver"
_ORDER = (_SERVER, "kube-controller-manager", "kube-scheduler")
"""Source: https://kubernetes.io/releases/version-skew-policy/#supported-component-upgrade-order."""


def upgrade_control_plane(target: Target) -> list[Observation]:
    """
    Return once each program of the control plane runs as the next minor release, on the store that it had.

    The API server answers by then, and has said of itself what the record is judged by from there on. At the end of
    the scenario all of them run as what they were.
    """
    return list(_upgraded(target))


def _upgraded(target: Target) -> Iterator[Observation]:
    power = power_of(target)
    target.recorder.confirm_fresh(target.recorder.kinds)  # the gap in the record begins here
    for program in _ORDER:
        power.upgrade(program)
        if program == _SERVER:
            target.note_server(target.api.told_of_itself())
        yield record_deed(target, "upgrade", program, until="bring back")
    target.recorder.confirm_fresh(target.recorder.kinds)  # and it ends here
