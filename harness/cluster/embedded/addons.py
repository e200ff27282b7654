"""What every cluster has besides Kubernetes itself: a default class of storage, the cluster's DNS, rights of nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["claim_permissions", "corefile", "dns_permissions", "dns_workload", "storage_class"]

_SYSTEM = "kube-system"
_LABELS = {"k8s-app": "kube-dns"}
_RBAC_GROUP = "rbac.authorization.k8s.io"
_RBAC = f"{_RBAC_GROUP}/v1"

Applied = tuple[str, Mapping[str, Any]]
"""The path of an object and its manifest."""


def corefile(address: str, port: int, ready_port: int, kubeconfig: str = "") -> str:
    """Return CoreDNS's configuration: the cluster's zone, answers that live one second, nothing else resolved."""
    source = f"kubeconfig {kubeconfig}\n        " if kubeconfig else ""
    return f""".:{port} {{
    bind {address}
    errors
    ready {address}:{ready_port}
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        {source}pods insecure
        ttl 1
    }}
    loadbalance
}}
"""


def storage_class() -> Applied:
    """Return the default class, whose volumes are folders on the machine, made and deleted with their claims."""
    return "/apis/storage.k8s.io/v1/storageclasses/standard", {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": "standard",
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": "kubernetes.io/host-path",
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
    }


def dns_permissions() -> Iterator[Applied]:
    """Yield what lets CoreDNS read services, their endpoints, pods and namespaces."""
    yield from _permissions(
        "system:coredns",
        [
            {"apiGroups": [""], "resources": ["services", "pods", "namespaces"], "verbs": ["list", "watch"]},
            {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["list", "watch"]},
        ],
        [
            {"kind": "ServiceAccount", "name": "coredns", "namespace": _SYSTEM},
            {"kind": "User", "name": "system:coredns", "apiGroup": _RBAC_GROUP},
        ],
    )


def claim_permissions() -> Iterator[Applied]:
    """
    Yield what lets every kubelet read every claim and volume.

    The node authorizer allows a kubelet the claims of its own pods, and learns of a new pod from a watch as the kubelet
    does. A kubelet that is faster is forbidden to read the claim and tries the pod again only after 10 to 15 s
    (`backOffPeriod` in upstream's pkg/kubelet), which on a busy machine met one pod with a claim in thirteen.
    """
    yield from _permissions(
        "statefulspec:claims",
        [{"apiGroups": [""], "resources": ["persistentvolumeclaims", "persistentvolumes"], "verbs": ["get"]}],
        [{"kind": "Group", "name": "system:nodes", "apiGroup": _RBAC_GROUP}],
    )


def dns_workload(address: str, image: str, server: str = "") -> Iterator[Applied]:
    """
    Yield CoreDNS as a deployment behind the service kube-dns at the given address.

    It asks the API server at `server`, HOST:PORT, or at the address of the service `kubernetes`.
    """
    yield _system("serviceaccounts", "ServiceAccount", "v1", "coredns", {})
    settings = {"data": {"Corefile": corefile("0.0.0.0", 53, 8181)}}  # noqa: S104 - inside the pod
    yield _system("configmaps", "ConfigMap", "v1", "coredns", settings)
    ports = [{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "protocol": "TCP"}]
    yield _system(
        "services", "Service", "v1", "kube-dns", {"spec": {"clusterIP": address, "selector": _LABELS, "ports": ports}}
    )
    yield _system("deployments", "Deployment", "apps/v1", "coredns", {"spec": _dns_deployment(image, server)})


def _dns_deployment(image: str, server: str) -> dict[str, Any]:
    host, _, port = server.partition(":")
    asked = {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port} if server else {}
    container = {
        "name": "coredns",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": ["-conf", "/etc/coredns/Corefile"],
        "env": [{"name": name, "value": value} for name, value in asked.items()],
        "ports": [
            {"containerPort": 53, "name": "dns", "protocol": "UDP"},
            {"containerPort": 53, "name": "dns-tcp", "protocol": "TCP"},
        ],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8181}, "periodSeconds": 1},
        "volumeMounts": [{"name": "config", "mountPath": "/etc/coredns", "readOnly": True}],
    }
    return {
        "replicas": 1,
        "selector": {"matchLabels": _LABELS},
        "template": {
            "metadata": {"labels": _LABELS},
            "spec": {
                "serviceAccountName": "coredns",
                "priorityClassName": "system-cluster-critical",
                "dnsPolicy": "Default",
                "tolerations": [{"operator": "Exists"}],
                "containers": [container],
                "volumes": [{"name": "config", "configMap": {"name": "coredns"}}],
            },
        },
    }


def _permissions(name: str, rules: list[dict[str, list[str]]], subjects: list[dict[str, str]]) -> Iterator[Applied]:
    """Yield a role of the whole cluster, and who has it, both of one name."""
    common = {"apiVersion": _RBAC, "metadata": {"name": name}}
    yield f"/apis/{_RBAC}/clusterroles/{name}", {**common, "kind": "ClusterRole", "rules": rules}
    role = {"apiGroup": _RBAC_GROUP, "kind": "ClusterRole", "name": name}
    yield (
        f"/apis/{_RBAC}/clusterrolebindings/{name}",
        {**common, "kind": "ClusterRoleBinding", "roleRef": role, "subjects": subjects},
    )


def _system(plural: str, kind: str, version: str, name: str, content: Mapping[str, Any]) -> Applied:
    group = f"/apis/{version}" if "/" in version else f"/api/{version}"
    metadata = {"name": name, "namespace": _SYSTEM, "labels": _LABELS}
    return (
        f"{group}/namespaces/{_SYSTEM}/{plural}/{name}",
        {"apiVersion": version, "kind": kind, "metadata": metadata, **content},
    )
