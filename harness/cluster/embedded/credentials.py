"""Who may do what in a cluster: the certificates, keys and kubeconfigs that its components and its user get."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.cluster.embedded.certificates import Authority, write_key_pair, write_kubeconfig
from harness.cluster.embedded.control_plane import ControlPlane

__all__ = ["issue_credentials"]

_API_NAMES = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")
_LOOPBACK = ("127.0.0.1", "localhost")


def issue_credentials(
    plane: ControlPlane, context: str, kubeconfig: Path, users: Mapping[str, str], nodes: Mapping[str, str]
) -> None:
    """
    Write all of a cluster's credentials into its folder pki, and the administrator's kubeconfig where it is wanted.

    `users`: file name → user name of each client of the API server. `nodes`: node name → address; each has a kubelet
    and a kube-proxy.
    """
    keys = plane.data / "pki"
    authority = Authority(keys)
    write_key_pair(keys, "service-account")
    authority.issue("etcd", "etcd", addresses=_LOOPBACK)
    names = [*_API_NAMES, *_LOOPBACK, plane.address, plane.api_service]
    authority.issue("kube-apiserver", "kube-apiserver", ["system:masters"], names)
    authority.issue("admin", "admin", ["system:masters"])
    write_kubeconfig(kubeconfig, context, plane.server, authority, "admin")
    for file, user in users.items():
        authority.issue(file, user)
        write_kubeconfig(keys / f"{file}.kubeconfig", file, plane.server, authority, file)
    for name, address in nodes.items():
        authority.issue(name, f"system:node:{name}", ["system:nodes"], [name, address])
        write_kubeconfig(keys / f"{name}.kubeconfig", name, plane.server, authority, name)
        write_kubeconfig(keys / f"{name}-kube-proxy.kubeconfig", name, plane.server, authority, "kube-proxy")
