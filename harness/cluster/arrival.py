"""
Whether a cluster is all there: as many nodes as were ordered take pods, and its DNS can be asked.

Problem: programs that make clusters return before that. `kind create cluster --wait` waits for the control plane alone
(kind v0.33.0), and its workers join up to half a minute later; a run that counts nodes meanwhile skips what needs them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness.errors import EnvironmentUnfit
from harness.kube.api import Api
from harness.model import KINDS, Object, format_seconds, takes_pods

__all__ = ["await_arrival", "has_dns"]

_INTERVAL_S = 0.5
"""Seconds between two looks at nodes that come up: several requests each, of a server that is busy starting."""
_SYSTEM = "kube-system"
_DNS = "kube-dns"
"""The name of the service and, as the label k8s-app, of its pods: kubeadm, k3s and minikube all keep it."""


@dataclass(frozen=True, slots=True)
class _Seen:
    nodes: Sequence[Object]
    dns: bool

    @property
    def open(self) -> int:
        """How many nodes take pods."""
        return sum(map(takes_pods, self.nodes))


def await_arrival(
    api: Api, nodes: int, cluster: str, progress: Callable[[str], None], *, within_s: float, look_at: Sequence[str]
) -> None:
    """
    Return when so many nodes or more take pods and a pod of the DNS is ready, and say how long that took.

    Raises EnvironmentUnfit, which says of each node what keeps pods from it, when it takes longer than `within_s`.
    """
    began, said = time.monotonic(), [False]

    def look() -> _Seen | None:
        seen = _look(api)
        if seen.dns and seen.open >= nodes:
            return None
        if not said[0]:
            progress(f"waiting for {_count(nodes)} of cluster {cluster} to take pods, and for its DNS")
            said[0] = True
        return seen

    missing: _Seen | None = Retrying(
        retry=retry_if_result(lambda seen: seen is not None),
        stop=stop_after_delay(within_s),
        wait=wait_fixed(_INTERVAL_S),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )(look)
    took = format_seconds(time.monotonic() - began)
    if missing is not None:
        raise EnvironmentUnfit(
            f"cluster {cluster} is not all there after {took}",
            expected=f"{_count(nodes)} that pods may use and a ready pod of {_DNS} within {format_seconds(within_s)}",
            observed="\n".join(_missing(api, missing)),
            look_at=tuple(look_at),
        )
    if said[0]:
        progress(f"{_count(nodes)} and the DNS are there after {took}")


def has_dns(api: Api) -> bool:
    """Return whether a pod of the cluster's DNS is ready."""
    slices = api.list(KINDS["EndpointSlice"], _SYSTEM, selector=f"kubernetes.io/service-name={_DNS}").items
    # Where a condition is not set, an endpoint counts as ready (discovery.k8s.io/v1).
    return any(
        (endpoint.get("conditions") or {}).get("ready") is not False
        for each in slices
        for endpoint in each.get("endpoints") or ()
    )


def _look(api: Api) -> _Seen:
    return _Seen(api.list(KINDS["Node"]).items, has_dns(api))


def _missing(api: Api, seen: _Seen) -> Iterator[str]:
    yield f"of {_count(len(seen.nodes))} that have joined {seen.open} take{'s' if seen.open == 1 else ''} pods"
    for node in seen.nodes:
        yield f"{node['metadata']['name']}: {_of_node(node)}"
    if not seen.dns:
        yield f"no pod of {_DNS} is ready"
        for pod in api.list(KINDS["Pod"], _SYSTEM, selector=f"k8s-app={_DNS}").items:
            yield f"{pod['metadata']['name']}: {_of_pod(pod)}"


def _of_node(node: Object) -> str:
    spec, status = node.get("spec") or {}, node.get("status") or {}
    words = [
        f"not ready since {one.get('lastTransitionTime', 'it joined')}: {one.get('message') or one.get('reason', '')}"
        for one in status.get("conditions") or ()
        if one["type"] == "Ready" and one["status"] != "True"
    ]
    words += [f"closed by taint {one['key']}:{one['effect']}" for one in spec.get("taints") or () if not words]
    return "; ".join([*words, *(["cordoned"] if spec.get("unschedulable") else [])]) or "takes pods"


def _of_pod(pod: Object) -> str:
    status = pod.get("status") or {}
    waiting = [one["state"]["waiting"] for one in status.get("containerStatuses") or () if "waiting" in one["state"]]
    words = [f"{one.get('reason', '')} {one.get('message', '')}".strip() for one in waiting]
    words += [str(one.get("message")) for one in status.get("conditions") or () if one.get("message")]
    return words[0] if words else str(status.get("phase", "nothing is known of it"))


def _count(nodes: int) -> str:
    return f"{nodes} node{'' if nodes == 1 else 's'}"
