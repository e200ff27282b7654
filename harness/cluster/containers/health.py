"""Whether a cluster whose components were out is well again, as its API server tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import datetime

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness.cluster.arrival import has_dns
from harness.errors import EnvironmentUnfit, KubeError, NotFound
from harness.kube.api import Api
from harness.model import KINDS, Kind, Object

__all__ = ["SERVER", "Health"]

SERVER = "kube-apiserver"
_LEASE = Kind("Lease", "coordination.k8s.io/v1", "leases")
_TIMEOUT_S = 180.0
"""A node boots, its kubelet starts, and its pods do."""
_INTERVAL_S = 0.5
"""Seconds between two looks: a node that comes back takes tens of them."""
_AILING = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


class Health:
    """The health of one cluster; `connect` gives its API, `words` the last words of each of its nodes."""

    def __init__(self, name: str, connect: Callable[[], Api], words: Callable[[], Mapping[str, str]]) -> None:
        self._name, self._connect, self._words = name, connect, words

    def addresses(self) -> dict[str, list[int]]:
        """Return the address of each node, in numbers; none where the API server does not answer."""
        with closing(self._connect()) as api, suppress(KubeError):
            return {str(node["metadata"]["name"]): _address(node) for node in api.list(KINDS["Node"]).items}
        return {}

    def await_server(self) -> None:
        """Return when the API server says that it is ready."""

        def silence() -> str:
            with closing(self._connect()) as api:
                return "" if api.is_ready() else "it does not answer /readyz with 200"

        self.await_end(silence, f"the API server of {self._name} is ready")

    def await_well(self, undone: Mapping[str, datetime]) -> None:
        """
        Return when every node is ready, every program that was out is at work, and the DNS is there.

        `undone`: what was out → since when it is back, or on its way; a node, or a program, has to have renewed its
        lease since. Raises EnvironmentUnfit that says what is not well, after three minutes.
        """

        def ailments() -> str:
            with closing(self._connect()) as api:
                try:
                    return "; ".join(_ailments(api, undone))
                except KubeError as error:
                    return str(error)

        self.await_end(ailments, f"cluster {self._name} is well again")

    def await_end(self, lacking: Callable[[], str], awaited: str) -> None:
        """Return when nothing is lacking; raises EnvironmentUnfit with what is, after three minutes."""
        left = Retrying(
            retry=retry_if_result(bool),
            stop=stop_after_delay(_TIMEOUT_S),
            wait=wait_fixed(_INTERVAL_S),
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else "",
        )(lacking)
        if left:
            said = [f"{node} has said last:\n{words}" for node, words in self._words().items() if node in left]
            raise EnvironmentUnfit(
                f"what was out has not come back within {_TIMEOUT_S:.0f} s",
                expected=awaited,
                observed="\n".join([left, *said]),
                look_at=("kubectl get nodes,pods --all-namespaces",),
            )


def _ailments(api: Api, undone: Mapping[str, datetime]) -> Iterator[str]:
    programs = {what for what in undone if "/" not in what and what.startswith("kube-")}
    since = max((when for what, when in undone.items() if what not in programs - {SERVER}), default=None)
    leases = {str(lease["metadata"]["name"]): lease for lease in api.list(_LEASE, "kube-node-lease").items}
    for node in api.list(KINDS["Node"]).items:
        name = str(node["metadata"]["name"])
        if not _is_ready(node):
            yield f"{name} is not ready"
        elif since and not (name in leases and _renewed(leases[name], since)):
            yield f"{name} has not been heard since {since:%H:%M:%S} UTC"
    for program in programs - {SERVER}:
        with suppress(NotFound):  # alone in its cluster it need not hold a lease, as in minikube
            if not _renewed(api.read(_LEASE, program, "kube-system"), undone[program]):
                yield f"{program} is not at work again since {undone[program]:%H:%M:%S} UTC"
    if not has_dns(api):
        yield "no pod of the DNS is ready"


def _is_ready(node: Object) -> bool:
    conditions = node.get("status", {}).get("conditions") or ()
    taints = [taint["key"] for taint in node["spec"].get("taints") or () if taint["key"] in _AILING]
    return not taints and any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _renewed(lease: Object, since: datetime) -> bool:
    told = lease.get("spec", {}).get("renewTime")
    return bool(told) and datetime.fromisoformat(told) >= since


def _address(node: Object) -> list[int]:
    told = [one["address"] for one in node.get("status", {}).get("addresses") or () if one["type"] == "InternalIP"]
    return [int(part) for part in told[0].split(".")] if told and ":" not in told[0] else []
