"""Programs, nodes and networks of the cluster made to fail; scenarios that do this are `@exclusive`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness import timeouts
from harness.actions.commons import Taking, our_mark
from harness.actions.target import Target, record_action
from harness.app_container import app_status
from harness.cluster.provider import Faults
from harness.errors import BadInput, EnvironmentUnfit
from harness.history.observation import ACTION, Observation, Verb
from harness.model import KINDS, ZONE, Object
from harness.promises import nodes

__all__ = [
    "DECLARED_OUT",
    "bring_back",
    "cut_off",
    "declare_out_of_service",
    "freeze",
    "freeze_kubelets",
    "kill_container",
    "node_of",
    "power_of",
    "record_deed",
    "restart",
    "restart_dns",
    "restart_kubelets",
    "resume",
    "stop_kubelets",
    "switch_off",
    "switch_off_zone",
]

OUT_OF_SERVICE = {"key": "node.kubernetes.io/out-of-service", "value": "nodeshutdown", "effect": "NoExecute"}
_BRING_BACK, _RESUME = "bring back", "resume"
_DNS_NAMESPACE, _DNS_LABEL = "kube-system", "k8s-app=kube-dns"


def _tainted(node: Object, *taints: Object) -> Object:
    """Return the change after which a node has these taints of ours; the controllers change its others meanwhile."""
    others = [one for one in node["spec"].get("taints") or [] if one["key"] != OUT_OF_SERVICE["key"]]
    return {"spec": {"taints": [*others, *taints] or None}}


DECLARED_OUT = Taking(KINDS["Node"], "statefulspec.dev/out-of-service", _tainted)
"""A node that a scenario has declared out of service."""


def stop_kubelets(target: Target, pods: Sequence[str]) -> list[Observation]:
    """Return once nobody on the nodes of these pods speaks to the API server any more; what runs there goes on."""
    power = power_of(target)
    return [_do(target, "stop", power.stop, f"{node}/kubelet") for node in _nodes_of(target, pods)]


def freeze_kubelets(target: Target, pods: Sequence[str]) -> list[Observation]:
    """Return once the kubelets of these pods' nodes stand still, their connections open; what runs there goes on."""
    power = power_of(target)
    return [_do(target, "freeze", power.freeze, f"{node}/kubelet") for node in _nodes_of(target, pods)]


def restart_kubelets(target: Target, pods: Sequence[str]) -> list[Observation]:
    """Return once the kubelets of these pods' nodes were killed and started anew; what runs there goes on."""
    power = power_of(target)
    kubelets = [f"{node}/kubelet" for node in _nodes_of(target, pods)]
    for kubelet in kubelets:
        power.restart(kubelet)
    return [record_deed(target, "restart", kubelet) for kubelet in kubelets]


def switch_off(target: Target, pods: Sequence[str]) -> list[Observation]:
    """Return once nothing runs any more on the nodes of these pods."""
    power = power_of(target)
    return [_do(target, "switch off", power.switch_off, node) for node in _nodes_of(target, pods)]


def switch_off_zone(target: Target, zone: str) -> list[Observation]:
    """Return once nothing runs any more on all nodes of a zone; BadInput where it has none, or none with a pod."""
    power, history = power_of(target), target.recorder.history
    doomed = nodes.in_zone(history, zone)
    if not nodes.pods_on(history, doomed):
        where = f"{', '.join(doomed)} without a pod of this scenario" if doomed else "no node"
        raise BadInput(f'zone "{zone}" has {where}', remedy=f"look which nodes have the label {ZONE}={zone}")
    return [_do(target, "switch off", power.switch_off, node) for node in doomed]


def cut_off(target: Target, pods: Sequence[str]) -> list[Observation]:
    """Return once no packet reaches or leaves the nodes of these pods; what runs there goes on."""
    power = power_of(target)
    return [_do(target, "cut off", power.cut_off, node) for node in _nodes_of(target, pods)]


def freeze(target: Target, program: str) -> Observation:
    """Return once a program of the control plane stands still."""
    power_of(target).freeze(program)
    return record_deed(target, "freeze", program, until=_RESUME)


def resume(target: Target, program: str) -> Observation:
    """Return once a program of the control plane that stood still goes on."""
    power_of(target).restore(program)
    return record_deed(target, _RESUME, program)


def restart(target: Target, program: str) -> Observation:
    """Return once a program of the control plane was killed and started anew; an API server answers again by then."""
    power = power_of(target)
    if program == "kube-apiserver":  # the gap in the record begins here, not with the last change of each kind
        target.recorder.confirm_fresh(target.recorder.kinds)
    power.restart(program)
    return record_deed(target, "restart", program)


def bring_back(target: Target) -> list[Observation]:
    """Return once all that this scenario has stopped, switched off or cut off is on its way back."""
    return [record_deed(target, _BRING_BACK, name) for name in power_of(target).mend()]


def kill_container(target: Target, pod: str) -> Observation:
    """Return once the first process of the pod's application was killed, with no chance to end by itself."""
    found = target.api.read(KINDS["Pod"], pod, target.namespace)
    told = str(app_status(found).get("containerID", ""))
    if not told:
        raise BadInput(f'nothing runs in pod "{pod}"', remedy="let it start before its process is killed")
    container = told.rpartition("/")[2]
    power_of(target).kill_container(node_of(target, pod), container)
    return record_action(target, "kill", "Pod", found)


def declare_out_of_service(target: Target, pod: str) -> Observation:
    """
    Return once the node of a pod has the taint by which a person vouches that nothing runs there any more.

    It is taken away at the end of the scenario. Source: KEP-2268, non-graceful node shutdown.
    """
    node = node_of(target, pod)
    api = target.api
    target.healing.add(f"take node {node} into service again", lambda: DECLARED_OUT.give_back(api, node, our_mark()))
    out = DECLARED_OUT.take(api, node, lambda found: _tainted(found, OUT_OF_SERVICE))
    return record_action(target, "declare out of service", "Node", out)


def restart_dns(target: Target) -> list[Observation]:
    """Return once every pod of the cluster's DNS is gone; its deployment makes new ones."""
    power_of(target)  # its pods are everybody's
    pod = KINDS["Pod"]
    found = target.api.list(pod, _DNS_NAMESPACE, selector=_DNS_LABEL)
    left = {item["metadata"]["uid"] for item in found.items}
    for item in found.items:
        target.api.delete(pod, item["metadata"]["name"], _DNS_NAMESPACE, uid=item["metadata"]["uid"], grace=1)
    for event in target.api.watch(pod, _DNS_NAMESPACE, found.resource_version, timeout_s=timeouts.DNS_GONE.s):
        if event["type"] == "DELETED":
            left.discard(event["object"]["metadata"]["uid"])
        if not left:
            return [record_action(target, "restart", "Pod", item) for item in found.items]
    raise EnvironmentUnfit(
        "the pods of the cluster's DNS did not go",
        expected=f"they are gone within {timeouts.DNS_GONE.s:.0f} s of their deletion",
        observed=f"{len(left)} of {len(found.items)} are left",
        look_at=(f"kubectl -n {_DNS_NAMESPACE} get pods -l {_DNS_LABEL}",),
    )


def power_of(target: Target) -> Faults:
    """Return what makes the cluster's components fail, once it is sure that all of it will be brought back."""
    power = target.faults
    if power is None:
        raise BadInput(
            "this scenario may not make nodes or the control plane fail",
            remedy="tag it @exclusive, and @needs_node_faults, @needs_control_plane_faults or @needs_go_between",
        )
    target.healing.conclude("see the cluster well again", target.recover)
    target.healing.add("bring back what has failed", power.mend)
    return power


def _do(target: Target, verb: str, deed: Callable[[str], None], name: str) -> Observation:
    deed(name)
    return record_deed(target, verb, name, until=_BRING_BACK)


def record_deed(target: Target, verb: str, name: str, **more: object) -> Observation:
    """Record a deed; `until` is the verb that ends what it has begun."""
    return target.recorder.record(ACTION, Verb.DONE, name=name, data={"verb": verb, "kind": "Machine", **more})


def _nodes_of(target: Target, pods: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(node_of(target, pod) for pod in pods))


def node_of(target: Target, pod: str) -> str:
    """Return the node of a pod of the scenario; BadInput where it has none."""
    found = target.recorder.history.current("Pod", pod)
    node = str(found["spec"].get("nodeName", "")) if found else ""
    if not node:
        raise BadInput(f'pod "{pod}" is on no node', remedy="let it be scheduled before its node fails")
    return node
